"""Agents in a plain terminal: nothing leads in, a person pastes, and clearhead sees it."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import pytest

from . import claude
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clearhead import PROGRAM
from .clients import Client, find
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import (
    STEP,
    script_boot,
    script_codex,
    script_notes,
    shell,  # noqa: F401
    times,
)
from .test_driving import Shell, with_programs
from .tmux import Pane, Size, Tmux
from .waiting import until

pytestmark = pytest.mark.real

VERSIONS = ("2.1.197", "2.1.330")
NO_TMUX = ("-u", "TMUX", "-u", "TMUX_PANE")
"""For `env`: the test's tmux only stands in for a terminal that nobody can type into."""


@dataclass(frozen=True)
class Alone(Client):
    """A client that is started by a program of the test's own."""

    path: Path

    @property
    def program(self) -> Path:
        return self.path


@pytest.fixture
def elsewhere(lab: Lab) -> Iterator[Tmux]:
    """Another terminal: no tmux that clearhead knows has it."""
    server = Tmux(lab)
    server.socket = lab.root / "elsewhere"
    with server:
        yield server


@pytest.fixture(params=VERSIONS)
def session(
    request: pytest.FixtureRequest,
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    elsewhere: Tmux,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> ClaudeSession:
    """A Claude Code of which no tmux knows, with one turn behind it."""
    client = announced(find("claude", request.param))
    claude.preset(lab)
    wrapper = lab.root / "claude-alone"
    wrapper.write_text(
        f'#!/bin/sh\nexec env {" ".join(NO_TMUX)} {quote(str(client.program))} "$@"\n'
    )
    wrapper.chmod(0o755)
    words = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    alone = Alone(client.command, client.version, wrapper)
    found = ClaudeSession(alone, lab, elsewhere, anthropic_api, arguments=words)
    found.begin("Let us begin.")
    found.run("lab:fill=48000 lab:say[Yes] go on")
    tmux.run("set-option", "-s", "set-clipboard", "on")
    return found


@pytest.fixture
def codex(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    elsewhere: Tmux,
    openai_api: OpenAiApi,
    announced: Callable[[Client], Client],
) -> CodexSession:
    """A Codex without its background server, of which no tmux knows, with one turn behind it."""
    client = announced(find("codex"))
    wrapper = lab.root / "codex-alone"
    wrapper.write_text(
        f'#!/bin/sh\nexec env {" ".join(NO_TMUX)} {quote(str(client.program))} "$@"\n'
    )
    wrapper.chmod(0o755)
    alone = Alone(client.command, client.version, wrapper)
    found = CodexSession(alone, lab, elsewhere, openai_api, folder=lab.repo)
    found.run("begin lab:say[Yes]")
    tmux.run("set-option", "-s", "set-clipboard", "on")
    return found


class Person:
    """Looks at clearhead, and pastes into the agent what it has put on the clipboard."""

    def __init__(
        self,
        tmux: Tmux,
        shell: Shell,  # noqa: F811
        session: ClaudeSession | CodexSession,
        size: Size,
        alone: Sequence[str] = NO_TMUX,
    ) -> None:
        self.tmux, self.session = tmux, session
        same = find(session.client.command, session.client.version)
        path = f"PATH={with_programs(shell.environment, same)['PATH']}"
        command = [*alone, path, str(PROGRAM)]
        self.screen = tmux.window(command, env=shell.environment, size=size)

    def sees(self, *texts: str, within: float = 20.0) -> str:
        shown = self.screen.screen
        until(
            lambda: all(text in shown() for text in texts),
            within=within,
            what=f"{texts} on the screen",
            detail=lambda: f"{self.screen.describe()}\n{self.session.describe()}",
        )
        return shown()

    def press(self, *keys: str) -> None:
        self.screen.keys(*keys)

    def pastes(self, begins: str) -> str:
        """Wait for a text on the clipboard that begins so, paste it there, and press Enter."""

        def copied() -> str | None:
            try:
                text = self.tmux.run("show-buffer")
            except AssertionError:
                return None
            return text if text.startswith(begins) else None

        text = until(copied, what=f"{begins!r} on the clipboard", detail=self.screen.describe)
        pane: Pane = self.session.pane
        pane.tmux.run("set-buffer", "--", text)
        pane.tmux.run("paste-buffer", "-p", "-t", pane.id)
        pane.until_still(0.5)
        pane.keys("Enter")
        return text


def test_a_compaction_by_hand_is_proved_like_any_other(
    shell: Shell,  # noqa: F811
    tmux: Tmux,
    session: ClaudeSession,
    anthropic_api: AnthropicApi,
) -> None:
    person = Person(tmux, shell, session, (120, 36))
    person.sees("a attach")
    person.press("a")
    person.sees("No way in", "by hand", "take over", "start in tmux")
    person.press("1")
    person.sees("by hand", "ask you to paste")
    person.press("c")
    person.sees("Enter compacts the session")
    person.press("Enter")
    person.sees("BY HAND", "Paste this command into Claude Code")
    text = person.pastes("/compact ")
    assert STEP in text
    screen = person.sees("Compacted", "compare", within=40)
    assert "BY HAND" not in screen
    assert len(session.boundaries()) == 1
    assert STEP in anthropic_api.compactions()[-1].prompt


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_a_whole_reset_by_hand(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    session: ClaudeSession,
    anthropic_api: AnthropicApi,
    size: Size,
) -> None:
    script_notes(anthropic_api, lab.repo)
    reads = ("AGENTS.md", "claude-progress.md")
    script_boot(anthropic_api, lab.repo, *reads, says=f"Next: {STEP}.")
    old = session.session_id
    person = Person(tmux, shell, session, size)
    brings_notes(person)
    assert "(commit 1)" in lab.git("show", "HEAD:claude-progress.md")
    assert session.session_id == old
    brief = goes_over(person)
    assert session.session_id != old
    assert words(anthropic_api.turns("You continue a task")[0].prompt) == words(brief)


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_a_whole_reset_of_codex_by_hand(
    shell: Shell,  # noqa: F811
    tmux: Tmux,
    codex: CodexSession,
    openai_api: OpenAiApi,
    size: Size,
) -> None:
    script_codex(openai_api)
    old = codex.thread_id
    person = Person(tmux, shell, codex, size)
    brings_notes(person)
    brief = goes_over(person)
    assert codex.thread_id != old
    assert words(openai_api.turns("You continue a task")[0].prompt) == words(brief)
    assert (times(openai_api, "Bring"), times(openai_api, "You continue a task")) == (1, 1)


def brings_notes(person: Person) -> None:
    """Begin a reset, and give the agent by hand what asks it for its notes."""
    person.sees("r reset")
    person.press("r")
    person.sees("Enter asks the agent for its notes")
    person.press("Enter")
    person.sees("BY HAND")
    person.pastes("Bring claude-progress.md up to date")
    person.sees("sends the brief", within=40)


def goes_over(person: Person) -> str:
    """Clear by hand and give the brief, which is returned; the fresh session has understood it."""
    person.press("Enter")
    person.sees("/clear")
    person.pastes("/clear")
    brief = person.pastes("You continue a task")
    screen = person.sees("Enter goes to the fresh session", within=60)
    assert "4 of 4 points hold" in screen
    return brief


def words(text: str) -> list[str]:
    """The lines of a text without the blanks around them."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def test_a_session_is_taken_over_once_its_person_has_left(
    shell: Shell,  # noqa: F811
    tmux: Tmux,
    session: ClaudeSession,
    anthropic_api: AnthropicApi,
) -> None:
    known = session.session_id
    person = Person(tmux, shell, session, (120, 36))
    person.sees("a attach")
    person.press("a")
    person.sees("No way in")
    person.press("2")
    person.sees("BY HAND", "/exit")
    assert [row["channel"] for row in shell.json("sessions")["sessions"]] == ["watched"]
    session.quit()
    person.sees("owned", "idle", within=40)
    person.press("i")
    person.sees("Enter send", within=5)
    person.screen.type("still here? lab:say[Still here]")
    person.press("Enter")
    assert "Let us begin." in str(anthropic_api.until_asked("still here?").body)
    person.sees("Still here")
    shell.run("stop", known)


def test_a_session_moves_into_tmux_once_its_person_has_left(
    shell: Shell,  # noqa: F811
    tmux: Tmux,
    session: ClaudeSession,
    anthropic_api: AnthropicApi,
) -> None:
    person = Person(tmux, shell, session, (160, 40), alone=())
    person.sees("a attach")
    person.press("a")
    person.sees("No way in", "in a tmux pane beside this one")
    person.press("3")
    person.sees("BY HAND", "/exit")
    panes = tmux.run("list-panes", "-a").count("\n")
    session.quit()
    person.sees("attached %", "idle", "i type", within=40)
    assert tmux.run("list-panes", "-a").count("\n") == panes + 1
    person.press("i")
    person.sees("Enter send", within=5)
    person.screen.type("still here? lab:say[Still here]")
    person.press("Enter")
    assert "Let us begin." in str(anthropic_api.until_asked("still here?").body)
    person.sees("Still here")


def test_a_reset_by_hand_from_the_command_line(
    shell: Shell,  # noqa: F811
    lab: Lab,
    session: ClaudeSession,
    anthropic_api: AnthropicApi,
) -> None:
    script_boot(anthropic_api, lab.repo, "AGENTS.md", "claude-progress.md", says=f"Next: {STEP}.")
    old, pane = session.session_id, session.pane
    words = ("--yes", "--no-notes", "--no-commit")
    assert "--by-hand" in shell.run("reset", old, *words, status=1)
    told = lab.root / "told"
    with told.open("w") as errors:
        child = subprocess.Popen(
            [str(PROGRAM), "reset", old, *words, "--by-hand"],
            cwd=lab.repo,
            env=shell.environment,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    for begins in ("/clear", "You continue a task in"):
        until(lambda b=begins: f"\n\n{b}" in told.read_text(), within=60, what=begins)
        text = told.read_text().rpartition("\n\n" + begins)[2]
        pane.tmux.run("set-buffer", "--", (begins + text).rstrip("\n"))
        pane.tmux.run("paste-buffer", "-p", "-t", pane.id)
        pane.until_still(0.5)
        pane.keys("Enter")
    assert child.wait(90) == 0, told.read_text()
    assert session.session_id != old
