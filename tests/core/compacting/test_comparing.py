"""What a summary kept of the notes."""

from __future__ import annotations

import pytest

from clearhead.core.compacting.comparing import NOT_FOUND, compare, missing, put_back
from clearhead.core.compacting.keeping import Keep, Point

KEEPS = (
    Keep(Point.GOAL, "Dashboard for customers, filters in the URL"),
    Keep(Point.FAILED, "URL params + useEffect", "writes what it reads"),
    Keep(Point.FAILED, "debounce the setter", "hides the loop, the test still sees it"),
    Keep(Point.FAILED, "client-side sort", "breaks paging"),
    Keep(Point.DECISION, "the URL is the only source of truth"),
    Keep(Point.DECISION, "no new dependencies for date maths"),
    Keep(Point.NEXT, "Parse the date range in list.loader.ts"),
    Keep(Point.FILE, "src/routes/list.loader.ts"),
    Keep(Point.FILE, "filters.test.tsx"),
)

SUMMARY = """This session is being continued from a previous one. Summary:
1. Primary request: a customer dashboard, with its filters kept in the URL.
2. Concepts: React Router loaders, date ranges. The URL is the source of truth for filters.
3. Problems: syncing URL params with useEffect loops: it writes what it reads.
   Sorting on the client side breaks paging.
4. Pending: none. The list setter is called in src/routes/list.loader.ts.
5. Next: date range parsing in list.loader.ts.
"""


def test_kept_and_missing_line_by_line() -> None:
    rows = compare(KEEPS, SUMMARY)
    assert [(row.keep.text, row.shown) for row in rows if not row.kept] == [
        ("debounce the setter", NOT_FOUND),
        ("no new dependencies for date maths", NOT_FOUND),
        ("filters.test.tsx", NOT_FOUND),
    ]
    shown = {row.keep.text: row.shown for row in rows}
    assert shown["client-side sort"] == '"Sorting on the client side breaks paging."'
    assert shown["src/routes/list.loader.ts"] == "named twice"
    assert "date range parsing" in shown["Parse the date range in list.loader.ts"]


@pytest.mark.parametrize(
    "summary", ["", "   \n", "Small steps were asked for and done.", "x" * 500_000]
)
def test_a_summary_that_says_nothing_keeps_nothing(summary: str) -> None:
    assert not any(row.kept for row in compare(KEEPS, summary))


def test_the_words_themselves_are_kept() -> None:
    text = "\n".join(f"- {keep.text}" for keep in KEEPS)
    assert all(row.kept for row in compare(KEEPS, text))


def test_a_reason_alone_is_not_the_approach() -> None:
    (row,) = compare(KEEPS[2:3], "It hides the loop and the test still sees it.")
    assert not row.kept


def test_a_file_is_counted_by_its_whole_name() -> None:
    keep = (Keep(Point.FILE, "src/a.py"),)
    assert not compare(keep, "data.py and a.pyc and b/a.py.bak")[0].kept
    assert compare(keep, "a.py, src/a.py and `./a.py`")[0].shown == "named 3 times"


def test_a_line_of_signs_is_compared_as_it_stands() -> None:
    keep = (Keep(Point.DECISION, "->"),)
    assert not compare(keep, "nothing of it")[0].kept
    assert compare(keep, "we write -> for it")[0].kept


def test_what_goes_back_names_reason_and_source() -> None:
    text = put_back(missing(compare(KEEPS, SUMMARY)), "claude-progress.md")
    assert text.splitlines()[1:] == [
        "- Failed approach, do not try it again: debounce the setter — hides the loop, the test still sees it",
        "- Decision: no new dependencies for date maths",
        "- File in play: filters.test.tsx",
    ]
    assert "nothing to do now" in text
    assert "claude-progress.md" in text
    assert put_back((), "n.md") == ""
