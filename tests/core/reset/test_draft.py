"""A draft of the notes takes what is evident, once, and leaves what stands there."""

from __future__ import annotations

from clearhead.core.reset.draft import Drawn, drafted
from tests.core.reset.world import NOTES, STEP

FOUND = Drawn(
    failed=("`npm test` with a mock — the same error 3 times",),
    decisions=("Use PUT and not POST",),
    last_asked="Make the export fast",
    last_said="The export is half done.",
)
COMMITS = ("abc1234 List query", "def5678 Filter bar")


def test_what_is_evident_goes_in() -> None:
    text, words = drafted(NOTES, FOUND, COMMITS, "Drafted from the transcript")
    assert words == "1 completed, 1 failed approach, 1 decision"
    assert "- [x] def5678 Filter bar" in text
    assert "- `npm test` with a mock — the same error 3 times" in text
    assert "Use PUT and not POST" in text
    assert "Drafted from the transcript" in text
    assert "It said last: The export is half done." in text


def test_what_stands_there_already_is_not_added_again() -> None:
    text, _ = drafted(NOTES, FOUND, COMMITS, "Drafted")
    assert drafted(text, FOUND, COMMITS, "Drafted") == (text, "nothing new")


def test_the_next_step_of_the_notes_stays_theirs() -> None:
    text, _ = drafted(NOTES, FOUND)
    assert STEP in text
    assert "Make the export fast" not in text


def test_notes_without_a_next_step_get_the_last_prompt() -> None:
    text, words = drafted("# Progress\n\n## Next step\n", FOUND)
    assert "Go on with: Make the export fast" in text
    assert words.endswith("1 next step")


def test_nothing_evident_adds_nothing() -> None:
    assert drafted(NOTES, Drawn()) == (NOTES, "nothing new")
