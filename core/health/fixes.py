"""Mending what can be mended without asking what the person means. Pure."""

from __future__ import annotations

import msgspec

from ..progress import Topic
from ..progress_edit import archive, insert_missing, stamp
from ..progress_entries import entries, item_mark
from .finding import Facts, Fix


class Fixed(msgspec.Struct, frozen=True):
    """The text as it is mended; `aside` is what was moved out of it, for a side file."""

    text: str
    aside: str = ""


def apply(fix: Fix, text: str, facts: Facts) -> Fixed:
    """Return `text` with one fix; equal to it where there is nothing to mend."""
    match fix:
        case Fix.INSERT:
            return Fixed(insert_missing(text))
        case Fix.STAMP:
            told = {"branch": facts.branch, "commit": facts.commit, "tests": facts.tests}
            return Fixed(stamp(text, date=facts.date, **told))
        case Fix.ARCHIVE:
            return Fixed(*archive(text))
        case Fix.SPLIT:
            return Fixed(_split(text))


def side_name(name: str) -> str:
    """Return the name of the file that old sessions move to: `progress-archive.md`."""
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-archive.{suffix}" if dot and stem else f"{name}-archive"


def _split(text: str) -> str:
    """Write every one-line failed approach that gives a reason as "approach — why"."""
    lines = text.split("\n")
    for entry in entries(text, Topic.FAILED):
        mark = item_mark(lines[entry.start])
        if mark and entry.reason and entry.end == entry.start + 1:
            line = lines[entry.start]
            head = line[: len(line) - len(mark.rest)] if mark.rest else line
            lines[entry.start] = f"{head}{entry.approach} — {entry.reason}"
    return "\n".join(lines)
