"""Did the fresh session take up its brief? Its transcript tells, point by point. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ..items import Flag, Kind
from ..likeness import ALIKE, coverage
from .brief import Brief

LONGEST = 120
"""Characters of evidence that are shown."""

_SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n+")
_LOG = re.compile(r"\bgit\b[^|;&\n]*\blog\b")


class Point(StrEnum):
    """What a fresh session should have done."""

    MAP = "map read"
    NOTES = "notes read"
    LOG = "log read"
    NEXT = "next step named"


class Line(msgspec.Struct, frozen=True):
    """One line of the fresh transcript: `text` is the whole call, result or speech."""

    kind: Kind
    text: str
    flags: Flag = Flag(0)
    failed: bool = False


class Check(msgspec.Struct, frozen=True):
    """One point: whether it was done, what shows it, and what to say where it was not."""

    point: Point
    done: bool
    evidence: str
    again: str = ""


def check(brief: Brief, lines: Sequence[Line]) -> tuple[Check, ...]:
    """Return what was asked of the fresh session, point by point, and nothing else."""
    calls = [line for line in lines if line.kind is Kind.TOOL_CALL and not line.failed]
    said = [line.text for line in lines if line.kind is Kind.SAID]
    checks = [_read(Point.MAP, name, calls) for name in brief.maps]
    if brief.notes:
        checks.append(_read(Point.NOTES, brief.notes, calls))
    if brief.log:
        checks.append(_log(calls))
    if brief.next_step:
        checks.append(_next(brief.next_step, said))
    return tuple(checks)


def missed(checks: Sequence[Check]) -> str:
    """Return the prompt that asks for what was missed; "" when nothing was."""
    asked = [check.again for check in checks if not check.done]
    return "\n".join(("Before you go on:", *(f"- {line}" for line in asked))) if asked else ""


def _read(point: Point, name: str, calls: Sequence[Line]) -> Check:
    named = re.compile(rf"(?<![\w.-]){re.escape(name.rpartition('/')[2])}(?![\w-]|\.\w)")
    call = next((c for c in calls if named.search(c.text) and not c.flags & Flag.EDIT), None)
    if call is None:
        return Check(point, False, f"no call reads {name}", f"Read {name}, all of it.")
    return Check(point, True, _named(call))


def _log(calls: Sequence[Line]) -> Check:
    call = next((call for call in calls if _LOG.search(call.text)), None)
    if call is None:
        return Check(Point.LOG, False, "no call runs git log", "Run `git log --oneline -10`.")
    return Check(Point.LOG, True, _named(call))


def _next(step: str, said: Sequence[str]) -> Check:
    """Compare what was said, a sentence and the one after it at a time, with the notes' step."""
    pieces = [piece for text in said for piece in _SENTENCE.split(text) if piece.strip()]
    pairs = [f"{a} {b}" for a, b in zip(pieces, [*pieces[1:], ""], strict=False)]
    best = max(pairs, key=lambda pair: coverage(step, pair), default="")
    again = f"Say in one sentence which next step the notes name. They say: {step}"
    if coverage(step, best) >= ALIKE:
        return Check(Point.NEXT, True, _short(best))
    words = f"nearest: {_short(best)}" if best else "nothing was said"
    return Check(Point.NEXT, False, words, again)


def _named(call: Line) -> str:
    """Return a call as the transcript names it: its first line."""
    return _short(call.text.partition("\n")[0])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
