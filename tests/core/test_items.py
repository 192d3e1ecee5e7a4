"""The columns of items."""

from __future__ import annotations

import pytest

from clearhead.core.items import NONE, Columns, Flag, Item, ItemLog, Kind, Span


def call(offset: int, part: int = 0) -> Item:
    return Item(Kind.TOOL_CALL, Span(offset, 10, 7, part), "ls", 1.5, "Bash", flags=Flag.EDIT)


def log_of(*items: Item) -> ItemLog:
    log = ItemLog()
    for item in items:
        log.append(item)
    return log


def test_an_item_comes_back_as_it_went_in() -> None:
    item = Item(Kind.SAID, Span(5, 9, 3, 2), "head", None, "", "meta", NONE, 3, 400, Flag.FAILED)
    assert log_of(item)[0] == item


def test_a_result_is_the_answer_of_its_call() -> None:
    log = log_of(call(0), Item(Kind.TOOL_RESULT, Span(10, 10, 1), parent=0))
    assert (log.answer(0), log.parent(1)) == (1, 0)
    assert log.unanswering(0, 2) == [0]


def test_a_result_without_its_call_is_a_row_of_its_own() -> None:
    log = log_of(Item(Kind.TOOL_RESULT, Span(10, 10, 1)))
    assert log.unanswering(0, 1) == [0]


def test_columns_survive_the_disk() -> None:
    log = log_of(call(0), Item(Kind.TOOL_RESULT, Span(10, 10, 1), parent=0, meta="exit 1"))
    again = ItemLog.thaw(log.freeze())
    assert list(again) == list(log)
    assert again.answer(0) == 1


def test_columns_that_do_not_fit_together_are_refused() -> None:
    frozen = log_of(call(0)).freeze()
    torn = Columns(frozen.numbers, frozen.times, [], frozen.names, frozen.metas)
    with pytest.raises(ValueError, match="differ"):
        ItemLog.thaw(torn)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param(0, (0, 2), id="first-byte-of-a-record-with-two-items"),
        pytest.param(9, (0, 2), id="last-byte"),
        pytest.param(10, (0, 0), id="between-records"),
        pytest.param(20, (2, 3), id="second-record"),
    ],
)
def test_a_byte_belongs_to_the_items_of_its_record(place: int, expected: tuple[int, int]) -> None:
    assert log_of(call(0), call(0, 1), call(20)).record_at(place) == expected


def test_an_item_is_found_again_by_its_place_in_the_file() -> None:
    log = log_of(call(0), call(20), call(20, 1), call(40))
    assert log.find(20, 1) == 2
    assert log.find(30, 0) == 3
    assert log.find(999, 0) == 3
