"""Draws the pane's rows around the editor from what the keeper knows."""

from __future__ import annotations

import time

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from ....core.tokens import about
from ...command import shown_key
from ...commands import LEADER
from ...keymap import Keymap
from ...themes import palette_of
from ..line import margin
from . import empty, title
from .keeper import Keeper
from .saving import OpenFile, Theirs, Turn
from .title import Card, Choice, Room

NO_FILE = "No progress file yet"
BOTH_KEPT = "both texts are kept: yours here, theirs on disk"
GONE = "your text is still here"


class Rows:
    """The rows of one notes pane; a row is updated only when it says something else."""

    def __init__(self, pane: Widget, keymap: Keymap) -> None:
        self._pane = pane
        self._keymap = keymap
        self._shown: dict[str, Content] = {}

    def draw(self, keeper: Keeper | None, turn: Turn) -> None:
        """Draw title, page, and what stands below the editor."""
        file = keeper.file if keeper else None
        palette = palette_of(self._pane)
        name = file.loaded.path.name if file else NO_FILE if keeper else "Notes"
        self._put("#title", title.title_row(name, file, self._room, palette))
        if file is None:
            self._put("#page", self._page(keeper))
        below = (
            Content() if file is None else self._below(file, keeper.note if keeper else "", turn)
        )
        self._put("#plan", below)

    def draw_facts(self, keeper: Keeper | None, model: str | None, *, highlighted: bool) -> None:
        """Draw the facts, which age."""
        file = keeper.file if keeper else None
        if keeper is None or file is None:
            return
        facts = title.Facts(
            tokens=about(len(file.text), model),
            boxes=keeper.boxes,
            age=max(0.0, time.time() - file.loaded.stamp.mtime_ns / 1e9),
            highlighted=highlighted,
            health=keeper.health.words,
        )
        self._put("#facts", title.facts_row(facts, self._room, palette_of(self._pane)))

    def _page(self, keeper: Keeper | None) -> Content:
        palette = palette_of(self._pane)
        if keeper is None:
            return empty.nowhere(palette)
        if not keeper.looked:
            return empty.looking(palette)
        if keeper.problem is not None:
            return empty.problem(keeper.problem, palette)
        return empty.none_yet(self._keymap["notes.focus"].key, keeper.desk.new_name, palette)

    def _below(self, file: OpenFile, note: str, turn: Turn) -> Content:
        palette, room = palette_of(self._pane), self._room
        card = self._card(file)
        self._pane.query_one("#plan").set_class(card is not None, "-card")
        if card is not None:
            return title.card_rows(card, room, palette)
        plan = title.plan_words(file, turn)
        if not plan and not note:
            return Content()
        hold = self._choice("notes.hold", "let it save" if file.held else "wait")
        choices = (self._choice("notes.save", "now"), hold)
        return title.plan_row(plan, note, choices, room, palette)

    def _card(self, file: OpenFile) -> Card | None:
        """Return what has to be decided or known before all else, if anything."""
        if (report := file.report) is not None:
            again = (self._choice("notes.save", "try again"),) if file.unsaved else ()
            choices = self._sides(file.theirs) if file.theirs else again
            return Card(report.title, f"{report.detail} {report.remedy}".strip(), choices, True)
        if file.theirs is not None:
            detail = GONE if file.theirs.disk is None else BOTH_KEPT
            return Card(file.theirs.detail.rstrip("."), detail, self._sides(file.theirs))
        if file.loaded.read_only:
            lift = (self._choice("notes.confirm", "edit it all the same"),)
            why = file.loaded.read_only
            return Card("read-only", why, lift if file.loaded.confirmable else ())
        if (warning := file.warning) is not None:
            return Card("no safety net", f"{warning.detail} {warning.remedy}".strip(), failed=True)
        return None

    def _sides(self, theirs: Theirs) -> tuple[Choice, ...]:
        gone = theirs.disk is None
        blocks = () if gone else (self._choice("notes.resolve", "block by block"),)
        return (
            *blocks,
            self._choice("notes.keep_mine", "write mine again" if gone else "keep mine"),
            self._choice("notes.take_theirs", "let it go" if gone else "take theirs"),
        )

    def _choice(self, command: str, label: str) -> Choice:
        """Return a command's key as it has to be pressed where the focus is."""
        keys = self._keymap[command].keys.split()
        key = shown_key(keys[0])
        if self._pane.has_focus_within:
            leader = f"{self._keymap[LEADER].key} {key}"
            key = next((shown_key(key) for key in keys if len(key) > 1), leader)
        return Choice(key, label)

    @property
    def _room(self) -> Room:
        return Room(self._pane.size.width, margin(self._pane.app.size.width))

    def _put(self, name: str, row: Content) -> None:
        shown = self._shown.get(name)
        if shown is None or not shown.is_same(row):
            self._shown[name] = row
            self._pane.query_one(name, Static).update(row)
