"""Merging two sides' texts, and the line edits between two versions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearhead.core.merge import Agreed, Conflict, Merged, edits, merge

LINES = st.lists(
    st.sampled_from(["", "a", "b", "- one", "- two", "x\ry", "f\x0cg", "\u2028", "end "]),
    max_size=8,
)
TEXTS = LINES.map("\n".join)


def applied(before: str, after: str) -> str:
    lines = before.split("\n")
    for edit in edits(before, after):
        lines[edit.start : edit.end] = edit.lines
    return "\n".join(lines)


@given(TEXTS, TEXTS)
def test_edits_make_one_text_of_the_other(before: str, after: str) -> None:
    assert applied(before, after) == after


@given(TEXTS, TEXTS)
def test_what_one_side_alone_changed_is_taken_as_it_is(base: str, changed: str) -> None:
    assert merge(base, changed, base) == Merged(merge(base, base, changed).blocks)
    assert merge(base, changed, base).text() == changed
    assert merge(base, base, changed).text() == changed
    assert merge(base, changed, changed).text() == changed


@given(TEXTS, TEXTS, TEXTS)
@settings(max_examples=500)
def test_choosing_one_side_everywhere_loses_nothing_of_it(
    base: str, mine: str, theirs: str
) -> None:
    merged = merge(base, mine, theirs)
    ours = merged.text([conflict.mine for conflict in merged.conflicts]).split("\n")
    others = merged.text([conflict.theirs for conflict in merged.conflicts]).split("\n")
    for line in set(mine.split("\n")) - set(base.split("\n")):
        assert line in ours
    for line in set(theirs.split("\n")) - set(base.split("\n")):
        assert line in others


def test_edits_at_different_places_are_both_taken() -> None:
    assert merge("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n").text() == "A\nb\nC\n"


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    assert merge("a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n").text() == "a\nB\nc\n"


def test_one_line_changed_in_two_ways_is_a_conflict() -> None:
    merged = merge("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n")
    assert merged.conflicts == (Conflict(("b",), ("mine",), ("theirs",)),)
    assert merged.text([("mine",)]) == "a\nmine\nc\n"
    assert merged.blocks[0] == Agreed(("a",))


def test_two_lines_put_at_the_same_place_are_both_taken_the_agents_first() -> None:
    assert merge("a\n", "a\n- mine\n", "a\n- theirs\n").text() == "a\n- theirs\n- mine\n"


def test_a_line_deleted_here_and_changed_there_is_a_conflict() -> None:
    assert merge("a\nb\nc", "a\nc", "a\nB\nc").conflicts == (Conflict(("b",), (), ("B",)),)


def test_a_conflict_without_a_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="choice"):
        merge("a", "b", "c").text()


def test_only_a_line_feed_ends_a_line() -> None:
    base = "a\rb\nc\x0bd\u2028e\n"
    assert merge(base, base + "x\n", base).text() == base + "x\n"


def test_a_missing_last_newline_stays_missing() -> None:
    assert merge("a\nb", "A\nb", "a\nb").text() == "A\nb"


def test_thousands_of_changed_lines_take_no_noticeable_time() -> None:
    before = "\n".join(f"line {n}" for n in range(3_000))
    after = "\n".join(f"line {n}{'!' if n % 2 else ''}" for n in range(3_000))
    begun = time.perf_counter()
    assert applied(before, after) == after
    assert time.perf_counter() - begun < 2


def test_changes_that_stand_side_by_side_are_both_taken() -> None:
    assert merge("# t\n- a\n", "# t\n- a!\n", "# t\n- a\n- b\n").text() == "# t\n- a!\n- b\n"
    assert merge("a\nb\n", "A\nb\n", "a\nB\n").text() == "A\nB\n"
    assert merge("x\n", "my x\n", "top\nx\n").text() == "top\nmy x\n"


def test_the_same_line_put_with_others_on_both_sides_is_a_conflict() -> None:
    assert merge("a\n", "a\nx\ny\nz\n", "a\nq\ny\nw\n").conflicts
