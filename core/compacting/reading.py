"""What the transcript tells for a compaction: the goal, the files in play, the summary."""

from __future__ import annotations

import msgspec

from ..items import Flag, Kind
from ..snapshot import Compaction
from ..text import CUT
from ..thread import Thread

LATELY = 120
"""Tool calls, from the end, whose files count as in play."""

FILES = 8
"""How many files are named: those that were edited first, then those that were read."""

READS = frozenset({"Read", "NotebookRead", "read_file"})
"""Names of the tools that read one file and show its path."""

NEAR = 40
"""Items after the mark of a compaction among which its summary stands."""

_OURS = "You continue a task in "
"""How our own brief begins: it is no goal."""


class Summary(msgspec.Struct, frozen=True):
    """One compaction and its summary, whole; `text` is "" where the agent wrote none."""

    compaction: Compaction
    text: str = ""


def goal_of(thread: Thread) -> str:
    """Return what the person asked for at first; "" where that is not read, or says nothing."""
    for item in thread.prompts[:3] if thread.whole else ():
        said = thread.body(item).text or thread.items.head(item)
        if said.strip() and not said.startswith(("/", _OURS)):
            return said
    return ""


def files_in_play(thread: Thread, stop: int | None = None) -> tuple[str, ...]:
    """Return the files that were edited and read lately, the newest first, edits before reads.

    `stop` is the item before which that is asked: a compaction knows nothing of later files.
    """
    edited: dict[str, None] = {}
    read: dict[str, None] = {}
    items = thread.items
    for call in reversed(thread.calls(0, stop)[-LATELY:]):
        if thread.failed(call):
            continue
        if items.flags(call) & Flag.EDIT:
            edited |= dict.fromkeys(_paths(items.head(call)))
        elif items.name(call) in READS:
            read |= dict.fromkeys(_paths(items.head(call)))
    return tuple({**edited, **read})[:FILES]


def summary_of(thread: Thread, compaction: Compaction) -> Summary:
    """Return the summary that a compaction wrote, wherever its agent puts it.

    Claude Code writes it into a record of its own after the mark, the others into the mark.
    """
    stop = min(thread.stop, compaction.item + 1 + NEAR)
    own = thread.items.of_kind(Kind.SUMMARY, compaction.item, stop, without=Flag.SIDECHAIN)
    if own:
        return Summary(compaction, thread.body(own[0]).text)
    body = thread.body(compaction.item)
    told = body.language == "markdown"
    return Summary(compaction, body.text if told else "")


def _paths(head: str) -> list[str]:
    """Return the paths that a call's head names, without one that was cut."""
    return [name for part in head.split(", ") if (name := part.strip()) and CUT not in name]
