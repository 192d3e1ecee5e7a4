"""Pictures look the same in every viewer: local fonts, exact cells, no lost blanks."""

from __future__ import annotations

import importlib.util
import re
from ctypes.util import find_library
from html import unescape
from pathlib import Path
from types import ModuleType

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from clearhead.tui import themes


@pytest.fixture(scope="module")
def picture() -> ModuleType:
    path = Path(__file__).parents[1] / "screenshots" / "picture.py"
    spec = importlib.util.spec_from_file_location("picture", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Words(App[None]):
    CSS = "Static { background: $raised; }"
    SAID = "a  b"

    def __init__(self, theme: str) -> None:
        super().__init__()
        themes.install(self, theme)

    def compose(self) -> ComposeResult:
        yield Static(self.SAID, markup=False)


def has_cairo() -> bool:
    """Say whether the system's drawing library is there; only the makers of pictures need it."""
    return find_library("cairo") is not None


@pytest.mark.skipif(not has_cairo(), reason="the system has no cairo library")
@pytest.mark.parametrize("theme", ["clearhead", "clearhead-light"])
async def test_pictures_need_no_network_and_keep_blanks(
    picture: ModuleType, theme: str, tmp_path: Path
) -> None:
    app = Words(theme)
    async with app.run_test(size=(20, 4)) as pilot:
        await pilot.pause()
        picture.save(app, tmp_path / "words.svg")
    svg = (tmp_path / "words.svg").read_text()
    assert 'url("http' not in svg
    assert "@font-face" not in svg
    assert "'DejaVu Sans Mono',monospace" in svg
    assert "font-size: 20.333px" in svg
    texts = re.findall(r"<text [^>]*>", svg)
    assert texts
    assert all('xml:space="preserve"' in text for text in texts)
    assert f'<rect fill="{themes.load(theme).surface.panel}" stroke' in svg
    assert (tmp_path / "words.png").read_bytes().startswith(b"\x89PNG")


class Styled(Words):
    SAID = "wide 漢字 <b> & "

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(self.SAID, ("bold", "bold"), "."))


async def test_every_character_stands_in_its_own_cell(picture: ModuleType) -> None:
    app = Styled("clearhead")
    async with app.run_test(size=(30, 2)) as pilot:
        await pilot.pause()
        svg = picture.svg_of(app)
    drawn = re.findall(
        r'<text xml:space="preserve" class="[^"]*-r\d+" x="([^"]*)"[^>]*>([^<]+)<', svg
    )
    cells = {
        unescape(word): [round(float(x) / picture.CELL, 2) for x in places.split(" ")]
        for places, word in drawn
    }
    assert cells["wide"] == [0, 1, 2, 3]
    assert cells["漢字"] == [5, 7]
    assert cells["<b>"] == [10, 11, 12]
    assert cells["&"] == [14]
    assert cells["bold"] == [16, 17, 18, 19]
    assert cells["."] == [20]
    assert "textLength" not in svg.replace("terminal-title", "")
