"""The rows above and below the editor: name, state, facts, and what is to be decided. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from textual.content import Content

from ....core.agents.base import State
from ....core.progress import Summary
from ... import glyphs, numbers
from ...themes import Palette
from ..line import fitted, joined, quiet_chip, spread
from .saving import OpenFile, Turn

SEPARATOR = " · "


class Choice(msgspec.Struct, frozen=True):
    """A key and what it does."""

    key: str
    label: str


class Card(msgspec.Struct, frozen=True):
    """What has to be decided or known; `failed` when something went wrong."""

    headline: str
    details: str = ""
    choices: tuple[Choice, ...] = ()
    failed: bool = False


class Room(msgspec.Struct, frozen=True):
    """The cells of a row of the pane, and how many of them stay empty at either side."""

    width: int
    edge: int

    @property
    def inner(self) -> int:
        """Cells between the two edges."""
        return max(0, self.width - 2 * self.edge)

    def row(self, content: Content) -> Content:
        """Return a row with its empty cells at the left."""
        return Content(" " * self.edge) + content

    def rows(self, content: Content) -> Content:
        """Return as many rows as `content` needs."""
        return Content("\n").join(self.row(row) for row in content.wrap(max(1, self.inner)))


class Facts(msgspec.Struct, frozen=True):
    """What is told of a progress file. `age` are seconds since it was changed on disk."""

    tokens: int
    boxes: Summary
    age: float | None = None
    highlighted: bool = True
    health: str = ""


def title_row(name: str, file: OpenFile | None, room: Room, palette: Palette) -> Content:
    """Return the title band: which file, and how it stands with it."""
    left = Content.styled(name, palette.style("strong", bold=True))
    right = Content() if file is None else state_words(file, palette)
    return room.row(spread(left, right, room.inner))


def state_words(file: OpenFile, palette: Palette) -> Content:
    """Say in words how the editor and the file stand to each other; the worst comes first."""
    if file.theirs is not None:
        words = "changed on disk" if file.theirs.disk else "gone from disk"
        return _warning(words, "dumb", palette)
    if file.report is not None:
        return _warning("not saved", "reset", palette)
    if file.loaded.read_only:
        return Content.styled("read-only", palette.style("muted"))
    if file.unsaved:
        edits = numbers.count(file.edits, "edit")
        return Content.styled(f"{edits} of yours, not saved", palette.style("you"))
    return Content.styled("saved", palette.style("muted"))


def facts_row(facts: Facts, room: Room, palette: Palette) -> Content:
    """Return the facts as chips; what does not fit goes from the right."""
    words = [facts.health] if facts.health else []
    words += [f"~{numbers.tokens(facts.tokens)} tokens"]
    boxes = facts.boxes.open + facts.boxes.ticked
    if boxes:
        words.append(f"{facts.boxes.ticked} of {boxes} ticked")
    if not facts.highlighted:
        words.append("too long to highlight")
    if facts.age is not None:
        words.append(changed_words(facts.age))
    chips = [quiet_chip(palette, word, _health_token(word)) for word in words]
    return room.row(fitted(chips, room.inner, " "))


def _health_token(word: str) -> str:
    if word == "healthy":
        return "ok"
    return "reset" if " error" in word else "dumb" if " warning" in word else "text"


def changed_words(age: float) -> str:
    """Say how long ago the file was changed, no finer than a glance needs."""
    return "changed just now" if age < numbers.MINUTE else f"changed {numbers.span(age)} ago"


def plan_words(file: OpenFile, turn: Turn) -> str:
    """Say when the edits will be saved."""
    if not file.unsaved:
        return ""
    if file.held:
        return "not saved until you say so"
    if turn.state is State.BUSY:
        return "saves when the turn ends"
    if turn.state is State.WAITING:
        return "saves when the turn ends, in 2 minutes at most"
    return "saves when you pause"


def plan_row(
    plan: str, note: str, choices: Sequence[Choice], room: Room, palette: Palette
) -> Content:
    """Return what stands below the editor: when the edits are saved, and what happened last.

    One row where both fit side by side, else as many as they need.
    """
    told = Content.styled(note, palette.style("muted"))
    if not plan:
        return room.rows(told)
    keys = joined([_key(choice, palette) for choice in choices])
    parts = [joined([Content(plan), keys]), told]
    if parts[0].cell_length > room.inner:
        parts = [Content(plan), told, keys]
    if parts[0].cell_length + told.cell_length + 2 <= room.inner:
        parts[:2] = [spread(parts[0], told, room.inner)]
    return Content("\n").join(room.rows(part) for part in parts if part)


def card_rows(card: Card, room: Room, palette: Palette) -> Content:
    """Return a card: its headline, why, and below them the keys that decide."""
    head = _warning(card.headline, "reset" if card.failed else "dumb", palette)
    if card.details:
        head += Content.styled(SEPARATOR + card.details, palette.style("text"))
    keys = joined([_key(choice, palette) for choice in card.choices], "   ")
    return Content("\n").join(room.rows(part) for part in (head, keys) if part)


def _key(choice: Choice, palette: Palette) -> Content:
    return Content.assemble(
        (choice.key, palette.style("you", bold=True)), (f" {choice.label}", palette.style("muted"))
    )


def _warning(words: str, token: str, palette: Palette) -> Content:
    return Content.styled(f"{glyphs.WARNING} {words}", palette.style(token, bold=True))
