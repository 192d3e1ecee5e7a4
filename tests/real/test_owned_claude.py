"""A real Claude Code that clearhead started itself: everything it is asked, and what proves it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.acting.action import Action, Outcome, Result, Verb, action
from clearhead.core.agents.base import State, Waiting
from clearhead.core.agents.claude.conversation import NotBegun
from clearhead.core.agents.claude.owned import ClaudeOwned
from clearhead.core.problems import NotFound
from tests.helpers import until_async

from . import claude
from .anthropic_api import AnthropicApi
from .clients import Client, find
from .lab import Lab
from .script import Failure

pytestmark = pytest.mark.real

VERSIONS = ("2.1.197", "2.1.330")
Starter = Callable[..., Awaitable[ClaudeOwned]]


@pytest.fixture(params=VERSIONS)
async def start(
    request: pytest.FixtureRequest,
    lab: Lab,
    anthropic_api: AnthropicApi,
    announced: Callable[[Client], Client],
) -> AsyncIterator[Starter]:
    """Starts a session of our own in the lab: `await start(resume=…)`."""
    client = announced(find("claude", request.param))
    claude.preset(lab)
    owned: list[ClaudeOwned] = []

    async def begin(**options: Any) -> ClaudeOwned:
        made = await ClaudeOwned.start(
            str(client.program),
            lab.repo,
            args=("--model", claude.MODEL),
            environment=claude.environment(lab, anthropic_api),
            **options,
        )
        owned.append(made)
        return made

    yield begin
    for one in owned:
        await one.close()


async def do(session: ClaudeOwned, verb: Verb, text: str = "", **how: Any) -> Result:
    return await session.act(action(verb, text, **how))


async def idle(session: ClaudeOwned) -> None:
    await until_async(lambda: session.live.state is State.IDLE, within=20, what="an idle session")


async def prompted(session: ClaudeOwned, text: str) -> None:
    result = await do(session, Verb.PROMPT, text)
    assert result.outcome is Outcome.CONFIRMED, result


@asynccontextmanager
async def asking(session: ClaudeOwned, prompt: str) -> AsyncIterator[Any]:
    """Give a prompt that makes it ask for permission; the request is what it asks."""
    await prompted(session, prompt)
    await until_async(lambda: session.live.requests, within=20, what="a request")
    yield session.live.requests[0]
    await idle(session)


async def test_a_prompt_is_taken_and_the_reply_grows(
    start: Starter, anthropic_api: AnthropicApi
) -> None:
    session = await start()
    seen: list[str] = []
    session.listen(lambda: seen.append(session.live.reply.text if session.live.reply else ""))
    await prompted(session, "one\ntwo lab:say[A reply that comes in pieces] lab:slow=1")
    assert session.live.state is State.BUSY
    await idle(session)
    grown = [words for words in seen if words]
    assert len(set(grown)) > 2
    assert grown[-1] == "A reply that comes in pieces"
    assert session.live.reply is None
    assert anthropic_api.turns("one\ntwo")
    assert session.live.window == 200_000
    assert session.live.usd


async def test_a_prompt_waits_its_turn_only_when_that_is_wanted(
    start: Starter, anthropic_api: AnthropicApi
) -> None:
    session = await start()
    await prompted(session, "first lab:hold")
    anthropic_api.until_held()
    assert (await do(session, Verb.PROMPT, "pushing in")).outcome is Outcome.REFUSED
    queued = await do(session, Verb.PROMPT, "second", queue=True)
    assert queued.outcome is Outcome.CONFIRMED
    assert session.live.queued == ("second",)
    anthropic_api.release()
    await until_async(lambda: anthropic_api.turns("second"), within=20)
    await idle(session)
    assert session.live.queued == ()
    assert not anthropic_api.turns("pushing in")


async def test_an_interrupt_ends_the_turn(start: Starter, anthropic_api: AnthropicApi) -> None:
    session = await start()
    assert (await do(session, Verb.INTERRUPT)).outcome is Outcome.REFUSED
    await prompted(session, "long lab:hold")
    anthropic_api.until_held()
    result = await do(session, Verb.INTERRUPT)
    assert result.outcome is Outcome.CONFIRMED
    assert "aborted" in result.evidence[0].detail
    await idle(session)
    await prompted(session, "again lab:say[Here]")
    await idle(session)


async def test_an_approved_tool_runs_and_a_denied_one_does_not(
    start: Starter, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    session = await start()
    command = "echo made > made.txt && echo " + "x" * 300
    async with asking(session, f"lab:bash[{command}]") as request:
        assert (request.tool, request.text, request.kind) == ("Bash", command, Waiting.PERMISSION)
        assert session.live.state is State.WAITING
        assert (await do(session, Verb.APPROVE, request="other")).outcome is Outcome.REFUSED
        assert not (lab.repo / "made.txt").exists()
        yes = await do(session, Verb.APPROVE, request=request.id)
        assert yes.outcome is Outcome.CONFIRMED
        assert (await do(session, Verb.APPROVE, request=request.id)).outcome is Outcome.REFUSED
    assert (lab.repo / "made.txt").read_text() == "made\n"
    async with asking(session, "lab:write[other.txt|one line]") as request:
        assert [line.text for line in request.diff] == ["one line"]
        assert request.text.endswith("other.txt")
        no = await do(session, Verb.DENY, "Use the notes instead.", request=request.id)
        assert no.outcome is Outcome.CONFIRMED
    assert not (lab.repo / "other.txt").exists()
    assert "Use the notes instead." in anthropic_api.turns()[-1].text


async def test_mode_and_model_are_switched(start: Starter, lab: Lab) -> None:
    session = await start()
    assert (await do(session, Verb.MODE, "acceptEdits")).outcome is Outcome.CONFIRMED
    assert session.live.mode == "acceptEdits"
    await prompted(session, "lab:write[made.txt|without a question]")
    await idle(session)
    assert (lab.repo / "made.txt").exists()
    assert (await do(session, Verb.MODEL, "sonnet")).outcome is Outcome.CONFIRMED
    await prompted(session, "lab:say[Other]")
    await idle(session)
    assert "sonnet" in (session.live.model or "")
    assert (await do(session, Verb.MODE, "no such mode")).outcome is Outcome.REFUSED


async def test_a_compaction_is_proved_by_its_boundary(
    start: Starter, anthropic_api: AnthropicApi
) -> None:
    session = await start()
    for prompt in ("begin", "more", "fill lab:fill=90000"):
        await prompted(session, prompt)
        await idle(session)
    assert session.live.fill == 90_000
    result = await do(session, Verb.COMPACT, "Keep the names\nand the plan.")
    assert session.live.fill is None
    assert result.outcome is Outcome.CONFIRMED, result.reason
    assert "→" in result.evidence[0].detail
    assert "Keep the names and the plan." in anthropic_api.compactions()[-1].text
    await idle(session)


async def test_a_clear_is_followed(start: Starter) -> None:
    session = await start()
    await prompted(session, "before lab:say[Yes]")
    await idle(session)
    old = session.live.session_id
    result = await do(session, Verb.CLEAR)
    assert result.outcome is Outcome.CONFIRMED
    assert result.session_id == old
    assert result.new_session_id not in (None, old)
    await until_async(lambda: session.live.session_id == result.new_session_id)
    await idle(session)
    await prompted(session, "after lab:say[Yes]")
    await idle(session)
    assert session.live.session_id == result.new_session_id


async def test_a_session_is_taken_up_again_and_copied(
    start: Starter, anthropic_api: AnthropicApi
) -> None:
    first = await start()
    await prompted(first, "remember lab:say[I remember]")
    await idle(first)
    ended = await do(first, Verb.STOP)
    assert ended.outcome is Outcome.CONFIRMED
    assert first.live.problem is None
    old = first.live.session_id
    again = await start(resume=old)
    await prompted(again, "go on lab:say[On]")
    await idle(again)
    assert again.live.session_id == old
    assert "I remember" in anthropic_api.turns("go on")[-1].text
    await do(again, Verb.STOP)
    copy = await start(resume=old, fork=True)
    await prompted(copy, "aside lab:say[Aside]")
    await idle(copy)
    assert copy.live.session_id != old
    assert "I remember" in anthropic_api.turns("aside")[-1].text


async def test_a_client_that_is_killed_is_told(start: Starter, lab: Lab) -> None:
    session = await start()
    await prompted(session, "long lab:hold")
    lab.kill(session.pid)
    await until_async(lambda: session.live.problem is not None)
    assert session.live.state is State.ENDED
    assert "-9" in session.live.problem.detail
    assert "--resume" in session.live.problem.remedy
    assert (await do(session, Verb.PROMPT, "still there?")).outcome is Outcome.REFUSED


async def test_a_vendors_errors_end_the_turn_and_are_told(
    start: Starter, anthropic_api: AnthropicApi
) -> None:
    session = await start()
    for prompt in ("begin", "lab:fail=400", "more"):
        await prompted(session, prompt)
        await idle(session)
    anthropic_api.script.summary_failure = Failure(400, "prompt is too long: 210000 > 200000")
    result = await do(session, Verb.COMPACT, "Keep it.")
    assert result.outcome is Outcome.REFUSED
    assert result.reason
    assert "Reset" in result.remedy
    await idle(session)
    await prompted(session, "lab:say[Still here]")
    await idle(session)


async def test_a_program_that_is_not_there_or_is_none(lab: Lab, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cannot be run"):
        await ClaudeOwned.start(str(tmp_path / "claude"), lab.repo, environment=lab.environment())
    broken = tmp_path / "claude"
    broken.write_text("#!/bin/sh\necho 'Invalid API key · Please run /login' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(NotBegun, match="Please run /login"):
        await ClaudeOwned.start(str(broken), lab.repo, environment=lab.environment())


async def test_garbage_on_the_wire_is_passed_over(lab: Lab, tmp_path: Path) -> None:
    program = tmp_path / "claude"
    program.write_text(
        "#!/bin/sh\n"
        'read line; id=$(echo "$line" | sed \'s/.*"request_id": "\\([^"]*\\)".*/\\1/\')\n'
        "printf 'rubbish\\n\\377\\376\\n[1]\\n{\"type\": 7}\\n'\n"
        'echo "{\\"type\\":\\"control_response\\",\\"response\\":{\\"subtype\\":\\"success\\",'
        '\\"request_id\\":\\"$id\\",\\"response\\":{}}}"\n'
        "cat > /dev/null\n"
    )
    program.chmod(0o755)
    session = await ClaudeOwned.start(str(program), lab.repo, environment=lab.environment())
    result = await session.act(Action(verb=Verb.PROMPT, text="hello", limit=0.5, id="x"))
    assert result.outcome is Outcome.UNKNOWN
    await session.close()
