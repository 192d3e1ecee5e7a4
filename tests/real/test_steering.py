"""Words said into a turn that runs: Codex takes them up in the same turn, other clients do not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.agents.base import State
from tests.helpers import until_async

from . import claude, codex
from .anthropic_api import AnthropicApi
from .clearhead import Watching, clearhead_pane
from .clients import Client, find
from .codex import CodexSession
from .conftest import BESIDE
from .lab import Lab
from .openai_api import OpenAiApi
from .test_acting_screen import composed
from .test_driving import Shell, with_programs
from .test_owned_codex import owned  # noqa: F401 - a fixture
from .tmux import Tmux
from .waiting import until

pytestmark = pytest.mark.real

HALF = "lab:hold lab:say[one two three four]"


async def test_a_growing_reply_stops_and_takes_the_words_up(owned, openai_api):  # noqa: F811
    async with owned() as session:
        no = await session.act(action(Verb.STEER, "too early"))
        assert (no.outcome, no.reason) == (Outcome.REFUSED, "No turn runs.")
        await session.act(action(Verb.PROMPT, HALF))
        await asyncio.to_thread(openai_api.until_held)
        for words in (" ", "/compact"):
            assert (await session.act(action(Verb.STEER, words))).outcome is Outcome.REFUSED

        yes = await session.act(action(Verb.STEER, "go left lab:say[Left it is]"))

        assert yes.outcome is Outcome.CONFIRMED, yes
        assert "the words stand in the running turn" in yes.evidence[0].detail
        await until_async(lambda: session.live.state is State.IDLE)
        (asked,) = openai_api.turns("go left")
        assert "one two three four" in str(asked.body), "the same conversation"
        assert len(session._thread.ended) == 1, "the same turn"


async def test_words_that_an_interrupt_would_lose_are_never_called_said(
    owned,  # noqa: F811
    openai_api,
    lab,
):
    async with owned(approval_policy="never", sandbox="danger-full-access") as session:
        await session.act(action(Verb.PROMPT, "lab:bash[touch begun; sleep 30]"))
        await until_async((lab.repo / "begun").exists)
        short = replace(action(Verb.STEER, "soon"), limit=0.5)
        result = await session.act(short)
        assert (result.outcome, "interrupt" in result.reason) == (Outcome.UNKNOWN, True)

        waiting = asyncio.create_task(session.act(action(Verb.STEER, "now")))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        assert (await session.act(action(Verb.INTERRUPT))).outcome is Outcome.CONFIRMED
        result = await waiting
        assert (result.outcome, result.remedy) == (Outcome.REFUSED, "Send it as a prompt.")
        assert not openai_api.turns("now")


async def test_what_waits_for_an_answer_and_what_compacts_is_not_steered(
    owned,  # noqa: F811
):
    async with owned() as session:
        await session.act(action(Verb.PROMPT, "lab:bash[touch made.txt]"))
        await until_async(lambda: session.live.requests)
        no = await session.act(action(Verb.STEER, "never mind"))
        assert (no.outcome, no.reason) == (Outcome.REFUSED, "The session waits for an answer.")


def said_now(screen: Watching, words: str) -> str:
    """Say something with the key; return the last screen."""
    screen.pane.type(words)
    screen.until("ctrl+n says it now", "ctrl+n say now")
    screen.pane.keys("C-n")
    screen.until("Said now: the words stand in the running turn", within=20)
    screen.until_said("you", "one two", "you", "go left", "agent", "Left it is", within=20)
    screen.until_header("idle")
    return screen.pane.screen()


def test_a_key_says_it_into_the_turn_of_an_owned_codex(
    lab: Lab, tmux: Tmux, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> None:
    client = announced(find("codex"))
    codex.preset(lab, openai_api)
    shell = Shell(lab, with_programs(lab.environment(), client))
    session = str(shell.json("run", "codex")["session_id"])
    screen = Watching(clearhead_pane(tmux, lab, size=BESIDE))
    screen.until("owned", "> Message the agent")
    composed(screen, HALF)
    openai_api.until_held()
    screen.until("the agent queues it")
    last = said_now(screen, "go left lab:say[Left it is]")
    assert "three four" not in last.partition("agent")[2]
    shell.run("stop", session)


def test_a_key_says_it_into_the_turn_of_somebodys_codex(
    codex_session: Callable[..., CodexSession],
    watching: Callable[..., Watching],
    openai_api: OpenAiApi,
) -> None:
    window = codex_session(daemon=True)
    window.prompt("hello lab:say[Hi]")
    screen = watching()
    screen.until("watching only · a attaches")
    screen.pane.keys("a")
    screen.until("Attached:", within=15)
    composed(screen, HALF)
    openai_api.until_held()
    said_now(screen, "go left lab:say[Left it is]")
    window.pane.until("Left it is")


def test_a_script_says_it_too_and_is_told_who_cannot(
    lab: Lab,
    openai_api: OpenAiApi,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> None:
    clients = [announced(find("codex")), announced(find("claude"))]
    codex.preset(lab, openai_api)
    claude.preset(lab)
    known = claude.environment(lab, anthropic_api)
    shell = Shell(lab, with_programs(known, *clients))
    session = str(shell.json("run", "codex")["session_id"])
    early = shell.json("prompt", session, "x", "--steer", status=1)
    assert (early["action"], early["reason"]) == ("steer", "No turn runs.")
    assert "not both" in shell.run("prompt", session, "x", "--steer", "--queue", status=2)
    assert "not both" in shell.run("prompt", session, "x", "--steer", "--when", "idle", status=2)
    shell.run("prompt", session, HALF)
    openai_api.until_held()
    done = shell.json("prompt", session, "go left lab:say[Left]", "--steer")
    assert "stand in the running turn" in done["evidence"][0]["detail"]
    until(lambda: openai_api.turns("go left"), what="the words at the model")
    shell.run("stop", session)

    session = str(shell.json("run", "claude")["session_id"])
    shell.run("prompt", session, HALF)
    anthropic_api.until_held()
    no = shell.json("prompt", session, "go left", "--steer", status=1)
    assert no["reason"].startswith("Claude Code ends its turn for what is said at once")
    anthropic_api.release()
    shell.run("stop", session)
