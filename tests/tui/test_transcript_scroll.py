"""Places: what is read stays where it is, and every line can be reached."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clearhead.tui.widgets.transcript import scroll
from clearhead.tui.widgets.transcript.scroll import Place
from clearhead.tui.widgets.transcript.thumb import share, thumb

heights = st.lists(st.integers(1, 9), min_size=1, max_size=30)
windows = st.integers(1, 40)


@st.composite
def worlds(draw):
    """Rows with their heights, and a place in them."""
    rows = draw(heights)
    row = draw(st.integers(0, len(rows) - 1))
    return rows, Place(row, draw(st.integers(0, rows[row] - 1)))


def line_of(rows: list[int], place: Place) -> int:
    """The line of the whole text that a place stands for."""
    return sum(rows[: place.row]) + place.line


@given(worlds(), st.integers(0, 200))
def test_forward_goes_down_by_lines_and_stops_at_the_last(world, lines) -> None:
    rows, place = world
    found = scroll.forward(place, lines, len(rows), rows.__getitem__)
    assert line_of(rows, found) == min(line_of(rows, place) + lines, sum(rows) - 1)
    assert 0 <= found.line < rows[found.row]


@given(worlds(), st.integers(0, 200))
def test_back_is_the_inverse_of_forward_unless_an_end_stops_it(world, lines) -> None:
    rows, place = world
    there = scroll.forward(place, lines, len(rows), rows.__getitem__)
    gone = line_of(rows, there) - line_of(rows, place)
    assert scroll.back(there, gone, rows.__getitem__) == place
    assert scroll.back(place, 10_000, rows.__getitem__) == Place()


@given(heights, windows)
def test_the_end_shows_the_last_lines_and_fills_the_window(rows, window) -> None:
    found = scroll.end(len(rows), window, rows.__getitem__)
    assert line_of(rows, found) == max(0, sum(rows) - window)


@given(worlds(), windows)
def test_clip_changes_a_place_only_where_the_window_would_not_be_full(world, window) -> None:
    rows, place = world
    found = scroll.clip(place, len(rows), window, rows.__getitem__)
    assert line_of(rows, found) == min(line_of(rows, place), max(0, sum(rows) - window))


@given(heights, windows, st.integers(-5, 60), st.integers(-5, 60))
def test_clip_finds_an_existing_place_for_any_other(rows, window, row, line) -> None:
    found = scroll.clip(Place(row, line), len(rows), window, rows.__getitem__)
    assert 0 <= found.row < len(rows)
    assert 0 <= found.line < rows[found.row]


@given(worlds(), windows, st.data())
def test_showing_brings_a_row_into_the_window_and_moves_no_further(world, window, data) -> None:
    rows, place = world
    row = data.draw(st.integers(0, len(rows) - 1))
    found = scroll.showing(place, row, window, rows.__getitem__)
    top, first = line_of(rows, found), line_of(rows, Place(row))
    assert top <= first < top + window, "its first line is in view"
    if rows[row] <= window:
        assert first + rows[row] <= top + window, "and its last, where there is room"
    if scroll.covers(place, row, window, rows.__getitem__):
        assert found == place


@given(worlds(), windows, st.data())
def test_covers_says_whether_a_whole_row_is_in_the_window(world, window, data) -> None:
    rows, place = world
    row = data.draw(st.integers(0, len(rows) - 1))
    top, first = line_of(rows, place), line_of(rows, Place(row))
    inside = top <= first and first + rows[row] <= top + window
    assert scroll.covers(place, row, window, rows.__getitem__) == inside


@given(worlds(), windows, st.data())
def test_revealing_brings_a_line_into_the_window(world, window, data) -> None:
    rows, place = world
    row = data.draw(st.integers(0, len(rows) - 1))
    line = Place(row, data.draw(st.integers(0, rows[row] - 1)))
    found = scroll.revealing(place, line, window, rows.__getitem__)
    top, wanted = line_of(rows, found), line_of(rows, line)
    assert top <= wanted < top + window
    if line_of(rows, place) <= wanted < line_of(rows, place) + window:
        assert found == place


def test_without_rows_every_place_is_the_first() -> None:
    none: list[int] = []
    assert scroll.forward(Place(3, 1), 5, 0, none.__getitem__) == Place()
    assert scroll.end(0, 10, none.__getitem__) == Place()
    assert scroll.clip(Place(3, 1), 0, 10, none.__getitem__) == Place()


def frame(rows: int, window: int, top: int) -> list[Place]:
    """A frame over rows of one line each."""
    return [Place(row) for row in range(top, min(rows, top + window))]


@given(st.integers(1, 100_000), st.integers(3, 60), st.data())
def test_the_thumb_stands_at_the_ends_only_when_the_window_does(rows, window, data) -> None:
    last = max(0, rows - window)
    top = data.draw(st.integers(0, last))
    found = thumb(frame(rows, window, top), rows, window)
    if rows <= window:
        assert not found
        return
    assert 0 <= found.start < found.stop <= window
    assert (found.start == 0) == (top == 0)
    assert (found.stop == window) == (top == last)


def test_there_is_no_thumb_without_rows_or_room() -> None:
    assert not thumb([], 0, 20)
    assert not thumb(frame(100, 2, 50), 100, 2)


def test_the_scrollbar_reaches_both_ends() -> None:
    assert (share(0, 20), share(19, 20), share(-4, 20), share(99, 20)) == (0, 1, 0, 1)


def test_a_thumb_that_nearly_fills_the_bar_still_tells_the_middle_from_the_ends() -> None:
    assert [thumb(frame(5, 3, top), 5, 3) for top in range(3)] == [
        range(1),
        range(1, 2),
        range(2, 3),
    ]
