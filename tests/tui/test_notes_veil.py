"""No character that a terminal obeys reaches the editor, and each one comes back on saving."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from clearhead.core.text import clean
from clearhead.tui.widgets.notes.veil import STAND_INS, has_stand_ins, shown, unveiled, veiled

EVIL = "\x1b[31m\x9b2J\x07 a\u202eb\u2066c \u200bd\u200de \ufeff \U000e0041 \x00\x7f\ufe0f"
TEXTS = st.text().filter(lambda text: not has_stand_ins(text))


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    assert unveiled(veiled(text)) == text


@given(TEXTS)
def test_a_veiled_text_needs_no_cleaning(text: str) -> None:
    plain = veiled(text).replace("\t", " ")
    assert clean(plain) == plain
    assert veiled(veiled(text)) == veiled(text)


def test_lines_and_columns_stay_where_they_are() -> None:
    assert len(veiled(EVIL)) == len(EVIL)
    assert veiled("a\tb\nc äö ✓ 表") == "a\tb\nc äö ✓ 表"


def test_each_stand_in_takes_one_cell() -> None:
    found = STAND_INS.findall(veiled(EVIL))
    assert len(found) == 12
    assert {cell_len(one) for one in found} == {1}
    assert {cell_len(shown(one)) for one in found} == {1}


@pytest.mark.parametrize(("char", "mark"), [("\x1b", "?"), ("\u202e", "?"), ("\ufe0f", " ")])
def test_what_misleads_is_marked_and_what_shapes_emoji_is_blank(char: str, mark: str) -> None:
    assert shown(veiled(char)) == mark


def test_a_text_that_uses_the_plane_itself_is_told() -> None:
    assert has_stand_ins("a\U00100042")
    assert not has_stand_ins("a\uf0f0\U000f0001")
