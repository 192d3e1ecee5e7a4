"""When things break: what is shown is true, nothing is sent twice, drafts stay, a way on is named.

Real clients where they can be brought to it; where only a broken one would do it, a small program
that speaks the same protocol badly.
"""

import asyncio
import os
import shlex
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from msgspec.structs import replace

from clearhead.core.acting.action import Outcome, Result, Verb, action
from clearhead.core.agents.base import State
from clearhead.core.agents.claude.attached import ClaudeAttached
from clearhead.core.agents.claude.owned import ClaudeOwned
from clearhead.core.agents.codex.owned import CodexOwned
from clearhead.core.agents.codex.wires import CodexGone
from clearhead.core.problems import Problem
from clearhead.core.tmux import pane_of
from tests.helpers import until_async

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clients import Client, find
from .lab import Lab
from .openai_api import OpenAiApi
from .script import Failure
from .test_driving import Shell, begun, shell
from .tmux import Tmux
from .waiting import until

pytestmark = pytest.mark.real
__all__ = ["shell"]

CLAUDES = ("2.1.197", "2.1.330")
BRIEF = 1.5
"""Seconds that are waited for evidence which cannot come."""


async def do(channel: Any, verb: Verb, text: str = "", limit: float = 0.0, **how: Any) -> Result:
    wanted = action(verb, text, **how)
    result: Result = await channel.act(replace(wanted, limit=limit) if limit else wanted)
    return result


async def idle(channel: Any) -> None:
    await until_async(lambda: channel.live.state is State.IDLE, within=30, what="idle")


@pytest.fixture(params=CLAUDES)
async def owned(
    request: pytest.FixtureRequest,
    lab: Lab,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> AsyncIterator[ClaudeOwned]:
    """A Claude Code of our own."""
    client = announced(find("claude", request.param))
    claude.preset(lab)
    session = await ClaudeOwned.start(
        str(client.program),
        lab.repo,
        args=("--model", claude.MODEL),
        environment=claude.environment(lab, anthropic_api),
    )
    yield session
    await session.close()


@pytest.fixture(params=CLAUDES)
async def attached(
    request: pytest.FixtureRequest, claude_session: Callable[..., ClaudeSession]
) -> AsyncIterator[tuple[ClaudeSession, ClaudeAttached]]:
    """A Claude Code in somebody's pane, and us."""
    session = claude_session(request.param)
    pid = int(session.registry_file.stem)
    channel = ClaudeAttached(pid, session.lab.claude_config, await pane_of(pid), None)
    yield session, channel
    await channel.close()


@pytest.fixture
async def codex_owned(
    lab: Lab, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> AsyncIterator[CodexOwned]:
    """A Codex of our own."""
    client = announced(find("codex"))
    codex.preset(lab, openai_api)
    session = await CodexOwned.start(str(client.program), lab.repo, environment=lab.environment())
    yield session
    await session.close()


# The client hangs


async def test_a_client_of_our_own_that_hangs_is_unknown_and_gets_nothing_twice(
    owned: ClaudeOwned, anthropic_api: AnthropicApi
) -> None:
    os.kill(owned.pid, signal.SIGSTOP)
    result = await do(owned, Verb.PROMPT, "only once", limit=BRIEF)
    assert (result.outcome, "No message tells" in result.reason) == (Outcome.UNKNOWN, True)
    assert (await do(owned, Verb.PROMPT, "and now?", limit=BRIEF)).outcome is Outcome.REFUSED
    assert (await do(owned, Verb.INTERRUPT, limit=BRIEF)).outcome is Outcome.UNKNOWN
    os.kill(owned.pid, signal.SIGCONT)
    await idle(owned)
    assert len({turn.prompt for turn in anthropic_api.turns("only once")}) <= 1
    result = await do(owned, Verb.PROMPT, "awake lab:say[Yes]")
    assert result.outcome is Outcome.CONFIRMED
    await idle(owned)
    assert not anthropic_api.turns("and now?")


async def test_a_client_of_our_own_that_hangs_can_be_ended(owned: ClaudeOwned) -> None:
    os.kill(owned.pid, signal.SIGSTOP)
    result = await do(owned, Verb.STOP)
    assert result.outcome is Outcome.CONFIRMED, result.reason
    assert not psutil.pid_exists(owned.pid)


@pytest.mark.parametrize("version", CLAUDES)
async def test_nothing_is_typed_into_a_stopped_client(
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
    version: str,
) -> None:
    """Its pane belongs to a shell, as people have it: tmux wakes its own children by itself."""
    client = announced(find("claude", version))
    claude.preset(lab)
    command = ["sh", "-c", '"$0" "$@"; true', str(client.program), "--model", claude.MODEL]
    pane = tmux.window(command, env=claude.environment(lab, anthropic_api))
    pane.until("❯", within=claude.START)
    entry = until(lambda: next((lab.claude_config / "sessions").glob("*.json"), None))
    pid = int(entry.stem)
    channel = ClaudeAttached(pid, lab.claude_config, await pane_of(pid), None)
    await idle(channel)
    os.kill(pid, signal.SIGSTOP)
    await until_async(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    try:
        for verb in (Verb.PROMPT, Verb.CLEAR, Verb.COMPACT, Verb.STOP):
            result = await do(channel, verb, "into the dark")
            assert result.outcome is Outcome.REFUSED
            assert f"kill -CONT {pid}" in result.reason, (verb, result.reason)
    finally:
        os.kill(pid, signal.SIGCONT)
    pane.until_still(0.5)
    assert "into the dark" not in pane.screen()
    result = await do(channel, Verb.PROMPT, "awake lab:say[Yes]")
    assert result.outcome is Outcome.CONFIRMED, result.reason
    await channel.close()


async def test_a_codex_that_hangs_is_unknown(
    codex_owned: CodexOwned, openai_api: OpenAiApi, lab: Lab
) -> None:
    await do(codex_owned, Verb.PROMPT, "begin")
    await idle(codex_owned)
    family = [p for p in lab.processes() if "app-server" in p.cmdline()]
    for process in family:
        process.suspend()
    result = await do(codex_owned, Verb.PROMPT, "only once", limit=BRIEF)
    assert result.outcome is Outcome.UNKNOWN
    for process in family:
        process.resume()
    await until_async(lambda: openai_api.turns("only once"), within=20)
    await idle(codex_owned)
    assert len(openai_api.turns("only once")) == 1


# The client dies, or was never there


def test_a_dead_client_leaves_its_session_free_and_names_the_way_on(
    shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = begun(shell)
    shell.run("prompt", session, "begin lab:say[Begun]")
    shell.until(session, "idle")
    shell.run("prompt", session, "remember lab:hold lab:say[I remember this]")
    anthropic_api.until_held()
    entry = until(lambda: next((lab.claude_config / "sessions").glob("*.json"), None))
    lab.kill(int(entry.stem))

    def refused() -> str:
        answer = shell.json("prompt", session, "still there?", status=1)
        return f"{answer['reason']} {answer['remedy']}"

    until(lambda: f"clearhead run claude --resume {session}" in refused(), what="the way on")
    assert begun(shell, "--resume", session) == session
    shell.until(session, "idle")
    assert shell.json("prompt", session, "go on lab:say[On]")["outcome"] == "confirmed"
    assert not anthropic_api.turns("still there?")
    shell.run("stop", session)


def test_a_client_that_is_logged_out_says_so(
    lab: Lab, anthropic_api: AnthropicApi, announced: Callable[[Client], Client]
) -> None:
    client = announced(find("claude"))
    claude.preset(lab)
    known = claude.environment(lab, anthropic_api)
    del known["ANTHROPIC_API_KEY"]

    async def course() -> str | None:
        session = await ClaudeOwned.start(str(client.program), lab.repo, environment=known)
        try:
            await do(session, Verb.PROMPT, "hello")
            await until_async(lambda: session.live.failure, within=20)
            assert session.live.state is State.IDLE
            return session.live.failure
        finally:
            await session.close()

    assert "/login" in (asyncio.run(course()) or "")


# The client speaks too much, badly, or a newer protocol


SPEAKER = """import json, sys
def say(**message): sys.stdout.write(json.dumps(message) + "\\n"); sys.stdout.flush()
def answer(line, **body):
    name = json.loads(line)["request_id"]
    say(type="control_response", response={"subtype": "success", "request_id": name, **body})
"""


def speaker(folder: Path, course: str) -> str:
    """A program in place of the client; `course` is what it does after its first answer."""
    program, script = folder / "claude", folder / "speaker.py"
    begin = 'answer(sys.stdin.readline(), response={"commands": [], "surprise": {"new": 1}})\n'
    script.write_text(SPEAKER + begin + course)
    program.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, str(script)])}\n")
    program.chmod(0o755)
    return str(program)


async def started(lab: Lab, program: str) -> ClaudeOwned:
    return await ClaudeOwned.start(program, lab.repo, environment=lab.environment())


FLOOD = """
event = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "x" * 900}}
sys.stdin.readline()
say(type="system", subtype="init", session_id="one")
for _ in range(90_000): say(type="stream_event", event=event)
sys.stdout.write("y" * 30_000_000 + "\\n")
say(type="result", session_id="one")
sys.stdin.read()
"""


async def test_a_flood_of_100_mb_is_borne(lab: Lab, tmp_path: Path) -> None:
    session = await started(lab, speaker(tmp_path, FLOOD))
    before = psutil.Process().memory_info().rss
    late: list[float] = []

    async def heartbeat() -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            late.append(time.monotonic() - begun - 0.01)

    beating = asyncio.create_task(heartbeat())
    assert (await do(session, Verb.PROMPT, "go")).outcome is Outcome.CONFIRMED
    await until_async(lambda: session.live.state is State.IDLE, within=120, what="the end")
    beating.cancel()
    assert session.live.reply is None
    assert session._talk.stream.garbage == 1
    assert psutil.Process().memory_info().rss - before < 200_000_000
    assert max(late) < 2.0
    await session.close()


NEWER = """
say(type="telepathy", subtype="thought", level=9)
say(type="control_request", request_id="r1", request={"subtype": "read_mind", "input": []})
said = json.loads(sys.stdin.readline())
say(type="control_request", request_id="r2",
    request={"subtype": "can_use_tool", "tool_name": "Future", "input": {"a": 1}, "more": True})
say(type="system", subtype="weather", session_id=7)
said = [said, *(json.loads(line) for line in sys.stdin)]
open("heard.json", "w").write(json.dumps(said))
"""


async def test_a_newer_protocol_is_borne_and_its_unknown_requests_are_declined(
    lab: Lab, tmp_path: Path
) -> None:
    session = await started(lab, speaker(tmp_path, NEWER))
    await until_async(lambda: session.live.requests, within=20)
    (request,) = session.live.requests
    assert request.tool == "Future"
    assert '"a"' in request.text
    assert (await do(session, Verb.MODE, "plan", limit=BRIEF)).outcome is Outcome.UNKNOWN
    await session.close()
    heard = await asyncio.to_thread((lab.repo / "heard.json").read_text)
    assert '"error": "clearhead does not serve read_mind"' in heard
    assert '"behavior"' not in heard


REFUSES = """
line = sys.stdin.readline()
name = json.loads(line)["request_id"]
error = "Unsupported control request subtype: set_permission_mode"
say(type="control_response", response={"subtype": "error", "request_id": name, "error": error})
sys.stdin.read()
"""


async def test_what_a_client_does_not_know_is_remembered(lab: Lab, tmp_path: Path) -> None:
    session = await started(lab, speaker(tmp_path, REFUSES))
    assert session.capabilities[Verb.MODE] is None
    assert (await do(session, Verb.MODE, "plan")).outcome is Outcome.REFUSED
    assert "Unsupported" in (session.capabilities[Verb.MODE] or "")
    assert session.capabilities[Verb.PROMPT] is None
    await session.close()


@pytest.mark.parametrize("course", ["", "sys.stdout.write('{')", "sys.exit(3)", "say(type=7)"])
async def test_a_client_that_ends_in_the_middle_is_told(
    lab: Lab, tmp_path: Path, course: str
) -> None:
    session = await started(lab, speaker(tmp_path, course + "\n"))
    await until_async(lambda: session.live.problem, within=20)
    assert session.live.state is State.ENDED
    assert "--resume" in session.live.problem.remedy if session.live.problem else False


@pytest.mark.parametrize(
    "body",
    ["exit 4", "echo rubbish", "head -c 1000000 /dev/zero", 'echo \'{"id": 1, "result": 7}\''],
)
async def test_a_codex_that_is_none_does_not_start(lab: Lab, tmp_path: Path, body: str) -> None:
    program = tmp_path / "codex"
    program.write_text(f"#!/bin/sh\necho 'not logged in' >&2\n{body}\n")
    program.chmod(0o755)
    with pytest.raises(Problem) as told:
        await CodexOwned.start(str(program), lab.repo, environment=lab.environment())
    assert isinstance(told.value, CodexGone)
    assert told.value.remedy


# The vendor fails


async def test_a_vendors_failures_are_told_and_the_session_goes_on(
    owned: ClaudeOwned, anthropic_api: AnthropicApi
) -> None:
    retries: list[str] = []
    owned.listen(lambda: retries.append(owned.live.retry) if owned.live.retry else None)
    await do(owned, Verb.PROMPT, "busy lab:fail=429x1 lab:say[After all]")
    await idle(owned)
    assert retries
    assert owned.live.failure is None
    for failing in ("lab:fail=400", "lab:toolong"):
        await do(owned, Verb.PROMPT, f"this fails {failing}")
        await until_async(lambda: owned.live.failure, within=60)
        await idle(owned)
    anthropic_api.script.summary_failure = Failure(400, "prompt is too long: 210000 > 200000")
    result = await do(owned, Verb.COMPACT, "Keep it.")
    assert (result.outcome, "Reset" in result.remedy) == (Outcome.REFUSED, True)
    await do(owned, Verb.PROMPT, "well again lab:say[Yes]")
    assert owned.live.failure is None
    await idle(owned)


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_retries_go_on_and_can_be_interrupted(owned: ClaudeOwned, status: int) -> None:
    await do(owned, Verb.PROMPT, f"overloaded lab:fail={status}")
    await until_async(lambda: owned.live.retry, within=20)
    assert owned.live.state is State.BUSY
    assert (await do(owned, Verb.INTERRUPT)).outcome is Outcome.CONFIRMED
    await idle(owned)
    assert (owned.live.retry, owned.live.failure) == (None, None)


async def test_a_vendors_failure_in_a_window_leaves_it_usable(
    attached: tuple[ClaudeSession, ClaudeAttached], anthropic_api: AnthropicApi
) -> None:
    _, channel = attached
    for failing in ("lab:fail=400", "lab:toolong"):
        result = await do(channel, Verb.PROMPT, f"this fails {failing}")
        assert result.outcome is Outcome.CONFIRMED, result.reason
        await idle(channel)
    anthropic_api.script.summary_failure = Failure(400, "prompt is too long: 210000 > 200000")
    result = await do(channel, Verb.COMPACT, "Keep it.")
    assert result.outcome is Outcome.REFUSED, result
    assert "Reset" in result.remedy
    result = await do(channel, Verb.PROMPT, "well again lab:say[Yes]")
    assert result.outcome is Outcome.CONFIRMED, result.reason


async def test_codex_tells_a_vendors_failure(codex_owned: CodexOwned) -> None:
    await do(codex_owned, Verb.PROMPT, "this fails lab:fail=400")
    await until_async(lambda: codex_owned.live.failure, within=30)
    await idle(codex_owned)
    result = await do(codex_owned, Verb.PROMPT, "well again lab:say[Yes]")
    assert (result.outcome, codex_owned.live.failure) == (Outcome.CONFIRMED, None)


# tmux goes, and the clock jumps


async def test_when_tmux_goes_nothing_is_claimed(
    attached: tuple[ClaudeSession, ClaudeAttached],
) -> None:
    session, channel = attached
    server = int(session.pane.tmux.run("display-message", "-p", "#{pid}"))
    os.kill(server, signal.SIGSTOP)
    hung = await do(channel, Verb.PROMPT, "into the void")
    assert (hung.outcome, "did not answer" in hung.reason) == (Outcome.REFUSED, True)
    os.kill(server, signal.SIGCONT)
    session.pane.until("❯")
    assert (await do(channel, Verb.PROMPT, "back lab:say[Yes]")).outcome is Outcome.CONFIRMED
    await idle(channel)
    os.kill(server, signal.SIGKILL)
    await until_async(lambda: channel.live.state is State.ENDED, within=20)
    gone = await do(channel, Verb.PROMPT, "anyone?")
    assert gone.outcome is Outcome.REFUSED
    session.pane.tmux.panes.clear()
    session.pane.tmux.__enter__()


@pytest.mark.parametrize("jump", [-7200.0, 7200.0], ids=["back", "ahead"])
async def test_a_clock_that_jumps_ends_no_wait_and_begins_none(
    attached: tuple[ClaudeSession, ClaudeAttached],
    monkeypatch: pytest.MonkeyPatch,
    jump: float,
) -> None:
    _, channel = attached
    assert (await do(channel, Verb.PROMPT, "before lab:say[Yes]")).outcome is Outcome.CONFIRMED
    await idle(channel)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump)
    begun = time.monotonic()
    result = await do(channel, Verb.PROMPT, "after lab:hold")
    assert result.outcome is Outcome.CONFIRMED, result.reason
    await until_async(lambda: channel.live.state is State.BUSY, within=20)
    assert (await do(channel, Verb.INTERRUPT)).outcome is Outcome.CONFIRMED
    assert time.monotonic() - begun < 30
