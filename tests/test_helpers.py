"""The ground the tests stand on holds."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from .helpers import until, until_async


def test_until_gives_what_it_waited_for():
    looks = iter([0, None, "", "here"])
    assert until(lambda: next(looks)) == "here"


def test_until_ends_and_says_what_it_waited_for():
    with pytest.raises(AssertionError, match="a ship"):
        until(lambda: False, within=0.02, what="a ship")
    with pytest.raises(AssertionError, match="NEVER_TRUE"):
        until(lambda: os.environ.get("NEVER_TRUE"), within=0.02)


async def test_until_async_takes_coroutines_too():
    looks = iter([False, True])

    async def look() -> bool:
        return next(looks)

    assert await until_async(look)
    with pytest.raises(AssertionError, match="a ship"):
        await until_async(lambda: False, within=0.02, what="a ship")


def test_the_home_is_thrown_away(home, tmp_path_factory):
    assert Path.home() == home
    assert home.is_relative_to(tmp_path_factory.getbasetemp())
    assert not {"CLAUDE_CONFIG_DIR", "CODEX_HOME", "XDG_CONFIG_HOME", "TMUX"} & os.environ.keys()
    assert time.strftime("%Z") == "UTC"
