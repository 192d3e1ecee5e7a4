"""A real Claude Code in somebody's tmux pane: what we type there, and what we never do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

from clearhead.core.acting.action import Outcome, Result, Verb, action
from clearhead.core.acting.keyboard import APART
from clearhead.core.agents.base import State
from clearhead.core.agents.claude import typing_in
from clearhead.core.agents.claude.attached import ClaudeAttached
from clearhead.core.tmux import pane_of
from tests.helpers import until_async

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .lab import Lab
from .script import Reply

pytestmark = pytest.mark.real

VERSIONS = ("2.1.197", "2.1.330")
Attach = Callable[..., Awaitable[tuple[ClaudeSession, ClaudeAttached]]]


@pytest.fixture(params=VERSIONS)
async def attach(
    request: pytest.FixtureRequest, claude_session: Callable[..., ClaudeSession]
) -> AsyncIterator[Attach]:
    """Starts a client in tmux and attaches to it: `await attach()`."""
    made: list[ClaudeAttached] = []

    async def begin(**options: Any) -> tuple[ClaudeSession, ClaudeAttached]:
        session = claude_session(request.param, **options)
        pid = int(session.registry_file.stem)
        pane = await pane_of(pid)
        assert pane is not None
        assert pane.id == session.pane.id
        channel = ClaudeAttached(pid, session.lab.claude_config, pane, None)
        made.append(channel)
        return session, channel

    yield begin
    for channel in made:
        await channel.close()


async def do(channel: ClaudeAttached, verb: Verb, text: str = "", **how: Any) -> Result:
    return await channel.act(action(verb, text, **how))


async def well(channel: ClaudeAttached, verb: Verb, text: str = "", **how: Any) -> Result:
    result = await do(channel, verb, text, **how)
    assert result.outcome is Outcome.CONFIRMED, (result.outcome, result.reason)
    return result


async def idle(channel: ClaudeAttached) -> None:
    await until_async(lambda: channel.live.state is State.IDLE, within=20, what="idle")


async def test_prompts_arrive_word_for_word(attach: Attach, anthropic_api: AnthropicApi) -> None:
    session, channel = await attach()
    await well(channel, Verb.PROMPT, 'One line, with "quotes" and $HOME; lab:say[First]')
    await idle(channel)
    assert anthropic_api.turns('One line, with "quotes" and $HOME;')
    lines = "First of several\n\n  indented second\nlast one lab:say[Second]"
    await well(channel, Verb.PROMPT, lines)
    await idle(channel)
    assert lines in anthropic_api.turns("First of several")[-1].prompt
    session.pane.until("Second")
    long = "A long one. " * 800
    await well(channel, Verb.PROMPT, long)
    await idle(channel)
    turn = anthropic_api.turns()[-1]
    assert turn.prompt.endswith("Do what this file says.")
    assert long.strip() in str(turn.body), "the client has put the file before it"


async def test_what_cannot_be_typed_is_refused(attach: Attach) -> None:
    session, channel = await attach()
    for text in ("", "/exit", "!rm x", "a\x1bb", "a\tb"):
        result = await do(channel, Verb.PROMPT, text)
        assert result.outcome is Outcome.REFUSED, text
    assert session.pane.pid


async def test_an_interrupt_is_one_escape(
    attach: Attach, anthropic_api: AnthropicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, channel = await attach()
    pressed: list[tuple[float, str]] = []
    pane = channel._pane
    assert pane is not None
    press = pane.press

    async def watched(*keys: str) -> None:
        pressed.extend((asyncio.get_running_loop().time(), key) for key in keys)
        await press(*keys)

    monkeypatch.setattr(pane, "press", watched)
    assert (await do(channel, Verb.INTERRUPT)).outcome is Outcome.REFUSED
    for _ in range(2):
        await well(channel, Verb.PROMPT, "long lab:hold")
        anthropic_api.until_held()
        await asyncio.gather(do(channel, Verb.INTERRUPT), do(channel, Verb.INTERRUPT))
        await idle(channel)
    escapes = [at for at, key in pressed if key == "Escape"]
    assert len(escapes) >= 2
    assert all(b - a > APART * 0.9 for a, b in pairwise(escapes))


async def test_a_request_is_approved_or_refused_by_its_own_dialog(attach: Attach, lab: Lab) -> None:
    _, channel = await attach()
    await well(channel, Verb.PROMPT, "lab:bash[echo made > made.txt]")
    await until_async(lambda: channel.live.requests, within=20)
    (request,) = channel.live.requests
    assert (request.tool, request.text) == ("Bash", "echo made > made.txt")
    assert (await do(channel, Verb.APPROVE, request="other")).outcome is Outcome.REFUSED
    await well(channel, Verb.APPROVE, request=request.id)
    await idle(channel)
    assert (lab.repo / "made.txt").exists()
    await well(channel, Verb.PROMPT, "lab:bash[echo made > other.txt]")
    await until_async(lambda: channel.live.requests, within=20)
    await well(channel, Verb.DENY, request=channel.live.requests[0].id)
    await idle(channel)
    assert not (lab.repo / "other.txt").exists()


async def test_an_open_dialog_is_never_answered_by_a_prompt(attach: Attach, lab: Lab) -> None:
    session, channel = await attach()
    await well(channel, Verb.PROMPT, "lab:bash[echo made > made.txt]")
    await until_async(lambda: channel.live.requests, within=20)
    result = await do(channel, Verb.PROMPT, "a plain sentence")
    assert result.outcome is Outcome.REFUSED
    assert not (lab.repo / "made.txt").exists()
    assert "a plain sentence" not in session.pane.screen()


async def test_a_draft_is_never_touched(attach: Attach) -> None:
    session, channel = await attach()
    session.pane.type("half a thought of mine")
    session.pane.until("half a thought of mine")
    for verb in (Verb.PROMPT, Verb.COMPACT, Verb.CLEAR):
        result = await do(channel, verb, "ours")
        assert result.outcome is Outcome.REFUSED
        assert "draft" in result.reason
    assert "half a thought of mine" in session.pane.screen()
    assert "ours" not in session.pane.screen()


async def test_a_compaction_and_a_clear_are_proved(
    attach: Attach, anthropic_api: AnthropicApi
) -> None:
    _, channel = await attach()
    for prompt in ("begin", "more", "fill lab:fill=90000"):
        await well(channel, Verb.PROMPT, prompt)
        await idle(channel)
    result = await well(channel, Verb.COMPACT, "Keep the names\nand the plan.")
    assert "→" in result.evidence[0].detail
    assert "Keep the names and the plan." in anthropic_api.compactions()[-1].text
    await idle(channel)
    old = channel.live.session_id
    cleared = await well(channel, Verb.CLEAR)
    assert cleared.new_session_id not in (None, old)
    await until_async(lambda: channel.live.session_id == cleared.new_session_id)
    await well(channel, Verb.PROMPT, "after lab:say[Yes]")


async def test_copy_mode_and_another_window_do_not_matter(
    attach: Attach, anthropic_api: AnthropicApi
) -> None:
    session, channel = await attach()
    session.pane.tmux.run("new-window", "-d", "sleep 60")
    other = session.pane.tmux.run(
        *("split-window", "-d", "-P", "-F", "#{pane_id}", "-t", session.pane.id, "sleep 60")
    )
    session.pane.tmux.run("resize-pane", "-Z", "-t", other.strip())
    await well(channel, Verb.PROMPT, "behind a zoomed pane lab:say[Seen]")
    await idle(channel)
    session.pane.tmux.run("kill-pane", "-t", other.strip())
    session.pane.tmux.run("copy-mode", "-t", session.pane.id)
    await well(channel, Verb.PROMPT, "in copy mode lab:say[Heard]")
    await idle(channel)
    session.pane.resize((60, 16))
    session.pane.until_still(0.5)
    await well(channel, Verb.PROMPT, "in a small pane lab:say[Heard too]")
    await idle(channel)
    session.pane.resize((80, 10))
    session.pane.until_still(0.5)
    await well(channel, Verb.PROMPT, "in the smallest lab:bash[echo seen > seen.txt]")
    await until_async(lambda: channel.live.requests, within=20)
    refused = await do(channel, Verb.APPROVE, request=channel.live.requests[0].id)
    assert refused.outcome is Outcome.CONFIRMED or "whole" in refused.reason
    assert anthropic_api.turns("in the smallest")


async def test_two_who_act_at_once_do_not_mix(
    attach: Attach, anthropic_api: AnthropicApi, lab: Lab
) -> None:
    session, first = await attach()
    pid = int(session.registry_file.stem)
    second = ClaudeAttached(pid, lab.claude_config, await pane_of(pid), None)
    results = await asyncio.gather(
        do(first, Verb.PROMPT, "from the first"), do(second, Verb.PROMPT, "from the second")
    )
    await second.close()
    outcomes = sorted(result.outcome for result in results)
    assert outcomes == [Outcome.CONFIRMED, Outcome.REFUSED], [r.reason for r in results]
    told = next(result.reason for result in results if result.outcome is Outcome.REFUSED)
    assert "drives it" in told
    await idle(first)
    assert len(anthropic_api.turns("from the")) == 1


async def test_without_hooks_enter_comes_in_time_or_not_at_all(
    attach: Attach, anthropic_api: AnthropicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, channel = await attach()
    monkeypatch.setattr(typing_in, "QUIET", 0.0)
    result = await do(channel, Verb.PROMPT, "too late for this")
    assert (result.outcome, "too long" in result.reason) == (Outcome.REFUSED, True)
    assert "may still" not in result.reason
    assert "too late" not in session.pane.screen()
    assert not anthropic_api.turns("too late")


async def test_what_is_cancelled_while_it_is_typed_is_taken_back(
    attach: Attach, anthropic_api: AnthropicApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, channel = await attach()
    stood = asyncio.Event()
    press = typing_in.enter

    async def late(*given: Any) -> None:
        stood.set()
        await asyncio.sleep(5)
        await press(*given)

    monkeypatch.setattr(typing_in, "enter", late)
    task = asyncio.create_task(do(channel, Verb.PROMPT, "one line\nand another"))
    await asyncio.wait_for(stood.wait(), 10)
    assert "and another" in session.pane.screen()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    monkeypatch.undo()
    assert "and another" not in session.pane.screen()
    await well(channel, Verb.PROMPT, "the next lab:say[Yes]")
    assert not anthropic_api.turns("one line")


async def test_a_compaction_that_goes_on_is_unknown_and_not_refused(
    attach: Attach, anthropic_api: AnthropicApi
) -> None:
    _, channel = await attach()
    for prompt in ("begin", "more", "fill lab:fill=90000"):
        await well(channel, Verb.PROMPT, prompt)
        await idle(channel)
    result = await channel.act(replace(action(Verb.COMPACT, "Keep it."), limit=0.0))
    assert (result.outcome, "may go on" in result.reason) == (Outcome.UNKNOWN, True)
    await until_async(anthropic_api.compactions, within=10)
    await idle(channel)
    assert len(anthropic_api.compactions()) == 1


async def test_an_interrupt_before_the_first_word_says_where_the_prompt_is(
    attach: Attach, anthropic_api: AnthropicApi
) -> None:
    session, channel = await attach()
    anthropic_api.on("mute", Reply(text="Late.", seconds=20))
    await well(channel, Verb.PROMPT, "mute please")
    await until_async(lambda: channel.live.state is State.BUSY)
    result = await do(channel, Verb.INTERRUPT)
    assert result.outcome is Outcome.CONFIRMED, (result.reason, session.pane.screen())
    await idle(channel)
    if result.evidence[0].kind == "registry":
        assert "mute please" in session.pane.screen()
        again = await do(channel, Verb.PROMPT, "over it")
        assert "draft" in again.reason
