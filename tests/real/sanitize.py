"""Take out of a client's files what belongs to a machine or to the client's vendor.

What stays is as written: key order, missing keys, odd values, ids, times, counts.
"""

import json
import platform
import re
from collections.abc import Iterable
from typing import Any

from .lab import Lab

HOME = "/home/dev"
LONG = 300
"""Characters of a vendor's own text that are kept."""
MANY = 5
"""Entries of a vendor's own list that are kept."""

VENDORS_RECORDS = re.compile("api-request|attachment|session_meta|world_state|turn_context")
"""Types of records that carry instructions, tool schemas, skill lists."""

MACHINE_ID = re.compile(r"linux:[0-9a-f]{32}:pid:\[\d+\]")


class Sanitizer:
    """Knows the folders of one lab, and the names under which they may be shown."""

    def __init__(self, lab: Lab, url: str) -> None:
        folders = {
            str(lab.repo): f"{HOME}/project",
            str(lab.claude_config): f"{HOME}/.claude",
            str(lab.codex_home): f"{HOME}/.codex",
            str(lab.home): HOME,
            str(lab.temporary): "/tmp",
            str(lab.root): HOME,
        }
        slugs = {_slug(place): _slug(shown) for place, shown in folders.items()}
        self._shown = {**folders, **slugs, url: "http://127.0.0.1:8900"}
        self._names = {platform.release(): "6.1.0", platform.node(): "devbox"}

    def text(self, text: str) -> str:
        """The text with the places of a machine that is nobody's."""
        for place, shown in self._shown.items():
            text = text.replace(place, shown)
        for name, shown in self._names.items():
            text = re.sub(rf"\b{re.escape(name)}\b", shown, text)
        return MACHINE_ID.sub(f"linux:{'0' * 32}:pid:[4026531836]", text)

    def lines(self, lines: Iterable[str]) -> str:
        """The lines of a transcript, the vendor's long texts cut with a mark."""
        return "".join(self._line(line) for line in lines)

    def _line(self, line: str) -> str:
        record = json.loads(self.text(line))
        whole = VENDORS_RECORDS.search(record["type"]) is not None
        cut = _cut(record) if whole else _cut_instructions(record)
        return json.dumps(cut, ensure_ascii=False, separators=(",", ":")) + "\n"


def _slug(place: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]", "-", place)


def _cut_instructions(value: Any) -> Any:
    """The value with the messages cut that the vendor's own instructions stand in."""
    match value:
        case {"role": "developer"}:
            return _cut(value)
        case dict():
            return {key: _cut_instructions(part) for key, part in value.items()}
        case list():
            return [_cut_instructions(part) for part in value]
        case _:
            return value


def _cut(value: Any) -> Any:
    match value:
        case str() if len(value) > LONG:
            return f"{value[:LONG]}…[{len(value) - LONG} more characters taken out]"
        case dict():
            return {key: _cut(part) for key, part in value.items()}
        case list() if len(value) > MANY:
            return [*map(_cut, value[:MANY]), f"…[{len(value) - MANY} more entries taken out]"]
        case list():
            return [_cut(part) for part in value]
        case _:
            return value
