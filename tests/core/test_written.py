"""What people write to agents is kept privately, bounded, and erased when they want."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from clearhead.core.clock import ManualClock
from clearhead.core.kept import DAYS
from clearhead.core.written import BYTES, MOST, Written

SHOP, OTHER = Path("/w/shop"), Path("/w/other")
ONE = ("claude", "one")


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path)


def test_what_was_sent_comes_back_the_latest_last(written: Written) -> None:
    for text in ("one", "two", "one"):
        written.remember(SHOP, text)
    assert written.sent(SHOP) == ("two", "one")
    assert written.sent(OTHER) == ()


def test_a_draft_is_replaced_and_goes_when_empty(written: Written) -> None:
    written.keep_draft(ONE, SHOP, "half")
    written.keep_draft(ONE, SHOP, "half a\nthought \udcff")
    assert written.draft(ONE) == "half a\nthought ?"
    written.keep_draft(ONE, SHOP, "")
    assert written.draft(ONE) == ""
    written.keep_draft(ONE, SHOP, "")


def test_files_are_for_their_owner_only(written: Written, tmp_path: Path) -> None:
    written.remember(SHOP, "one")
    written.keep_draft(ONE, SHOP, "half")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_oldest_messages_go(written: Written) -> None:
    for number in range(MOST + 5):
        written.remember(SHOP, f"message {number}")
    assert len(written.sent(SHOP)) == MOST
    assert written.sent(SHOP)[0] == "message 5"
    written.remember(SHOP, "x" * (BYTES - 10))
    assert len(written.sent(SHOP)) == 1
    written.remember(SHOP, "x" * (BYTES + 1))
    assert written.sent(SHOP) == ()


def test_what_is_old_is_forgotten(tmp_path: Path) -> None:
    clock = ManualClock()
    written = Written(tmp_path, clock=clock)
    written.remember(SHOP, "old")
    written.keep_draft(ONE, SHOP, "old draft")
    clock.advance(DAYS * 24 * 3600 + 1)
    written.remember(SHOP, "new")
    assert written.sent(SHOP) == ("new",)
    written.sweep()
    assert (written.draft(ONE), written.sent(SHOP)) == ("", ("new",))


def test_forgetting_one_folder_leaves_the_others(written: Written) -> None:
    written.remember(SHOP, "one")
    written.keep_draft(ONE, SHOP / "sub", "half")
    written.remember(OTHER, "two")
    assert written.holdings(SHOP)[0] == 2
    written.forget(SHOP)
    assert (written.sent(SHOP), written.draft(ONE), written.sent(OTHER)) == ((), "", ("two",))
    written.forget()
    assert written.holdings() == (0, 0)


def test_a_damaged_file_is_set_aside(written: Written, tmp_path: Path) -> None:
    written.remember(SHOP, "one")
    (page,) = (tmp_path / "messages" / "sent").iterdir()
    page.write_bytes(b"{")
    assert written.sent(SHOP) == ()
    written.remember(SHOP, "two")
    assert written.sent(SHOP) == ("two",)
    assert len(list((tmp_path / "messages" / "sent").glob("*damaged*"))) == 1
