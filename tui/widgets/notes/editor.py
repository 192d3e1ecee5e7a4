"""The editor of the progress file. Importing it loads Textual's: do so when one is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.text import Text
from textual.document._document import EditResult
from textual.document._edit import Edit
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from ....core.authorship import Author, Authorship
from ... import glyphs
from ...themes import NAMES, load, palette_of
from ..keys_in_order import KeysInOrder
from .colours import QUERY, editor_theme
from .differing import Place, replacements
from .stand_ins import marked
from .veil import unveiled, veiled

MOST_LINES = 3_000
"""Lines up to which Markdown is highlighted: beyond, parsing after each key is felt (measured)."""

AROUND = 50
"""Lines beside the window that are highlighted with it, so that scrolling finds them done."""

_INLINE_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_BOLD = re.compile(r"\*\*(?=\S)[^*\n]+\*\*|__(?=\S)[^_\n]+__")


GUTTER = 3
"""Cells beside the text: whose line, whether it is new, a blank."""

MARKS = {
    Author.YOURS: (glyphs.YOURS, "you"),
    Author.AGENT: (glyphs.AGENTS, "agent"),
    Author.UNKNOWN: (" ", "text"),
}


class _Joined(list[Edit]):
    """Edits that are undone as one."""


class _Outside(_Joined):
    """Such edits, made by someone else."""


class _Wrapped(WrappedDocument):
    """Knows its height; Textual's adds it up from all lines, for each row it draws."""

    @property
    def height(self) -> int:
        """Rows of the wrapped text."""
        return len(self._offset_to_line_info)


class NotesEditor(KeysInOrder, TextArea):
    """Textual's editor with our colours; nothing in the text reaches the terminal as a command.

    `plain` is the text as it stands on disk. Everything that enters is veiled, see `veil`.
    """

    @dataclass
    class TookBack(Message):
        """An undo took back what someone else had written."""

    AS_TEXT: ClassVar[frozenset[str]] = frozenset({"enter"})

    DEFAULT_CSS: ClassVar[str] = """
    NotesEditor {
        border: none;
        padding: 0;
        background: $bg;
        color: $text;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
    }
    """

    def __init__(self) -> None:
        self._joined: str | None = None
        self._highlighted = range(0)
        self._whose = Authorship(())
        super().__init__(soft_wrap=True, tab_behavior="focus", id="editor")
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.update_highlight_query("markdown", QUERY)
        for name in NAMES:
            self.register_theme(editor_theme(name, load(name)))

    def on_mount(self) -> None:
        """Wear the colours of the app, now and when they change."""
        self.watch(self.app, "theme", self._wear)

    def on_resize(self) -> None:
        """Keep the cursor in view when rows below take some of the height."""
        if self.has_focus:
            self.scroll_cursor_visible()

    def _wear(self, name: str) -> None:
        self.theme = name

    @property
    def plain(self) -> str:
        """The text as it stands, or will stand, on disk."""
        return unveiled(self.text)

    @property
    def highlighted(self) -> bool:
        """Whether the text is short enough to be highlighted."""
        return self.language is not None

    def open(self, text: str) -> None:
        """Show another file; what was done to the one before cannot be undone any more."""
        language = "markdown" if text.count("\n") < MOST_LINES else None
        if language != self.language:
            self.load_text("")
            self.language = language
        self.load_text(veiled(text))
        self.scroll_home(animate=False)

    def become(self, text: str, *, outside: bool = False) -> None:
        """Change into `text`; cursor and view keep their place, and one undo takes it back.

        Undoing what came from `outside` is told by `TookBack`.
        """
        changes = tuple(replacements(self.text, veiled(text)))
        if not changes:
            return
        row = self._line_at(0)
        batches = self.history._undo_stack  # noqa: SLF001 - Textual has no way to join edits
        last = batches[-1] if batches else None
        for change in changes:
            self.history.checkpoint()
            result = self.replace(change.text, change.start, change.end)
            if row > change.end[0]:
                row += result.end_location[0] - change.end[0]
        self.history.checkpoint()
        joined: list[Edit] = []
        while batches and batches[-1] is not last:
            joined = batches.pop() + joined
        batches.append(_Outside(joined) if outside else _Joined(joined))
        row = min(row, self.document.line_count - 1)
        top = self.wrapped_document.location_to_offset((row, 0)).y
        self.scroll_to(y=top, animate=False, immediate=True)

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        """Undo joined edits one by one: Textual counts on edits that stand side by side."""
        if not isinstance(edits, _Joined):
            super()._undo_batch(edits)
            return
        for edit in reversed(edits):
            super()._undo_batch([edit])
        if isinstance(edits, _Outside):
            self.post_message(self.TookBack())

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        """Redo joined edits one by one."""
        for part in [[edit] for edit in edits] if isinstance(edits, _Joined) else [edits]:
            super()._redo_batch(part)

    def mark(self, whose: Authorship) -> None:
        """Show beside the text whose the lines are."""
        self._whose = whose
        self._line_cache.clear()
        self.refresh()

    @property
    def gutter_width(self) -> int:
        """The columns beside the text."""
        return GUTTER

    def edit(self, edit: Edit) -> EditResult:
        """Perform an edit, veiling what is put in."""
        edit.text = veiled(edit.text)
        return super().edit(edit)

    def get_line(self, line_index: int) -> Text:
        """Return a line with the marks inside it: bold and code."""
        line = super().get_line(line_index)
        palette = palette_of(self)
        for found in _BOLD.finditer(line.plain):
            line.stylize(palette.rich("strong", bold=True), *found.span())
        for found in _INLINE_CODE.finditer(line.plain):
            line.stylize(palette.rich("text", "raised"), *found.span())
        return line

    def render_line(self, y: int) -> Strip:
        """Draw a row with its mark; where a stand-in stands one is shown: nothing is hidden."""
        strip = super().render_line(y)
        strip = Strip.join([self._margin(y), strip.crop(0, max(0, self.size.width - GUTTER))])
        return marked(strip, palette_of(self))

    def _margin(self, y: int) -> Strip:
        """Return what stands beside a row: whose line it is, and whether it is new."""
        palette = palette_of(self)
        line = self._line_at(y)
        below = self.scroll_offset.y + y >= self.wrapped_document.height
        if below or line >= len(self._whose.authors):
            return Strip([Segment(" " * GUTTER, palette.rich("text"))], GUTTER)
        glyph, token = MARKS[self._whose.authors[line]]
        fresh = glyphs.FRESH if line in self._whose.fresh else " "
        return Strip([Segment(f"{glyph}{fresh} ", palette.rich(token, bold=True))], GUTTER)

    # Textual's editor joins the whole text for each row it draws and searches the whole tree at
    # each edit: 25 ms for a key with 2,000 lines. Here the text is kept, and only what is seen is
    # highlighted.

    def _set_document(self, text: str, language: str | None) -> None:
        super()._set_document(text, language)
        self.wrapped_document.__class__ = _Wrapped

    @property
    def text(self) -> str:
        """The text in the editor, veiled; joined once after each edit."""
        if self._joined is None:
            self._joined = self.document.text
        return self._joined

    @text.setter
    def text(self, value: str) -> None:
        self.load_text(value)

    def _build_highlight_map(self) -> None:
        """Forget the highlights after an edit; drawing looks for those it needs."""
        self._joined = None
        self._line_cache.clear()
        self._highlights.clear()
        self._highlighted = range(0)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw rows, once what stands in them is highlighted."""
        self._highlight_seen()
        return super().render_lines(crop)

    def _highlight_seen(self) -> None:
        first, last = self._line_at(0), self._line_at(self.size.height)
        if self._highlight_query is None or {first, last} <= set(self._highlighted):
            return
        lines = range(max(0, first - AROUND), last + AROUND)
        captures = self.document.query_syntax_tree(
            self._highlight_query, (lines.start, 0), (lines.stop, 0)
        )
        self._highlights.clear()
        for name, nodes in captures.items():
            for node in nodes:
                self._highlight(name, node.start_point, node.end_point, lines)
        self._highlighted = lines

    def _highlight(self, name: str, start: Place, end: Place, lines: range) -> None:
        """Note one highlight on each of its lines; columns are bytes, `None` is the line's end."""
        for line in range(max(start[0], lines.start), min(end[0] + 1, lines.stop)):
            stop = end[1] if line == end[0] else None
            if stop != 0:
                self._highlights[line].append((start[1] if line == start[0] else 0, stop, name))

    def _line_at(self, y: int) -> int:
        """Return the line of the text in the row `y` of the window."""
        row = min(self.scroll_offset.y + y, self.wrapped_document.height - 1)
        return self.wrapped_document.offset_to_location(Offset(0, max(0, row)))[0]
