"""One replacement makes the new text of the old, and edits are counted by places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.merge import edits
from clearhead.tui.widgets.notes.differing import Replacement, replacement, replacements

LINES = st.lists(st.sampled_from(["", "a", "b", "ab", "- [ ] a"]), max_size=8).map("\n".join)


def applied(old: str, change: Replacement) -> str:
    lines = old.split("\n")
    before = "\n".join([*lines[: change.start[0]], lines[change.start[0]][: change.start[1]]])
    after = "\n".join([lines[change.end[0]][change.end[1] :], *lines[change.end[0] + 1 :]])
    return before + change.text + after


@given(LINES, LINES)
def test_the_replacement_makes_the_new_text(old: str, new: str) -> None:
    change = replacement(old, new)
    assert (old if change is None else applied(old, change)) == new


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("a\nb\nc", "a\nB\nc", Replacement((1, 0), (1, 1), "B")),
        ("a\nc", "a\nb\nc", Replacement((1, 0), (1, 0), "b\n")),
        ("a\n", "a\nb", Replacement((1, 0), (1, 0), "b")),
        ("aaa", "aa", Replacement((0, 2), (0, 3), "")),
    ],
)
def test_only_what_differs_is_replaced(old: str, new: str, change: Replacement) -> None:
    assert replacement(old, new) == change


@pytest.mark.parametrize(
    ("base", "text", "count"),
    [
        ("a\nb\nc\nd", "a\nb\nc\nd", 0),
        ("a\nb\nc\nd", "A\nb\nc\nd", 1),
        ("a\nb\nc\nd", "A\nb\nc\nD", 2),
        ("a\nb", "a\nx\ny\nb", 1),
        ("", "a\nb", 1),
        ("\n".join("ab" * 2_000), "\n".join("ba" * 2_000), 1),
    ],
)
def test_edits_are_places(base: str, text: str, count: int) -> None:
    assert len(edits(base, text)) == count


@given(LINES, LINES)
def test_all_replacements_together_make_the_new_text(old: str, new: str) -> None:
    text = old
    for change in replacements(old, new):
        text = applied(text, change)
    assert text == new
