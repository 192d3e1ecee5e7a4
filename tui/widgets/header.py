"""The top row: which session this is, what it does, and whether it needs you."""

from __future__ import annotations

from typing import ClassVar

import msgspec
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ...core.agents.base import State, Waiting
from ...core.text import shorten_middle
from .. import glyphs
from ..numbers import HOUR, MINUTE, age, running
from ..themes import Palette, palette_of
from .line import chip, joined, quiet_chip, spread

PROGRAM = "clearhead"
GAP = "   "
SHORT_NAME = 24
SHORTEST_NAME = 12


class HeaderFacts(msgspec.Struct, frozen=True):
    """What the header says. An empty text or `None` is unknown and leaves its part out.

    `dirty` counts changed files, `since` is how long the state has lasted in seconds. `asserted`
    is false when the state was only inferred from the transcript. `banner` stays on every
    screen; on narrow ones only what stands before its colon. `armed` names what waits for the end
    of the turn, `asking` says why it asks instead; `keys` cancel it and run it all the same.
    """

    project: str = ""
    branch: str | None = None
    dirty: int | None = None
    agent: str = ""
    model: str | None = None
    channel: str = ""
    state: State = State.UNKNOWN
    since: float | None = None
    waiting_for: Waiting | None = None
    asserted: bool = True
    banner: str = ""
    armed: str = ""
    asking: str = ""
    keys: tuple[str, str] = ("A", "R")


DROPPED_FIRST = (
    "program",
    "agent",
    "banner",
    "keys",
    "long name",
    "when",
    "channel",
    "model",
    "dirty",
    "branch",
)
"""What goes first when the row is too narrow; name and banner only shrink. The state stays."""

STATES = {
    State.BUSY: (glyphs.WORKING, "working", "agent", True),
    State.IDLE: (glyphs.IDLE, "idle", "text", False),
    State.ENDED: (glyphs.ENDED, "ended", "muted", False),
    State.UNKNOWN: (glyphs.UNKNOWN, "state unknown", "text", False),
}
"""Glyph, word, token and weight of each state that waits for nobody."""

WAITS = {
    None: "an answer",
    Waiting.PERMISSION: "permission",
    Waiting.INPUT: "an answer",
    Waiting.DIALOG: "a dialog",
}


class Header(Widget):
    """Shows `facts` in one row. Set `facts`; never touch the rendering."""

    DEFAULT_CSS: ClassVar[str] = """
    Header {
        height: 1;
        background: $panel;
        color: $text;
    }
    """

    facts: reactive[HeaderFacts] = reactive(HeaderFacts())

    def render(self) -> Content:
        """Draw the row for the present width."""
        return header_row(self.facts, self.size.width, palette_of(self))


def header_row(facts: HeaderFacts, width: int, palette: Palette) -> Content:
    """Return the header of `width` cells, with as many parts as fit."""
    room = max(0, width - 2)
    for count in range(len(DROPPED_FIRST) + 1):
        gone = frozenset(DROPPED_FIRST[:count])
        left, right = _left(facts, gone, palette), _right(facts, gone, palette)
        if left.cell_length + len(GAP) + right.cell_length <= room:
            break
    else:
        length = max(SHORTEST_NAME, room - right.cell_length - len(GAP))
        name = shorten_middle(facts.project, length)
        left = Content.styled(name, palette.style("strong", bold=True))
    return (Content(" ") + spread(left, right, room, len(GAP)) + " ").truncate(width)


def state_words(facts: HeaderFacts, palette: Palette) -> Content:
    """Return the state: glyph, word, how long; `probably` before what was only inferred."""
    if facts.state is State.WAITING:
        return _needs_you(facts, palette)
    glyph, word, token, bold = STATES[facts.state]
    unsure = "" if facts.asserted or facts.state is State.UNKNOWN else "probably "
    return Content.assemble(
        (f"{glyph} ", palette.style(token)),
        (unsure, palette.style("muted")),
        (word, palette.style(token, bold=bold and facts.asserted)),
        (_lasted(facts), palette.style(token, bold=bold and facts.asserted)),
    )


def _needs_you(facts: HeaderFacts, palette: Palette) -> Content:
    """A filled chip for what the agent said itself, an empty one for what it seems."""
    words = f"{WAITS[facts.waiting_for]}{_lasted(facts)}"
    if facts.asserted:
        return chip(palette, f"{glyphs.WARNING} NEEDS YOU  {words}", "needs")
    return quiet_chip(palette, f"{glyphs.WARNING} probably needs you  {words}", "needs")


def _lasted(facts: HeaderFacts) -> str:
    """Say how long the state has lasted: to the second while it matters, coarser when idle."""
    if facts.since is None or facts.state is State.UNKNOWN:
        return ""
    counts = facts.state in {State.BUSY, State.WAITING}
    if facts.since < MINUTE or (counts and facts.since < HOUR):
        return f" {running(facts.since)}"
    return f" {age(facts.since)}"


def _left(facts: HeaderFacts, gone: frozenset[str], palette: Palette) -> Content:
    """Program, project on branch, agent: what is looked at."""
    muted = palette.style("muted")
    program = "" if "program" in gone else PROGRAM
    who = {"agent": facts.agent, "model": facts.model, "channel": facts.channel}
    named = [words for part, words in who.items() if words and part not in gone]
    return joined(
        [
            Content.styled(program, palette.style("you", bold=True)),
            _place(facts, gone, palette),
            Content.styled(" · ".join(named), muted),
        ],
        GAP,
    )


def _place(facts: HeaderFacts, gone: frozenset[str], palette: Palette) -> Content:
    """The project and where its repository stands."""
    name = shorten_middle(facts.project, SHORT_NAME) if "long name" in gone else facts.project
    place = Content.styled(name, palette.style("strong", bold=True))
    if not facts.branch or "branch" in gone:
        return place
    place = Content.assemble(place, (" on ", palette.style("muted")), facts.branch)
    if facts.dirty is None or "dirty" in gone:
        return place
    clean = Content.styled(" clean", palette.style("muted"))
    return place + (f" {glyphs.CHANGED}{facts.dirty}" if facts.dirty else clean)


def _right(facts: HeaderFacts, gone: frozenset[str], palette: Palette) -> Content:
    """Banner and state: what is going on."""
    banner = facts.banner.partition(":")[0] if "banner" in gone else facts.banner
    return joined(
        [
            quiet_chip(palette, banner, "dumb") if banner else Content(),
            state_words(facts, palette),
            armed_words(facts, gone, palette),
        ],
        GAP,
    )


def armed_words(facts: HeaderFacts, gone: frozenset[str], palette: Palette) -> Content:
    """Return what waits for the end of the turn, or that it asks and why, with its keys."""
    if not facts.armed:
        return Content()
    cancel, run = facts.keys
    key, muted = palette.style("you", bold=True), palette.style("muted")
    parts: list[Content] = []
    if facts.asking:
        why = "" if "when" in gone else f": {facts.asking}"
        parts.append(quiet_chip(palette, f"armed {facts.armed} asks{why}", "dumb"))
        parts.append(Content.assemble((run, key), (" do it", muted)))
    else:
        when = "" if "when" in gone else " when the turn ends"
        parts.append(quiet_chip(palette, f"armed: {facts.armed}{when}", "you"))
    parts.append(Content.assemble((cancel, key), (" cancel", muted)))
    return joined(parts[:1] if "keys" in gone and not facts.asking else parts)
