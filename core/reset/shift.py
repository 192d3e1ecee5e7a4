"""The shift report: one page of Markdown for the person who takes over. Pure."""

from __future__ import annotations

import time

import msgspec

from ..progress import Topic
from ..progress_entries import entries, is_empty
from ..secrets import MASKED, find_secrets, mask


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What the report is made of. Times are epoch seconds; unknown is `None`.

    `runs` says in words what the session does, `waits` what it waits for. `watch` are things to
    keep an eye on: problems, symptoms, the zone.
    """

    project: str
    agent: str
    session_id: str
    since: float | None
    now: float
    runs: str
    waits: str = ""
    branch: str | None = None
    commit: str | None = None
    dirty: int | None = None
    fill: str = "unknown"
    zone: str = ""
    spent: str = "unknown"
    last_said: str = ""
    watch: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()


def report(shift: Shift, notes_text: str) -> str:
    """Return the report; secrets are masked, and named at its end."""
    rows = "\n".join(
        (
            f"# {shift.project}: shift report",
            "",
            f"{_when(shift.now)} · {shift.agent} `{shift.session_id}`",
            "",
            *_section("What runs", _runs(shift)),
            *_section("What waits for you", [shift.waits] if shift.waits else ["Nothing."]),
            *_section("Spent", [f"{shift.spent} since {_when(shift.since)}"]),
            *_section("What to watch", list(shift.watch) or ["Nothing stands out."]),
            *_section("Next step", _of(notes_text, Topic.NEXT)),
            *_section("Failed approaches, do not retry", _of(notes_text, Topic.FAILED)),
            *_section("Newest commits", list(shift.commits) or ["None."]),
        )
    )
    return mask(rows).rstrip() + "\n" + _masked(rows)


def _runs(shift: Shift) -> list[str]:
    where = [f"branch {shift.branch}" if shift.branch else "", f"at {(shift.commit or '')[:9]}"]
    if shift.dirty is not None:
        where.append(f"{shift.dirty} changed paths")
    said = [f"Last words: {shift.last_said}"] if shift.last_said else []
    context = f"Context: {shift.fill}" + (f", {shift.zone}" if shift.zone else "")
    return [shift.runs, ", ".join(part for part in where if part != "at "), context, *said]


def _of(notes_text: str, topic: Topic) -> list[str]:
    found = [entry.text for entry in entries(notes_text, topic) if not is_empty(entry.text)]
    return found or ["The notes name none."]


def _section(title: str, lines: list[str]) -> list[str]:
    return [f"## {title}", "", *(f"- {' '.join(line.split())}" for line in lines if line), ""]


def _when(at: float | None) -> str:
    return "an unknown time" if at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _masked(rows: str) -> str:
    kinds = sorted({secret.kind for secret in find_secrets(rows)})
    if not kinds:
        return ""
    return f"\n{MASKED} {', '.join(kinds)}. Other secrets may have been missed.\n"
