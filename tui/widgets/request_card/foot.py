"""The rows at the foot of the card: which keys count now, and why one does not. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ....core.acting.live import Request
from ....core.agents.base import Waiting
from ...keymap import Keymap
from ..transcript.lines import Line, Piece, fit, width_of
from . import two_keys
from .excerpt import wrapped
from .facts import Setting, consent, why_closed

UNSEEN = "Not yet: {left} of its lines were not shown. {key} shows more."
CUT = "It is too long to be shown whole here. {way}"
THERE = "Answer it in its own terminal."
ONLY_REFUSE = "Refuse it, or interrupt the turn."
SENT = "Sent. It waits for what proves it."
TWO = "Two keys on purpose: {arm} alone {does} nothing."
ELSEWHERE = "Keys that are typed elsewhere never answer it."
ARMED = "Armed, for {seconds:.0f} seconds."
GONE = "It is asked no more. Enter or Esc goes back; nothing is sent."

Entry = tuple[str, str, str]
"""A key, the words that say what it does, and muted words behind them."""


class Names(msgspec.Struct, frozen=True):
    """The keys as this person has them."""

    go: str
    arm: str
    run: str
    refuse: str
    later: str
    page: str

    @classmethod
    def of(cls, keymap: Keymap) -> Names:
        """Return the names in a keymap."""
        ids = ("go", "approve", "run", "refuse", "later", "page")
        return cls(*(keymap[f"request.{name}"].key for name in ids))


class Foot(msgspec.Struct, frozen=True, kw_only=True):
    """What the foot is drawn from; `unseen` counts lines, `writing` says what is being typed.

    `sent` is true while an answer waits for its evidence.
    """

    request: Request
    setting: Setting
    names: Names
    focused: bool = False
    armed: bool = False
    sent: bool = False
    unseen: int = 0
    writing: str = ""


class Rows(msgspec.Struct, frozen=True):
    """The keys, and a sentence about them in one or two rows; either may be empty."""

    keys: Line = []
    words: list[Line] = []


def hindrance(foot: Foot, *, approving: bool) -> str:
    """Say why the request cannot be answered now; "" when it can."""
    if foot.sent:
        return SENT
    if closed := why_closed(foot.request, foot.setting):
        return closed
    if not approving:
        return ""
    if foot.request.only_refuse:
        return foot.request.only_refuse
    if not foot.request.whole:
        return CUT.format(way=ONLY_REFUSE if foot.setting.owned else THERE)
    return UNSEEN.format(left=foot.unseen, key=foot.names.page) if foot.unseen else ""


def rows_of(foot: Foot, room: int) -> Rows:
    """Return the rows in `room` cells."""
    names = foot.names
    if foot.writing:
        return Rows([], _said(foot.writing, "muted", room))
    if foot.sent:
        return Rows([], _said(SENT, "text", room))
    if closed := why_closed(foot.request, foot.setting):
        back: list[Entry] = [(names.later, "back", "")] if foot.focused else []
        return Rows(_keys(back, room), _said(closed, "dumb", room))
    if not foot.focused:
        or_there = "" if foot.setting.owned else ", or in its own terminal"
        go = (names.go, "answer it here", or_there)
        return Rows(_keys([go], room), _said(ELSEWHERE, "muted", room))
    if foot.armed:
        armed = [(names.run, f"{consent(foot.request)}, now", ""), ("any other key", "stops", "")]
        words = ARMED.format(seconds=two_keys.LASTS)
        return Rows(_keys(armed, room), _said(words, "you", room))
    words, ink = _hint(foot)
    return Rows(_keys(_entries(foot), room), _said(words, ink, room) if words else [])


def _said(words: str, ink: str, room: int) -> list[Line]:
    """Return a sentence in one row, or two where it is long; what warns is bold."""
    bold = ink in {"dumb", "you"}
    return [[Piece(row, ink, bold=bold)] for row in wrapped(words, room, 2)]


def _entries(foot: Foot) -> list[Entry]:
    names = foot.names
    rest = [(names.refuse, "refuse", ", with a reason"), (names.later, "later", ", it waits")]
    if foot.request.only_refuse:
        return rest
    first = (f"{names.arm} then {names.run}", consent(foot.request), "")
    if foot.request.kind is Waiting.INPUT:
        first = (names.run, "answer", "")
    return [first, *rest]


def _hint(foot: Foot) -> tuple[str, str]:
    if reason := hindrance(foot, approving=True):
        return reason, "dumb"
    if foot.request.kind is Waiting.INPUT:
        return "", ""
    does = "runs" if consent(foot.request) == "run once" else "allows"
    return TWO.format(arm=foot.names.arm, does=does), "muted"


def _keys(entries: Sequence[Entry], room: int) -> Line:
    """Return keys side by side; muted words yield first, then whole entries from the right."""
    for kept in range(len(entries), 0, -1):
        for rest in (True, False):
            line = _drawn(entries[:kept], rest=rest)
            if width_of(line) <= room:
                return line
    return fit(_drawn(entries[:1], rest=False), room)


def _drawn(entries: Sequence[Entry], *, rest: bool) -> Line:
    line: Line = []
    for key, words, more in entries:
        if line:
            line.append(Piece("    "))
        first, then, second = key.partition(" then ")
        line += [Piece(first, "you", bold=True), Piece(then, "muted")]
        line += [Piece(second, "you", bold=True), Piece(f" {words}", "strong", bold=True)]
        line.append(Piece(more if rest else "", "muted"))
    return [piece for piece in line if piece.text]
