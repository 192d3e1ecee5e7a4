"""Codex in someone's own window, joined through its background server: both see the same."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.agents.base import State
from clearhead.core.agents.codex.daemon import CodexAttached, windows_in
from clearhead.core.agents.codex.keys import CodexPane, NotTyped
from clearhead.core.agents.codex.rpc import Rpc
from clearhead.core.agents.codex.wires import CodexGone
from clearhead.core.tmux import Pane, Server
from tests.helpers import until_async

from .codex import APPROVAL, READY, START

pytestmark = pytest.mark.real

STICKING = {"approvalPolicy", "approvalsReviewer", "sandbox", "sandboxPolicy", "permissions"}
"""What would stay with the person's session, once sent."""


@pytest.fixture
def sent(monkeypatch):
    """Every message that went to the server; none of them may touch the person's policy."""
    messages = []
    send = Rpc._send

    async def recording(self, message):
        messages.append(message)
        await send(self, message)

    monkeypatch.setattr(Rpc, "_send", recording)
    yield messages
    assert messages
    for message in messages:
        assert not STICKING & set(message.get("params", {})), message
        assert message.get("result", {}).get("decision") in {None, "accept", "decline"}


@pytest.fixture
def attached(codex_session, sent):
    """A window of Codex and us: `async with attached() as (window, session)`."""
    window = codex_session(daemon=True)
    window.until(lambda: window.thread_id, "a thread")

    @asynccontextmanager
    async def join(pane=None):
        session = await CodexAttached.join(window.lab.codex_home, window.thread_id, pane=pane)
        try:
            yield session
        finally:
            await session.close()

    return window, join


def keyboard(window):
    """The pane of a window of Codex, as clearhead types into it."""
    server = Server(str(window.pane.tmux.socket))
    return CodexPane(Pane(server, window.pane.id), window.pane.pid)


async def test_both_see_prompts_interrupts_and_compactions(attached, sent):
    window, join = attached
    await asyncio.to_thread(window.run, "Remember the blue door. lab:fill=88000")
    async with join() as session:
        assert session.live.state is State.IDLE
        assert session.live.model == "scripted-model"

        result = await session.act(action(Verb.PROMPT, "lab:hold lab:say[one two three four]"))
        assert result.outcome is Outcome.CONFIRMED
        await asyncio.to_thread(window.pane.until, "one two")
        await until_async(lambda: session.live.reply and session.live.reply.text == "one two ")
        assert (await session.act(action(Verb.PROMPT, "early"))).outcome is Outcome.REFUSED

        result = await session.act(action(Verb.INTERRUPT))
        assert result.outcome is Outcome.CONFIRMED
        await asyncio.to_thread(window.pane.until, "Conversation interrupted")
        assert session.live.state is State.IDLE

        result = await session.act(action(Verb.COMPACT))
        assert result.outcome is Outcome.CONFIRMED
        assert "contextCompaction item completed" in result.evidence[0].detail
        await asyncio.to_thread(window.pane.until, "Context compacted")
        assert session.live.window == 190_000
        for verb in (Verb.MODEL, Verb.MODE, Verb.STOP, Verb.CLEAR):
            assert session.capabilities[verb]
            result = await session.act(action(verb, "x"))
            assert (result.outcome, bool(result.remedy)) == (Outcome.REFUSED, True)
    assert windows_in(str(window.lab.repo)) == 1

    before = len(sent)
    with pytest.raises(CodexGone, match="is not open"):
        await CodexAttached.join(window.lab.codex_home, "01a20796-01f3-7310-a3de-46ceebf0ef64")
    assert not [m for m in sent[before:] if m["method"] == "thread/resume"]
    with pytest.raises(CodexGone, match="is not there"):
        await CodexAttached.join(window.lab.home, window.thread_id)


async def test_whoever_answers_first_closes_the_dialog_for_both(attached):
    window, join = attached
    repo = window.lab.repo
    await asyncio.to_thread(window.prompt, "lab:ask[echo ours > ours.txt]")
    await asyncio.to_thread(window.pane.until, APPROVAL)
    async with join() as session:
        await until_async(lambda: session.live.requests)
        assert session.live.state is State.WAITING
        request = session.live.requests[0]
        assert "echo ours > ours.txt" in request.text
        assert request.cwd == str(repo)
        with pytest.raises(NotTyped, match="waits for an answer"):
            await keyboard(window).type_line("/clear")
        assert APPROVAL in window.pane.screen()

        result = await session.act(action(Verb.APPROVE, request=request.id))

        assert result.outcome is Outcome.CONFIRMED
        await asyncio.to_thread(window.pane.until_gone, APPROVAL)
        await until_async((repo / "ours.txt").exists)
        await until_async(lambda: session.live.state is State.IDLE)

        await session.act(action(Verb.PROMPT, "lab:ask[echo theirs > theirs.txt]"))
        await until_async(lambda: session.live.requests)
        request = session.live.requests[0]
        await asyncio.to_thread(window.approve)

        await until_async(lambda: session.live.state is State.IDLE)
        assert session.live.requests == ()
        assert (repo / "theirs.txt").exists()
        late = await session.act(action(Verb.DENY, request=request.id))
        assert late.reason == "That request is not open any more."

        await session.act(action(Verb.PROMPT, "lab:ask[echo no > no.txt]"))
        await until_async(lambda: session.live.requests)
        result = await session.act(action(Verb.DENY, request=session.live.requests[0].id))
        assert result.outcome is Outcome.CONFIRMED
        await asyncio.to_thread(window.pane.until_gone, APPROVAL)
        await until_async(lambda: session.live.state is State.IDLE)
        assert not (repo / "no.txt").exists()


async def test_a_new_session_in_the_window_is_followed(attached, openai_api):
    window, join = attached
    async with join(keyboard(window)) as session:
        assert session.capabilities[Verb.CLEAR] is None
        assert session.live.state is State.IDLE
        nothing = await session.act(action(Verb.COMPACT))
        assert nothing.reason == "Nothing has been said in this session yet."
        result = await session.act(action(Verb.PROMPT, "The first words."))
        assert result.outcome is Outcome.CONFIRMED
        await asyncio.to_thread(window.pane.until, "Reply 1.")
        await until_async(lambda: session.live.state is State.IDLE)
        first = session.live.session_id

        second = await asyncio.to_thread(window.clear)
        await until_async(lambda: session.live.session_id == second)
        assert second != first
        await asyncio.to_thread(window.run, "Typed there. lab:fill=31000")
        await until_async(lambda: session.live.fill == 31_000)
        await until_async(lambda: session.live.state is State.IDLE)

        await asyncio.to_thread(window.pane.type, "a draft")
        await asyncio.to_thread(window.pane.until, "› a draft")
        result = await session.act(action(Verb.CLEAR))
        assert (result.outcome, result.reason) == (
            Outcome.REFUSED,
            "Something stands in the input box already.",
        )
        assert "› a draft" in window.pane.screen()
        window.pane.keys("C-u")
        await asyncio.to_thread(window.pane.until_gone, "› a draft")

        result = await session.act(action(Verb.CLEAR))
        assert result.outcome is Outcome.CONFIRMED, result
        assert (result.session_id, result.new_session_id) == (second, session.live.session_id)
        result = await session.act(action(Verb.PROMPT, "Anew. lab:say[A fresh start.]"))
        assert result.outcome is Outcome.CONFIRMED
        await asyncio.to_thread(window.pane.until, "A fresh start.")
        assert "Typed there." not in openai_api.turns("Anew.")[0].text

        await until_async(lambda: session.live.state is State.IDLE)
        third = session.live.session_id
        command = [str(window.client.program)]
        other = window.pane.tmux.window(command, env=window.lab.environment())
        await asyncio.to_thread(other.until, READY, within=START)
        assert windows_in(str(window.lab.repo)) == 2
        assert session.live.session_id == third


async def test_the_end_of_the_server_is_told_and_its_return_noticed(attached, sent):
    window, join = attached
    await asyncio.to_thread(window.run, "Remember the blue door.")
    async with join() as session:
        servers = [p for p in window.lab.processes() if "--listen" in p.cmdline()]
        assert len(servers) == 1
        await session.act(action(Verb.PROMPT, "lab:hold lab:say[one two three four]"))
        await asyncio.to_thread(window.api.until_held)
        window.lab.kill(servers[0].pid)

        await until_async(lambda: session.live.problem)
        assert "window starts the background server" in session.live.problem.remedy
        said = len(sent)
        result = await session.act(action(Verb.PROMPT, "Still there?"))
        assert (result.outcome, len(sent)) == (Outcome.REFUSED, said)

        again = [str(window.client.program), "resume", session.live.session_id]
        pane = window.pane.tmux.window(again, env=window.lab.environment())
        await asyncio.to_thread(pane.until, "Remember the blue door.", within=20)
        await until_async(lambda: session.live.problem is None, within=20)
        await until_async(lambda: session.live.state is State.IDLE)
        result = await session.act(action(Verb.PROMPT, "Which door? lab:say[The blue one.]"))
        assert result.outcome is Outcome.CONFIRMED, result
        await asyncio.to_thread(pane.until, "The blue one.")
        prompts = [m for m in sent if m.get("method") == "turn/start"]
        assert len(prompts) == 2
