"""Where one reads: pinned while reading, at the end while following, selected without surprises."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clearhead.tui.widgets.transcript.reading import Reading
from clearhead.tui.widgets.transcript.scroll import Place


def reading(heights: list[int], window: int) -> Reading:
    made = Reading(lambda row: heights[row])
    made.rows, made.window = len(heights), window
    return made


def rows_in_view(made: Reading) -> list[int]:
    return sorted({place.row for place in made.frame()})


def test_it_opens_at_the_end_and_follows_it() -> None:
    heights = [1] * 100
    made = reading(heights, 10)
    assert rows_in_view(made) == list(range(90, 100))
    heights += [1] * 5
    made.grow(5, 105)
    assert rows_in_view(made) == list(range(95, 105))
    assert made.below == 0


def test_who_scrolled_up_stays_there_and_learns_how_much_came_in() -> None:
    heights = [1] * 100
    made = reading(heights, 10)
    made.scroll_by(-30)
    before = made.frame()
    heights += [1] * 12
    made.grow(12, 112)
    assert made.frame() == before
    assert (made.following, made.below) == (False, 12)


def test_who_scrolls_back_to_the_end_follows_again() -> None:
    made = reading([1] * 100, 10)
    made.scroll_by(-30)
    made.grow(3, 100)
    made.scroll_by(30)
    assert (made.following, made.below) == (True, 0)


def test_selecting_pins_the_view_even_at_the_end() -> None:
    heights = [1] * 100
    made = reading(heights, 10)
    made.step(-1)
    assert (made.selected, made.following) == (99, False)
    heights += [1]
    made.grow(1, 101)
    assert rows_in_view(made) == list(range(90, 100))
    made.step(1)
    assert made.selected == 100
    made.step(1)
    assert (made.selected, made.following) == (None, True)


def test_down_at_the_end_with_nothing_selected_changes_nothing() -> None:
    made = reading([1] * 100, 10)
    made.step(1)
    assert (made.selected, made.following) == (None, True)


def test_the_first_key_selects_a_row_that_is_in_view() -> None:
    made = reading([1] * 100, 10)
    made.scroll_by(-40)
    made.step(1)
    assert made.selected == 50
    made.scroll_by(-30)
    made.step(-1)
    assert made.selected == 29, "the selected row was out of view"


def test_a_tall_row_is_read_to_its_end_before_the_next_is_selected() -> None:
    made = reading([1, 1, 25, 1, 1], 10)
    made.move_to(Place())
    made.select(2)
    assert made.place() == Place(2)
    tops = []
    while made.selected == 2:
        made.step(1)
        tops.append(made.place())
    assert tops == [Place(2, 5), Place(2, 10), Place(2, 15), Place(2, 16)]
    assert made.selected == 3
    made.step(-1)
    assert made.selected == 2
    made.step(-1)
    assert made.place() < Place(2, 16)


def test_a_row_from_afar_comes_into_the_upper_third() -> None:
    made = reading([1] * 100, 9)
    made.go_to(50)
    assert (made.selected, made.place()) == (50, Place(47))
    made.go_to(53)
    assert made.place() == Place(47), "what is in view does not move"


def test_a_line_inside_a_tall_row_can_be_gone_to() -> None:
    made = reading([1, 200, 1], 9)
    made.go_to(1, 120)
    assert Place(1, 120) in made.frame()
    made.go_to(1, 999)
    assert Place(1, 199) in made.frame()


def test_without_rows_nothing_can_be_selected() -> None:
    made = reading([], 10)
    made.step(1)
    made.step(-1)
    made.scroll_by(5)
    made.to_share(0.5)
    assert (made.frame(), made.selected) == ([], None)


moves = st.lists(
    st.tuples(
        st.sampled_from(["scroll", "step", "go", "share", "grow", "window"]), st.integers(-30, 60)
    ),
    max_size=30,
)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=40), moves)
def test_whatever_one_does_the_window_is_full_and_the_selection_exists(heights, done) -> None:
    made = reading(heights, 7)
    for move, amount in done:
        if move == "scroll":
            made.scroll_by(amount)
        elif move == "step":
            made.step(1 if amount > 0 else -1)
        elif move == "go":
            made.go_to(abs(amount) % len(heights), abs(amount))
        elif move == "share":
            made.to_share(abs(amount) / 60)
        elif move == "grow":
            heights += [1 + abs(amount) % 3]
            made.grow(1, len(heights))
        else:
            made.window = 1 + abs(amount)
        frame = made.frame()
        assert len(frame) == min(made.window, sum(heights))
        assert frame == sorted(set(frame))
        if made.following:
            assert frame[-1] == Place(len(heights) - 1, heights[-1] - 1)
        assert made.selected is None or 0 <= made.selected < len(heights)
