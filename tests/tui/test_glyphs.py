"""Glyphs keep the columns: one cell each, and as wide in ASCII."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from clearhead.core.agents.base import State
from clearhead.tui import glyphs, themes
from clearhead.tui.command_app import CommandApp
from clearhead.tui.widgets.header import Header, HeaderFacts

EVERY = {name: value for name, value in vars(glyphs).items() if name.isupper() and name[0] != "_"}


@pytest.mark.parametrize("name", EVERY)
def test_glyphs_are_one_cell_wide_and_have_an_ascii_form(name: str) -> None:
    for glyph in EVERY[name]:
        assert cell_len(glyph) == 1
        assert glyphs.plain(glyph).isascii()
        assert len(glyphs.plain(glyph)) == 1


def test_zones_stay_different_in_ascii() -> None:
    zones = glyphs.DUMB_ZONE + glyphs.COMPACT_NOW + glyphs.RESET_NOW + glyphs.EMPTY
    assert len(set(glyphs.plain(zones))) == 4


def test_other_text_is_left_as_it_is() -> None:
    assert glyphs.plain("größer → 3") == "größer > 3"


@pytest.mark.parametrize("terminal", ["linux", "xterm-256color"])
async def test_the_console_of_linux_gets_ascii(
    terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", terminal)
    app = CommandApp()
    themes.install(app)
    async with app.run_test(size=(100, 24)) as pilot:
        header = Header()
        header.facts = HeaderFacts(project="shop", branch="main", dirty=3, state=State.BUSY)
        await app.mount(header)
        await pilot.pause()
        screen = app.export_screenshot()
        assert ("●" in screen) == (terminal != "linux")
        assert ("~3" in screen) == (terminal == "linux")
