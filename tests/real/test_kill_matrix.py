"""Kill clearhead at each stage of each action: nothing is sent twice, and the journal tells it."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.acting.client import Driven
from clearhead.core.acting.driver import Ready
from clearhead.core.acting.journal import Journal, left_open
from clearhead.core.acting.plan import Plan
from clearhead.core.agents.base import State
from tests.helpers import until_async

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clients import Client, find
from .codex import CodexSession
from .killed import STAGES
from .lab import Lab
from .loopback import StandIn
from .openai_api import OpenAiApi
from .test_driving import Shell, with_programs
from .waiting import until

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
TOOL = "lab:ask[echo ran >> ran.txt]"
OUT = {"sent", "done"}
"""Stages behind which the agent has what was asked."""
HUNG_UP = 4.0
"""Seconds in which it shows whether a server took what was sent by somebody who died with it."""


def settle(journal: Journal, stage: str, verb: Verb) -> None:
    """What a new clearhead finds: an action it knows nothing of, told once; or none at all."""
    found = left_open(journal.entries())
    assert [entry.verb for entry in found] == ([] if stage == "before" else [verb])
    told = journal.settle()
    assert [entry.verb for entry in told] == [entry.verb for entry in found]
    assert all("not sent again" in entry.reason for entry in told)
    assert journal.settle() == ()


class Owned:
    """Sessions of our own, driven until the driver dies."""

    def __init__(self, shell: Shell, api: StandIn, agent: str, program: str, *args: str) -> None:
        self.shell, self.api = shell, api
        self.plan = Plan(agent=agent, cwd=str(shell.lab.repo), program=program, args=args)
        self.journal = Journal(shell.folder)

    def drive(self, stage: str, verb: Verb) -> tuple[subprocess.Popen[bytes], Ready]:
        """Start the driver that will die."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.real.killed", stage, verb, "driver"],
            cwd=ROOT,
            env=self.shell.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(msgspec.json.encode(self.plan))
        process.stdin.close()
        with process.stdout:
            return process, msgspec.json.decode(process.stdout.readline(), type=Ready)

    def ended(self, session: str) -> bool:
        """Whether no program runs the session any more."""
        return self.shell.row(session).get("pid") is None


@pytest.fixture(params=["claude", "codex"])
def owned(
    request: pytest.FixtureRequest,
    lab: Lab,
    anthropic_api: AnthropicApi,
    openai_api: OpenAiApi,
    announced: Callable[[Client], Client],
) -> Owned:
    """Sessions of our own, of either agent."""
    client = announced(find(request.param))
    if request.param == "claude":
        claude.preset(lab)
        shell = Shell(lab, with_programs(claude.environment(lab, anthropic_api), client))
        model = ("--model", claude.MODEL)
        return Owned(shell, anthropic_api, "claude", str(client.program), *model)
    codex.preset(lab, openai_api)
    shell = Shell(lab, with_programs(lab.environment(), client))
    return Owned(shell, openai_api, "codex", str(client.program))


BEFORE = {
    Verb.INTERRUPT: "begin lab:hold lab:say[one two three four]",
    Verb.APPROVE: f"begin {TOOL}",
    Verb.DENY: f"begin {TOOL}",
}
"""What the agent is given first, so that the action makes sense; else a plain turn."""

WORDS = {
    Verb.PROMPT: "only once lab:say[Once]",
    Verb.MODEL: "sonnet",
    Verb.DENY: "Not this.",
}
VERBS = (
    Verb.PROMPT,
    Verb.INTERRUPT,
    Verb.APPROVE,
    Verb.DENY,
    Verb.COMPACT,
    Verb.CLEAR,
    Verb.MODEL,
    Verb.STOP,
)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("verb", VERBS)
async def test_a_driver_that_is_killed_sends_nothing_twice(
    owned: Owned, verb: Verb, stage: str
) -> None:
    process, ready = await asyncio.to_thread(owned.drive, stage, verb)
    assert ready.socket is not None, ready.problem
    channel = await Driven.join(Path(ready.socket))
    request = await brought(channel, verb, owned.api)
    result = await channel.act(action(verb, WORDS.get(verb, ""), request=request))
    assert await asyncio.to_thread(process.wait, 30) == -signal.SIGKILL
    assert result.outcome is Outcome.UNKNOWN, result
    assert channel.live.problem is not None
    await channel.close()
    if verb is Verb.INTERRUPT and stage not in OUT and owned.plan.agent == "claude":
        await asyncio.to_thread(owned.api.release)
    settle(owned.journal, stage, verb)
    session = ready.session_id or ""
    await asyncio.to_thread(until, lambda: owned.ended(session), within=30, what="its end")
    proofs(owned.api, owned.shell.lab, verb, stage)
    if verb is Verb.PROMPT:
        goes_on(owned, session, known=stage in OUT)


async def brought(channel: Driven, verb: Verb, api: StandIn) -> str | None:
    """Bring a session to where the action makes sense; return the request that is open."""
    if verb is Verb.PROMPT:
        return None
    begun = await channel.act(action(Verb.PROMPT, BEFORE.get(verb, "begin lab:say[Begun]")))
    assert begun.outcome is Outcome.CONFIRMED, begun
    if verb is Verb.INTERRUPT:
        await asyncio.to_thread(api.until_held)
        return None
    if verb in (Verb.APPROVE, Verb.DENY):
        await until_async(lambda: channel.live.requests, within=20, what="a request")
        return channel.live.requests[0].id
    await until_async(lambda: channel.live.state is State.IDLE, within=20, what="idle")
    return None


def proofs(api: StandIn, lab: Lab, verb: Verb, stage: str) -> None:
    """What went out went out once, and only if it was to."""
    asked = {turn.prompt for turn in api.turns("only once")}
    if stage not in OUT:
        assert not asked
        assert not api.compactions()
    assert len(api.turns("only once")) <= (verb is Verb.PROMPT)
    assert len(api.compactions()) <= (verb is Verb.COMPACT)
    ran = lab.repo / "ran.txt"
    assert ran.exists() <= (verb is Verb.APPROVE and stage in OUT)
    assert not ran.exists() or ran.read_text() == "ran\n"


def goes_on(owned: Owned, session: str, *, known: bool) -> None:
    """The session is free, and goes on with its id where it had begun."""
    words = ["--resume", session] if known else []
    again = owned.shell.json("run", owned.plan.agent, *words)
    assert known == (again["session_id"] == session)
    answer = owned.shell.json("prompt", str(again["session_id"]), "go on lab:say[On]")
    assert answer["outcome"] == "confirmed"
    assert len(owned.api.turns("only once")) <= 1
    owned.shell.run("stop", str(again["session_id"]))


# Sessions in someone's window: the command dies, the window lives


KEYED = ("before", "written", "typed", "sent", "done")


class Window:
    """A client in somebody's pane, and commands that die while they act on it."""

    def __init__(self, shell: Shell, session: ClaudeSession | CodexSession, api: StandIn) -> None:
        self.shell, self.session, self.api = shell, session, api
        self.journal = Journal(shell.folder)

    @property
    def id(self) -> str:
        """The session that the window shows now."""
        if isinstance(self.session, ClaudeSession):
            return self.session.session_id
        return self.session.thread_id

    def dies(self, stage: str, verb: Verb, text: str = "") -> None:
        """Run a command that is killed at a stage."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.real.killed", stage, verb, self.id, text],
            cwd=ROOT,
            env=self.shell.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, (done.stdout, done.stderr)

    def state(self) -> str | None:
        """What the session does, by its agent's own files."""
        told: str | None = self.shell.row(self.id).get("state")
        return told

    def reached(self, stage: str, look: Callable[[], object], within: float = 20.0) -> bool:
        """Whether the agent has what was asked: looked for, and known where it is certain.

        A server may drop the last words of somebody who hangs up with them.
        """
        if stage not in OUT:
            return False
        if stage == "sent" and self.by_server:
            with suppress(AssertionError):
                return bool(until(look, within=HUNG_UP))
            return False
        return bool(until(look, within=within, what=f"what was {stage}"))

    @property
    def by_server(self) -> bool:
        """Whether the session is reached through its agent's server, not by keys."""
        return isinstance(self.session, CodexSession) and self.session.socket.exists()

    def rests(self) -> None:
        """Wait until the window does nothing."""
        until(lambda: self.state() == "idle", within=30, what="idle", detail=self.session.describe)


@pytest.fixture(params=["claude", "codex server", "codex keys"])
def window(
    request: pytest.FixtureRequest,
    claude_session: Callable[..., ClaudeSession],
    codex_session: Callable[..., CodexSession],
) -> Window:
    """A client in somebody's pane, by each way that leads into it."""
    if request.param == "claude":
        session = claude_session()
        session.begin("the first words")
        return Window(Shell(session.lab), session, session.api)
    other = codex_session(daemon=request.param == "codex server")
    other.run("the first words")
    return Window(Shell(other.lab), other, other.api)


def test_a_command_that_is_killed_while_it_prompts(window: Window) -> None:
    for stage in STAGES if window.by_server else KEYED:
        words = f"only once {stage}"
        window.dies(stage, Verb.PROMPT, words)
        settle(window.journal, stage, Verb.PROMPT)
        window.rests()
        if stage == "typed":
            left = window.shell.json("prompt", window.id, "and now?", status=1)
            assert "draft" in left["reason"] or "Something stands" in left["reason"]
            assert words in window.session.pane.screen()
            window.session.pane.keys("C-u")
            window.session.pane.until_gone(words)
        out = window.reached(stage, lambda: window.api.turns(words))  # noqa: B023 - used at once
        assert len(window.api.turns(words)) == out
        window.rests()
    answer = window.shell.json("prompt", window.id, "go on lab:say[On]", "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
    assert not window.api.turns("and now?")


def test_a_command_that_is_killed_while_it_interrupts_or_answers(window: Window) -> None:
    ran = window.shell.lab.repo / "ran.txt"
    for stage in STAGES:
        window.shell.run("prompt", window.id, f"{stage} {BEFORE[Verb.INTERRUPT]}")
        window.api.until_held()
        window.dies(stage, Verb.INTERRUPT)
        settle(window.journal, stage, Verb.INTERRUPT)
        if not window.reached(stage, lambda: window.state() == "idle"):
            window.api.release()
        window.rests()
        for verb in (Verb.DENY, Verb.APPROVE):
            ran.unlink(missing_ok=True)
            window.shell.run("prompt", window.id, f"{stage} {verb} {TOOL}")
            window.session.pane.until("1. Yes", within=20)
            window.dies(stage, verb)
            settle(window.journal, stage, verb)
            out = window.reached(stage, lambda: "1. Yes" not in window.session.pane.screen())
            if not out:
                assert "1. Yes" in window.session.pane.screen()
                assert not ran.exists()
                window.session.refuse()
            window.rests()
            assert ran.exists() == (verb is Verb.APPROVE and out)
            assert not ran.exists() or ran.read_text() == "ran\n"


def test_a_command_that_is_killed_while_it_compacts_or_clears(window: Window) -> None:
    if isinstance(window.session, ClaudeSession):
        window.session.run("more lab:fill=90000")
    for stage in STAGES:
        before = len(window.api.compactions())
        window.dies(stage, Verb.COMPACT)
        settle(window.journal, stage, Verb.COMPACT)
        out = window.reached(stage, lambda: len(window.api.compactions()) > before)  # noqa: B023
        window.rests()
        assert len(window.api.compactions()) - before == out
    for stage in STAGES:
        old = window.id
        window.dies(stage, Verb.CLEAR)
        settle(window.journal, stage, Verb.CLEAR)
        if stage in OUT:
            until(lambda: window.id != old, what="another session")  # noqa: B023 - used at once
        assert (window.id != old) == (stage in OUT)
        window.session.pane.until_still(0.5)
    answer = window.shell.json("prompt", window.id, "go on lab:say[On]", "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
