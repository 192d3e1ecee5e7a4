"""No reflex, no paste, no change in between approves anything."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from clearhead.core.acting.live import Request
from clearhead.tui.widgets.request_card.two_keys import (
    BURST,
    DEAF,
    LASTS,
    OTHER,
    PASTED,
    TOO_SOON,
    TwoKeys,
)

REQUEST = Request(id="1", tool="Bash", text="npm test", since=0.0)
CALM = 100.0 + DEAF + 1


@pytest.fixture
def keys() -> TwoKeys:
    keys = TwoKeys()
    keys.appeared(REQUEST, 100.0)
    return keys


def test_the_two_keys_in_their_order_approve_once(keys: TwoKeys) -> None:
    assert keys.arm(CALM) is None
    assert keys.armed
    assert keys.run(REQUEST, CALM + 1) == ""
    assert keys.run(REQUEST, CALM + 2).startswith("Press y first")


def test_the_second_key_alone_approves_nothing(keys: TwoKeys) -> None:
    assert keys.run(REQUEST, CALM).startswith("Press y first")


def test_keys_that_were_meant_for_something_else_do_not_count(keys: TwoKeys) -> None:
    assert keys.arm(100.0 + DEAF - 0.01) == TOO_SOON
    assert not keys.armed
    assert keys.run(REQUEST, 100.0 + DEAF - 0.01) == TOO_SOON


def test_the_first_key_is_forgotten_after_some_seconds(keys: TwoKeys) -> None:
    keys.arm(CALM)
    assert keys.run(REQUEST, CALM + LASTS + 0.1).startswith("Press y first")


def test_another_key_takes_the_first_one_back(keys: TwoKeys) -> None:
    keys.arm(CALM)
    assert keys.disarm()
    assert not keys.disarm()
    assert keys.run(REQUEST, CALM + 1).startswith("Press y first")


def test_a_paste_approves_nothing(keys: TwoKeys) -> None:
    keys.arm(CALM)
    assert keys.run(REQUEST, CALM + BURST / 2) == PASTED
    assert not keys.armed


@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, text="rm -rf /"),
        replace(REQUEST, id="2"),
        replace(REQUEST, cwd="/elsewhere"),
        None,
    ],
    ids=["text", "id", "folder", "gone"],
)
def test_what_changed_in_between_is_not_approved(keys: TwoKeys, other: Request | None) -> None:
    keys.arm(CALM)
    assert keys.run(other, CALM + 1) == OTHER


def test_another_request_forgets_the_first_key_and_is_deaf_anew(keys: TwoKeys) -> None:
    keys.arm(CALM)
    other = replace(REQUEST, id="2")
    assert keys.appeared(other, CALM + 1)
    assert not keys.armed
    assert keys.arm(CALM + 1 + DEAF / 2) == TOO_SOON
    assert keys.arm(CALM + 1 + DEAF) is None
    assert not keys.appeared(other, CALM + 9)
    assert keys.armed
