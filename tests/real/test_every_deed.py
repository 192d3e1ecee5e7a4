"""Every deed on every channel, from clearhead's screen: what it shows in the end, as text.

With `CLEARHEAD_SCREENS=FOLDER` each of these screens is also kept there, with its colours.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.acting.action import Verb, action
from clearhead.core.acting.client import Driven
from clearhead.core.acting.records import drivers

from . import claude, codex
from .anthropic_api import AnthropicApi
from .clearhead import Watching, clearhead_pane
from .clients import Client, find
from .conftest import BESIDE
from .lab import Lab
from .openai_api import OpenAiApi
from .test_acting_screen import composed, left
from .test_card import CLAUDES, Card
from .test_driving import Shell, with_programs
from .tmux import Tmux
from .waiting import until

pytestmark = pytest.mark.real

SCREENS = os.environ.get("CLEARHEAD_SCREENS")
HALF = "lab:hold lab:say[one two three four]"
RUNS = {"claude": ("lab:bash", "Bash"), "codex": ("lab:ask", "exec_command")}


@dataclass
class Life:
    """A session on the screen: its agent, its vendor, and how someone else clears it."""

    agent: str
    name: str
    screen: Watching
    api: AnthropicApi | OpenAiApi
    repo: Path
    clear: Callable[[], Any]

    def last(self, deed: str) -> str:
        """Return the screen as it is now, and keep it where pictures are made of it."""
        if SCREENS:
            kept = Path(SCREENS) / f"{self.name}-{deed}.ansi"
            kept.write_text(self.screen.pane.screen(styles=True))
        return self.screen.pane.screen()

    def asks(self, command: str, then: str) -> Card:
        """Let the agent ask for a command; the open card."""
        call, tool = RUNS[self.agent]
        composed(self.screen, f"{call}[{command}] lab:say[{then}]")
        self.screen.until("NEEDS YOU   ", within=20)
        self.screen.pane.keys("Escape")
        self.screen.until("> closed while a permission is open")
        card = Card(self.screen)
        card.opens(f"{tool} wants to run this", command)
        return card


def owned_life(
    agent: str, client: Client, lab: Lab, tmux: Tmux, api: Any, environment: dict[str, str]
) -> Iterator[Life]:
    shell = Shell(lab, with_programs(environment, client))
    words = ["--", "--model", claude.MODEL] if agent == "claude" else []
    shell.run("run", agent, "--detach", *words)
    screen = Watching(clearhead_pane(tmux, lab, size=BESIDE))
    screen.until("owned", "> Message the agent")

    def clear() -> None:
        (driver,) = drivers(shell.folder)

        async def other() -> None:
            channel = await Driven.join(Path(driver.socket))
            await channel.act(action(Verb.CLEAR))
            await channel.close()

        asyncio.run(other())

    yield Life(agent, f"owned-{client}".replace(" ", "-"), screen, api, lab.repo, clear)
    shell.run("stop", str(drivers(shell.folder)[0].session_id))


def attached_life(agent: str, session: Any, watching: Callable[..., Watching], api: Any) -> Life:
    screen = watching()
    screen.until("watching only · a attaches")
    screen.pane.keys("a")
    screen.until("Attached:", within=15)
    name = f"attached-{session.client}".replace(" ", "-")
    return Life(agent, name, screen, api, session.lab.repo, session.clear)


@pytest.fixture(
    params=[
        *(f"owned claude {version}" for version in CLAUDES),
        *(f"attached claude {version}" for version in CLAUDES),
        "owned codex",
        "attached codex",
    ]
)
def life(request: pytest.FixtureRequest, lab: Lab, announced: Callable[[Client], Client]) -> Any:
    """A session of every kind in turn, with the screen beside it."""
    reach, agent, *version = request.param.split()
    api = request.getfixturevalue("anthropic_api" if agent == "claude" else "openai_api")
    tmux = request.getfixturevalue("tmux")
    if reach == "attached":
        options = {"daemon": True} if agent == "codex" else {}
        session = request.getfixturevalue(f"{agent}_session")(*version, **options)
        session.run("hello lab:say[Hi]")
        yield attached_life(agent, session, request.getfixturevalue("watching"), api)
        return
    client = announced(find(agent, *version))
    environment = lab.environment()
    if agent == "claude":
        claude.preset(lab)
        environment = claude.environment(lab, api)
    else:
        codex.preset(lab, api)
    yield from owned_life(agent, client, lab, tmux, api, environment)


def test_from_the_first_prompt_to_a_cleared_session(life: Life) -> None:
    screen, pane = life.screen, life.screen.pane

    composed(screen, "say it lab:say[Good day]")
    screen.until("Sent: ", within=20)
    screen.until_said("you", "say it", "agent", "Good day", within=20)
    screen.until_header("◇ idle")
    assert "> Message the agent" in life.last("prompt")
    left(screen)

    composed(screen, HALF)
    life.api.until_held()
    screen.until_said("agent", "one two", within=20)
    left(screen)
    pane.keys("x")
    screen.until("Interrupted: ", within=20)
    screen.until_header("◇ idle")
    shown = life.last("interrupt")
    assert "three four" not in shown.partition("one two three four")[2], shown

    card = life.asks("touch made.txt", "That was it.")
    assert "y then Enter" in life.last("card")
    card.approve()
    screen.until("Approved: ", within=20)
    screen.until_said("That was it.", within=20)
    screen.until_header("◇ idle")
    assert "NEEDS YOU" not in life.last("approve")
    assert (life.repo / "made.txt").exists()

    card = life.asks("touch more.txt", "I see.")
    card.refuse("Not here, please.")
    screen.until("Refused: ", within=20)
    until(
        lambda: "Not here, please." in str(life.api.turns()[-1].body),
        within=20,
        what="the reason at the model",
    )
    card.goes()
    screen.until_header("◇ idle", within=20)
    assert "NEEDS YOU" not in life.last("deny")
    assert not (life.repo / "more.txt").exists()

    pane.keys("c")
    screen.until("What the summary should keep", "Enter compacts", within=20)
    pane.keys("Enter")
    proof = "compact_boundary" if life.agent == "claude" else "contextCompaction item completed"
    screen.until("Compacted", f"evidence: {proof}", within=30)
    assert "→" in life.last("compact")
    pane.keys("Enter")
    screen.until("> Message the agent", within=20)

    life.clear()
    screen.until_gone("say it", within=20)
    screen.until_header("◇ idle")
    screen.until("i type")
    composed(screen, "afresh lab:say[A new day]")
    screen.until_said("you", "afresh", "agent", "A new day", within=20)
    screen.until_header("◇ idle")
    shown = life.last("clear")
    assert "Good day" not in shown, shown
