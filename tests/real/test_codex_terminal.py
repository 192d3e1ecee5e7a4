"""A real Codex without its background server, in somebody's tmux pane: keys, and what proves them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from clearhead.core.acting.action import Outcome, Result, Verb, action
from clearhead.core.agents.base import State
from clearhead.core.agents.codex.discovery import Finder
from clearhead.core.agents.codex.joining import join
from clearhead.core.agents.codex.terminal import CodexTerminal
from tests.helpers import until_async

from .codex import APPROVAL, CodexSession
from .openai_api import OpenAiApi

pytestmark = pytest.mark.real


@pytest.fixture
async def attached(
    codex_session: Callable[..., CodexSession],
) -> AsyncIterator[tuple[CodexSession, CodexTerminal]]:
    """A window of Codex that holds its thread itself, and us beside it."""
    window = codex_session()
    window.until(lambda: window.thread_id, "a thread")
    homes = [window.lab.codex_home]
    (sighting,) = Finder(homes).discover().sightings
    channel = await join(sighting, homes, None)
    assert isinstance(channel, CodexTerminal)
    assert channel.name == f"attached {window.pane.id}"
    yield window, channel
    await channel.close()


async def do(channel: CodexTerminal, verb: Verb, text: str = "", **how: Any) -> Result:
    return await channel.act(action(verb, text, **how))


async def well(channel: CodexTerminal, verb: Verb, text: str = "", **how: Any) -> Result:
    result = await do(channel, verb, text, **how)
    assert result.outcome is Outcome.CONFIRMED, (result.outcome, result.reason)
    return result


async def state(channel: CodexTerminal, wanted: State) -> None:
    await until_async(lambda: channel.live.state is wanted, within=20, what=wanted)


async def test_prompts_arrive_word_for_word_and_a_turn_is_interrupted(
    attached: tuple[CodexSession, CodexTerminal], openai_api: OpenAiApi
) -> None:
    window, channel = attached
    await well(
        channel, Verb.PROMPT, 'One line with "quotes", long enough to be wrapped ' + "so " * 60
    )
    await state(channel, State.IDLE)
    lines = "First of several\n\n  indented second\nlast one lab:say[Second]"
    await well(channel, Verb.PROMPT, lines)
    await state(channel, State.IDLE)
    assert openai_api.turns("First of several")[-1].prompt == lines
    window.pane.tmux.run("copy-mode", "-t", window.pane.id)
    window.pane.resize((80, 10))
    await well(channel, Verb.PROMPT, "long lab:hold lab:say[one two three four]")
    await state(channel, State.BUSY)
    await asyncio.to_thread(openai_api.until_held)
    assert (await do(channel, Verb.PROMPT, "pushing in")).outcome is Outcome.REFUSED
    await well(channel, Verb.INTERRUPT)
    await state(channel, State.IDLE)
    assert (await do(channel, Verb.INTERRUPT)).outcome is Outcome.REFUSED
    assert not openai_api.turns("pushing in")


async def test_a_command_is_approved_or_refused_by_its_own_dialog(
    attached: tuple[CodexSession, CodexTerminal], openai_api: OpenAiApi
) -> None:
    window, channel = attached
    repo = window.lab.repo
    await well(channel, Verb.PROMPT, "lab:ask[echo made > made.txt]")
    await until_async(lambda: channel.live.requests, within=20)
    (request,) = channel.live.requests
    assert (request.text, request.answerable) == ("echo made > made.txt", True)
    assert channel.live.state is State.WAITING
    for verb in (Verb.PROMPT, Verb.CLEAR, Verb.COMPACT, Verb.STOP):
        assert (await do(channel, verb, "a plain sentence")).outcome is Outcome.REFUSED
    assert APPROVAL in window.pane.screen()
    assert not (repo / "made.txt").exists()
    assert (await do(channel, Verb.APPROVE, request="other")).outcome is Outcome.REFUSED
    await well(channel, Verb.APPROVE, request=request.id)
    await state(channel, State.IDLE)
    assert (repo / "made.txt").exists()
    await well(channel, Verb.PROMPT, "lab:ask[echo made > other.txt]")
    await until_async(lambda: channel.live.requests, within=20)
    denied = await well(channel, Verb.DENY, "Not so.", request=channel.live.requests[0].id)
    assert denied.evidence[1].detail == "the reason was sent as a prompt"
    assert openai_api.until_asked("Not so.")
    await state(channel, State.IDLE)
    assert not (repo / "other.txt").exists()


async def test_a_draft_is_left_alone_and_compact_clear_and_quit_are_proved(
    attached: tuple[CodexSession, CodexTerminal],
) -> None:
    window, channel = attached
    await well(channel, Verb.PROMPT, "begin lab:say[Begun]")
    await state(channel, State.IDLE)
    window.pane.type("half a thought")
    window.pane.until("› half a thought")
    for verb in (Verb.PROMPT, Verb.COMPACT, Verb.CLEAR):
        assert (await do(channel, verb, "ours")).outcome is Outcome.REFUSED
    assert "› half a thought" in window.pane.screen()
    window.pane.keys("C-u")
    window.pane.until_gone("half a thought")
    compacted = await well(channel, Verb.COMPACT, "Keep the names.")
    assert "not passed on" in compacted.evidence[1].detail
    old = channel.live.session_id
    cleared = await well(channel, Verb.CLEAR)
    assert cleared.new_session_id not in (None, old)
    await well(channel, Verb.PROMPT, "after lab:say[Afresh]")
    await state(channel, State.IDLE)
    assert channel.live.session_id == cleared.new_session_id
    await well(channel, Verb.STOP)
    assert channel.live.state is State.ENDED
    assert (await do(channel, Verb.PROMPT, "still there?")).outcome is Outcome.REFUSED
