"""The boot check: right in the good case, and right in the bad ones."""

from __future__ import annotations

from clearhead.core.items import Flag, Kind
from clearhead.core.reset.boot import Line, Point, check, missed
from clearhead.core.reset.brief import Brief

BRIEF = Brief(
    project="shop",
    maps=("AGENTS.md",),
    notes="claude-progress.md",
    log=True,
    next_step="Wire the date range filter in src/filters.tsx",
)
MAP = Line(Kind.TOOL_CALL, "/home/me/shop/AGENTS.md")
NOTES = Line(Kind.TOOL_CALL, "cat claude-progress.md | head -100")
LOG = Line(Kind.TOOL_CALL, "git -C . --no-pager log --oneline -10")
SAID = Line(Kind.SAID, "All read. The next step is to wire the date range filter. I begin with it.")


def verdicts(*lines: Line) -> dict[Point, bool]:
    return {found.point: found.done for found in check(BRIEF, lines)}


def test_the_good_case() -> None:
    assert all(verdicts(MAP, NOTES, LOG, SAID).values())
    assert missed(check(BRIEF, (MAP, NOTES, LOG, SAID))) == ""


def test_notes_that_were_ignored() -> None:
    found = verdicts(MAP, LOG, SAID)
    assert found == {Point.MAP: True, Point.NOTES: False, Point.LOG: True, Point.NEXT: True}


def test_another_next_step() -> None:
    other = Line(Kind.SAID, "Next I will refactor the payment module and its tests.")
    found = check(BRIEF, (MAP, NOTES, LOG, other))
    assert [c.point for c in found if not c.done] == [Point.NEXT]
    assert "payment" in found[-1].evidence
    assert "date range filter" in missed(found)


def test_a_map_that_was_never_read() -> None:
    found = verdicts(Line(Kind.SAID, "I have read AGENTS.md."), NOTES, LOG, SAID)
    assert not found[Point.MAP]
    assert found[Point.NOTES]


def test_a_reading_that_failed_is_none() -> None:
    assert not verdicts(Line(Kind.TOOL_CALL, "AGENTS.md", failed=True), NOTES, LOG, SAID)[Point.MAP]


def test_writing_is_not_reading_and_a_longer_name_is_another_file() -> None:
    written = Line(Kind.TOOL_CALL, "claude-progress.md", Flag.EDIT)
    longer = Line(Kind.TOOL_CALL, "cat my-claude-progress.md claude-progress.md.bak")
    assert not verdicts(MAP, written, longer, LOG, SAID)[Point.NOTES]


def test_silence_names_nothing_and_what_was_not_asked_is_left_out() -> None:
    assert check(BRIEF, ())[-1].evidence == "nothing was said"
    assert check(Brief(project="x"), (SAID,)) == ()


def test_a_call_is_shown_as_the_transcript_names_it() -> None:
    read = Line(Kind.TOOL_CALL, "Read AGENTS.md\n/home/me/shop/AGENTS.md")
    assert check(BRIEF, (read,))[0].evidence == "Read AGENTS.md"
