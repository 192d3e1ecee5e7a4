"""A Codex of our own, real, on its pipes: every verb, and what proves it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager

import pytest

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.acting.live import Reply
from clearhead.core.agents.base import Side, State
from clearhead.core.agents.codex.owned import CodexOwned
from clearhead.core.agents.codex.wires import CodexGone
from clearhead.core.agents.processes import process
from tests.helpers import until_async

from . import codex
from .clients import find

pytestmark = pytest.mark.real


@pytest.fixture
def owned(lab, openai_api, announced):
    """Starts Codex without a window: `async with owned(sandbox="read-only") as session`."""
    client = announced(find("codex"))
    codex.preset(lab, openai_api)

    @asynccontextmanager
    async def start(**options):
        options.setdefault("approval_policy", "untrusted")
        environment = lab.environment()
        session = await CodexOwned.start(
            str(client.program), lab.repo, environment=environment, **options
        )
        try:
            yield session
        finally:
            await session.close()

    return start


async def say(session, text):
    """Prompt and wait for the end of the turn."""
    result = await session.act(action(Verb.PROMPT, text))
    assert result.outcome is Outcome.CONFIRMED, result
    await until_async(lambda: session.live.state is State.IDLE)


async def asked(session, text):
    """Prompt for something that needs a permission; the request."""
    result = await session.act(action(Verb.PROMPT, text))
    assert result.outcome is Outcome.CONFIRMED, result
    await until_async(lambda: session.live.requests)
    assert session.live.state is State.WAITING
    return session.live.requests[0]


def words(result):
    return " · ".join(evidence.detail for evidence in result.evidence)


async def test_a_prompt_is_answered_while_we_look(owned, openai_api):
    async with owned() as session:
        assert session.live.state is State.IDLE
        assert (session.live.mode, session.live.model) == ("untrusted", codex.MODEL)
        changes = []
        session.listen(lambda: changes.append(session.live))

        result = await session.act(action(Verb.PROMPT, "lab:hold lab:say[one two three four]"))

        assert result.outcome is Outcome.CONFIRMED
        assert result.session_id == session.live.session_id
        await asyncio.to_thread(openai_api.until_held)
        await until_async(lambda: session.live.reply == Reply("one two ", "msg_1"))
        assert session.live.state is State.BUSY
        openai_api.release()
        await until_async(lambda: session.live.state is State.IDLE)
        assert session.live.reply is None
        assert (session.live.fill, session.live.window) == (28_000, 190_000)
        assert any(live.reply and live.reply.text == "one two three four" for live in changes)


async def test_a_prompt_during_a_turn_waits_in_the_queue_or_is_refused(owned, openai_api):
    async with owned() as session:
        await session.act(action(Verb.PROMPT, "lab:hold lab:say[one two three four]"))
        await asyncio.to_thread(openai_api.until_held)

        no = await session.act(action(Verb.PROMPT, "too early"))
        assert (no.outcome, no.reason) == (Outcome.REFUSED, "A turn runs.")
        for verb in (Verb.COMPACT, Verb.CLEAR):
            assert (await session.act(action(verb))).outcome is Outcome.REFUSED
        yes = await session.act(action(Verb.PROMPT, "later", queue=True))

        assert yes.outcome is Outcome.CONFIRMED
        assert session.live.queued == ("later",)
        assert session.live.reply.text == "one two "
        openai_api.release()
        await until_async(lambda: openai_api.turns("later") and session.live.queued == ())
        assert not openai_api.turns("too early")


async def test_commands_are_not_sent_as_words(owned, openai_api):
    async with owned() as session:
        result = await session.act(action(Verb.PROMPT, "/compact now"))
        assert result.outcome is Outcome.REFUSED
        assert not openai_api.turns()


async def test_an_interrupt_ends_the_turn(owned, openai_api):
    async with owned() as session:
        assert (await session.act(action(Verb.INTERRUPT))).reason == "No turn runs."
        await session.act(action(Verb.PROMPT, "lab:hold lab:say[one two three four]"))
        await asyncio.to_thread(openai_api.until_held)

        result = await session.act(action(Verb.INTERRUPT))

        assert result.outcome is Outcome.CONFIRMED
        assert "was interrupted" in words(result)
        assert session.live.state is State.IDLE
        assert session.live.reply is None


async def test_an_approved_command_runs_and_a_declined_one_does_not(owned, lab, openai_api):
    async with owned() as session:
        request = await asked(session, "lab:bash[echo made > made.txt]")
        assert request.text == "/bin/bash -lc 'echo made > made.txt'"
        assert (request.tool, request.cwd, request.answerable) == (
            "exec_command",
            str(lab.repo),
            True,
        )
        stale = await session.act(action(Verb.APPROVE, request="77"))
        assert stale.outcome is Outcome.REFUSED

        result = await session.act(action(Verb.APPROVE, request=request.id))

        assert result.outcome is Outcome.CONFIRMED
        await until_async(lambda: session.live.state is State.IDLE)
        assert (lab.repo / "made.txt").read_text() == "made\n"

        request = await asked(session, "lab:bash[echo other > other.txt]")
        result = await session.act(action(Verb.DENY, "Use the tool instead.", request=request.id))

        assert result.outcome is Outcome.CONFIRMED
        assert "declined" in words(result)
        assert "said into the running turn" in words(result)
        await until_async(lambda: session.live.state is State.IDLE)
        assert not (lab.repo / "other.txt").exists()
        assert openai_api.turns("Use the tool instead.")


async def test_an_edit_is_shown_before_it_is_made(owned, lab):
    file = lab.repo / "a.txt"
    file.write_text("old\nsame\n")
    async with owned() as session:
        request = await asked(session, "lab:edit[a.txt|old|new]")

        assert (request.tool, request.text) == ("apply_patch", str(file))
        sides = [(line.side, line.text, line.number) for line in request.diff[2:]]
        assert sides == [
            (Side.REMOVED, "old", 1),
            (Side.ADDED, "new", 1),
            (Side.SAME, "same", 2),
        ]
        await session.act(action(Verb.APPROVE, request=request.id))
        await until_async(lambda: session.live.state is State.IDLE)
        assert file.read_text() == "new\nsame\n"


async def test_a_compaction_is_proved_by_its_item(owned):
    async with owned() as session:
        await say(session, "Remember the blue door. lab:fill=88000")
        assert session.live.fill == 88_000

        result = await session.act(action(Verb.COMPACT, "Keep the door."))

        assert result.outcome is Outcome.CONFIRMED
        assert "contextCompaction item completed, 88.0k → about" in words(result)
        assert "takes no instructions" in words(result)
        assert session.live.fill is None
        assert session.live.state is State.IDLE
        await say(session, "What next?")
        assert session.live.fill == 28_000


async def test_clearing_begins_a_session_with_the_same_settings(owned, openai_api):
    async with owned(sandbox="read-only") as session:
        await say(session, "Before.")
        old = session.live.session_id

        result = await session.act(action(Verb.CLEAR))

        assert result.outcome is Outcome.CONFIRMED
        assert (result.session_id, result.new_session_id) == (old, session.live.session_id)
        assert session.live.session_id != old
        assert session.live.mode == "untrusted"
        assert session.live.fill is None
        await say(session, "Anew.")
        assert "Before." not in openai_api.turns("Anew.")[0].text
        assert "`sandbox_mode` is `read-only`" in openai_api.turns("Anew.")[0].text


async def test_another_model_is_used_from_the_next_turn_on(owned, openai_api):
    async with owned() as session:
        await until_async(lambda: session.live.models)
        result = await session.act(action(Verb.MODEL, "other-model"))

        assert result.outcome is Outcome.CONFIRMED
        assert session.live.model == "other-model"
        await say(session, "Who are you?")
        assert openai_api.turns("Who are you?")[0].body["model"] == "other-model"


async def test_stopping_ends_the_turn_and_the_process(owned, openai_api):
    async with owned() as session:
        await session.act(action(Verb.PROMPT, "lab:hold lab:say[one two three four]"))
        await asyncio.to_thread(openai_api.until_held)

        result = await session.act(action(Verb.STOP))

        assert result.outcome is Outcome.CONFIRMED
        assert words(result) == "exit status 0"
        assert session.live.state is State.ENDED
        assert session.live.problem is None
        assert process(session.pid) is None
        assert (await session.act(action(Verb.PROMPT, "More?"))).outcome is Outcome.REFUSED


@pytest.mark.parametrize("fork", [False, True], ids=["resumed", "copied"])
async def test_a_session_goes_on_after_its_process(owned, openai_api, fork):
    async with owned() as session:
        await say(session, "Remember the blue door. lab:fill=31000")
        old = session.live.session_id
        await session.act(action(Verb.CLEAR))

    async with owned(resume=old, fork=fork) as session:
        assert (session.live.session_id == old) is not fork
        await until_async(lambda: fork or session.live.fill == 31_000)
        await say(session, "Which door?")
        assert "the blue door" in openai_api.turns("Which door?")[0].text


async def test_a_killed_child_is_told_with_its_remedy(owned, openai_api):
    async with owned() as session:
        changes = []
        session.listen(lambda: changes.append(session.live))
        waiting = asyncio.create_task(session.act(action(Verb.PROMPT, "lab:hold lab:say[a b c]")))
        await asyncio.to_thread(openai_api.until_held)
        await waiting
        going = asyncio.create_task(session.act(action(Verb.INTERRUPT)))
        os.kill(session.pid, signal.SIGSTOP)
        os.kill(session.pid, signal.SIGKILL)

        await until_async(lambda: session.live.problem)

        assert f"--resume {session.live.session_id}" in session.live.problem.remedy
        assert session.live.state is None
        assert changes[-1] == session.live
        assert (await going).outcome in {Outcome.UNKNOWN, Outcome.CONFIRMED}
        result = await session.act(action(Verb.PROMPT, "Still there?"))
        assert (result.outcome, result.remedy) == (
            Outcome.REFUSED,
            session.live.problem.remedy,
        )


async def test_two_commands_at_once_are_answered_one_by_one(owned, lab):
    async with owned() as session:
        both = "lab:together lab:bash[echo 1 > one.txt] lab:bash[echo 2 > two.txt]"
        first = await asked(session, both)
        result = await session.act(action(Verb.DENY, request=first.id))
        assert result.outcome is Outcome.CONFIRMED
        await until_async(lambda: [r for r in session.live.requests if r.id != first.id])
        second = session.live.requests[0]
        result = await session.act(action(Verb.APPROVE, request=second.id))
        assert result.outcome is Outcome.CONFIRMED
        await until_async(lambda: session.live.state is State.IDLE)
        made = {path.name for path in lab.repo.glob("*.txt")}
        assert made == {"one.txt" if "one.txt" in second.text else "two.txt"}


async def test_what_cannot_start_says_why(lab, openai_api, owned):
    with pytest.raises(CodexGone, match="no rollout found"):
        async with owned(resume="01a20796-01f3-7310-a3de-46ceebf0ef64"):
            pass
    (lab.codex_home / "config.toml").write_text("model = [")
    with pytest.raises(CodexGone, match=r"config\.toml"):
        async with owned():
            pass
    with pytest.raises(CodexGone, match="does not start"):
        await CodexOwned.start(str(lab.root / "none"), lab.repo)
