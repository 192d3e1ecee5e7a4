"""Matches: marked where they stand, also across a break; gone through in order."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.finding import Progress
from clearhead.tui.widgets.transcript.lines import Piece, flow, text_of
from clearhead.tui.widgets.transcript.matches import FOUND, Matcher
from clearhead.tui.widgets.transcript.search import Search

BASE = Piece("", "muted")


def marked(text: str, query: str, width: int = 40) -> tuple[list[str], list[int]]:
    """What is marked on each line of a wrapped text, and where matches begin."""
    lines, begun = Matcher(query).mark(list(flow(text, (), width, BASE)))
    return ["".join(p.text for p in line if p[1:] == FOUND[1:]) for line in lines], begun


def test_a_match_is_marked_and_nothing_else() -> None:
    lines, begun = Matcher("range").mark([[Piece("keeps the ", "text"), Piece("range!", "you")]])
    assert lines == [
        [
            Piece("keeps the ", "text"),
            Piece("", "you"),
            FOUND._replace(text="range"),
            Piece("!", "you"),
        ]
    ]
    assert begun == [0]


def test_small_letters_match_capitals_and_a_capital_only_itself() -> None:
    assert marked("Reload reload", "reload")[0] == ["Reloadreload"]
    assert marked("Reload reload", "Reload")[0] == ["Reload"]


def test_a_query_is_no_pattern() -> None:
    assert marked("a.c abc (x)[y]* \\d 7", "a.c")[0] == ["a.c"]
    assert marked("a.c abc (x)[y]* \\d 7", "(x)[y]*")[0] == ["(x)[y]*"]
    assert marked("a.c abc (x)[y]* \\d 7", "\\d")[0] == ["\\d"]


def test_a_match_is_found_across_a_break_between_words_and_inside_one() -> None:
    assert marked("keeps the range after reload", "range after", 16) == (["range", "after"], [0])
    assert marked("x" * 10 + "needle" + "y" * 9, "needle", 13) == (["nee", "dle"], [0])


def test_the_indentation_of_a_broken_line_is_not_marked() -> None:
    lines = [[Piece("    " + text, "muted")] for text in ("the range", "after reload")]
    drawn, _ = Matcher("range after").mark(lines)
    assert [p.text for p in drawn[1] if p[1:] == FOUND[1:]] == ["after"]


def test_an_empty_query_marks_nothing() -> None:
    assert marked("anything", "   ") == ([""], [])


def test_thousands_of_matches_are_bounded() -> None:
    lines = [[Piece("a" * 90)] for _ in range(2_000)]
    began = time.perf_counter()
    Matcher("a").mark(lines)
    assert time.perf_counter() - began < 0.5


@given(st.text(max_size=80), st.text(min_size=1, max_size=6), st.integers(5, 40))
def test_marking_changes_no_text(text, query, width) -> None:
    lines = list(flow(text.replace("\n", " "), (), width, BASE))
    drawn, begun = Matcher(query).mark(lines)
    assert [text_of(line) for line in drawn] == [text_of(line) for line in lines]
    assert all(0 <= line < len(lines) for line in begun)


# Going through


def found(*matches: int, **more) -> Progress:
    return Progress(matches, **{"share": 1.0, "done": True} | more)


def test_the_first_match_shown_is_the_one_above_where_one_reads() -> None:
    assert Search("x", here=50).take(found(10, 40, 60)) == 40
    assert Search("x", here=None).take(found(10, 40, 60)) == 60
    assert Search("x", here=5).take(found(10, 40)) == 10


def test_while_the_search_goes_on_it_waits_for_one_above() -> None:
    search = Search("x", here=50)
    assert search.take(found(60, done=False)) is None
    assert search.take(found(40, 60, done=False)) == 40
    assert search.take(found(10, 40, 60)) is None, "shown once, then the person leads"


def test_matches_are_gone_through_round_and_round() -> None:
    search = Search("x")
    search.take(found(10, 40, 60))
    assert [search.step(1) for _ in range(3)] == [10, 40, 60]
    assert [search.step(-1) for _ in range(3)] == [40, 10, 60]
    assert search.words() == "3 of 3"


def test_the_search_says_how_far_it_is() -> None:
    search = Search("x", here=5)
    assert Search("  ").words() == "type to search the whole transcript"
    search.take(found(10, 40, share=0.4, done=False))
    assert search.words() == "searching, 40 % · 2 matches"
    search.take(found(share=1.0))
    assert search.words() == "no match"
    assert search.step(1) is None
    search.take(found(*range(2_000), capped=True))
    assert search.words() == "6 of 2,000+"


def test_what_was_written_since_is_added_once() -> None:
    search = Search("x")
    search.take(found(10, 40))
    search.add(found(40, 70, 80, end=900))
    assert (search.matches, search.end, search.words()) == ((10, 40, 70, 80), 900, "2 of 4")
