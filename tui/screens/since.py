"""Since you left: what waits for you, what every session did, and what it cost."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import msgspec
from textual.binding import BindingType
from textual.content import Content

from ...core.agents.base import Body, State
from ...core.since import Happened, happened
from ...core.text import one_line
from .. import glyphs, numbers
from ..command import Context
from ..commands import bindings
from ..facts import activity_of, short_model
from ..keymap import Keymap
from ..look import Look
from ..presence import Presence
from ..themes import Palette
from ..widgets.evidence.lines import INDENT, heading, marked, wrapped
from .page import Page
from .problems import WIDEST

if TYPE_CHECKING:
    from ..bridge import Bridge

FILES = 6
"""Changed files that are named."""


class Told(msgspec.Struct, frozen=True):
    """A session and what came in it; `usd` is what that cost, `None` when it is not known."""

    look: Look
    what: Happened
    usd: float | None = None


class SinceScreen(Page):
    """Reads what happened since a moment, and tells it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Context.SINCE)]
    contexts = (Context.SINCE, Context.EVERYWHERE)

    def __init__(self, bridge: Bridge, presence: Presence, keymap: Keymap) -> None:
        super().__init__(keymap)
        self._bridge, self._presence = bridge, presence
        self._since = presence.since
        self._told: tuple[Told, ...] | None = None

    def on_mount(self) -> None:
        """Have it read."""
        super().on_mount()
        self._presence.looked()
        self.run_worker(self._read(), exit_on_error=False)

    async def _read(self) -> None:
        looks = gone_on(self._bridge.looks(), self._since)
        told = []
        for look in looks:
            what = await self._bridge.supervisor.in_pool(partial(self._happened, look))
            told.append(Told(look, what, self._spent(look)))
        self._told = tuple(told)
        self.draw()

    def _spent(self, look: Look) -> float | None:
        return self._presence.spent(look.key, look.seen.snapshot.started_at)

    def _happened(self, look: Look) -> Happened:
        view = look.seen.view
        return happened(view, partial(self._load, look), self._since) if view else Happened()

    def _load(self, look: Look, item: int) -> Body | None:
        return self._bridge.load(look.key, item)

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page and the span that it tells of."""
        gone = numbers.span(max(0.0, time.time() - self._since))
        return "Since you left", f"{gone} ago, at {numbers.clock(self._since)}"

    def text(self, width: int, palette: Palette) -> Content:
        """Return what waits, then each session that went on, then the sum."""
        room = min(width, WIDEST)
        lines = waits_lines(self._bridge.looks(), room, palette)
        if self._told is None:
            lines += [Content(), Content.styled("Reading what happened …", palette.style("muted"))]
        elif not self._told:
            words = "No session went on since then."
            lines += [Content(), Content.styled(words, palette.style("muted"))]
        for told in self._told or ():
            lines += [Content(), *session_lines(told, room, palette)]
        if self._told:
            lines += [Content(), *cost_lines(self._told, room, palette)]
        return Content("\n").join(lines)


def gone_on(looks: tuple[Look, ...], since: float) -> tuple[Look, ...]:
    """Return the sessions that have a line after a moment, those that wait for someone first."""
    found = [look for look in looks if (look.seen.snapshot.last_at or 0.0) > since]
    return tuple(
        sorted(
            found,
            key=lambda look: (
                look.standing.state is not State.WAITING,
                -(look.seen.snapshot.last_at or 0.0),
            ),
        )
    )


def waits_lines(looks: tuple[Look, ...], width: int, palette: Palette) -> list[Content]:
    """Return which sessions wait for the person."""
    waiting = [look for look in looks if look.standing.state is State.WAITING]
    lines = [heading("What waits for you", None, width, palette)]
    for look in waiting:
        words = Content.assemble(
            (f"{look.project}  ", palette.style("strong", bold=True)),
            (one_line(activity_of(look)) or "it waits for an answer", palette.style("text")),
        )
        lines.append(marked(glyphs.WARNING, "needs", words, palette).truncate(width))
    nothing = wrapped("Nothing.", width, palette, "muted")
    return lines if waiting else [*lines, *nothing]


def session_lines(told: Told, width: int, palette: Palette) -> list[Content]:
    """Return what one session did."""
    look, what = told.look, told.what
    named = (look.project, look.title, short_model(look.seen.snapshot.model) or "")
    spent = "" if told.usd is None else f"+{numbers.dollars(told.usd)}"
    right = Content.styled(spent, palette.style("text"))
    lines = [heading(" · ".join(filter(None, named)), right, width, palette)]
    for glyph, token, words in _rows(what):
        first, *rest = wrapped(words, width - 2, palette, "text", 0)
        lines.append(marked(glyph, token, first, palette))
        lines += [Content(" " * (INDENT + 2)) + line for line in rest]
    return lines


def _rows(what: Happened) -> list[tuple[str, str, str]]:
    """Return mark, colour and words of each thing that happened."""
    least = "at least " if what.more else ""
    count = numbers.count
    failed = f", {count(what.failed, 'of them', 'of them')} failed" if what.failed else ""
    rows = [
        (
            glyphs.EMPTY,
            "muted",
            f"{least}{count(what.turns, 'turn')}, {count(what.calls, 'call')}{failed}",
        )
    ]
    if what.edits:
        files = ", ".join(what.files[:FILES])
        more = f" and {len(what.files) - FILES} more" if len(what.files) > FILES else ""
        rows.append((glyphs.FRESH, "add", f"{count(what.edits, 'edit')}: {files}{more}"))
    if what.tests:
        bad = what.tests_failed
        mark, token = (glyphs.FAILED, "reset") if bad else (glyphs.PROVED, "ok")
        went = "failed" if bad else "passed"
        rows.append((mark, token, f"tests run {count(what.tests, 'time')}, the last run {went}"))
    rows += [(glyphs.COMMIT, "ok", f"committed {commit}") for commit in what.commits]
    if what.compactions:
        times = count(what.compactions, "time")
        rows.append(
            (glyphs.COMPACTED, "dumb", f"compacted {times}: what was said before is a summary")
        )
    rows += [(glyphs.FAILED, "reset", error) for error in what.errors]
    if what.last_said:
        rows.append((glyphs.AGENTS, "agent", f"it said last: {what.last_said}"))
    return rows


def cost_lines(told: tuple[Told, ...], width: int, palette: Palette) -> list[Content]:
    """Return what it cost in all; an unknown part is said."""
    known = [one.usd for one in told if one.usd is not None]
    unknown = len(told) - len(known)
    words = numbers.dollars(sum(known)) if known else "not known"
    if known and unknown:
        words += f", and {numbers.count(unknown, 'session')} whose cost then is not known"
    right = Content.styled("API price, a subscription pays otherwise", palette.style("muted"))
    return [heading("What it cost", right, width, palette), *wrapped(words, width, palette)]
