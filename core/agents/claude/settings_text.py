"""Edit the text of a JSON object so that every byte outside the edit stays as it is.

A settings file belongs to a person: its order, indentation and line ends are theirs. All
functions take text that `parse` accepted.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec

_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
EMPTY = "{\n}\n"


class Member(msgspec.Struct, frozen=True):
    """A member of an object: where its key begins, and where its value begins and ends."""

    key: str
    start: int
    value: int
    end: int


def parse(text: str) -> dict[str, Any]:
    """Return the object that `text` holds.

    Raises:
        ValueError: it is not JSON, or not an object; the message names the line.
    """
    found = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse)
    if not isinstance(found, dict):
        raise json.JSONDecodeError("Expecting an object in { }", text, 0)
    return found


def members(text: str, start: int | None = None) -> list[Member]:
    """Return what the object or list at `start` holds (default: the outermost object).

    Elements of a list have an empty key.
    """
    found: list[Member] = []
    at = _outermost(text) if start is None else start
    keyed = text[at] == "{"
    at = _past_blank(text, at + 1)
    while text[at] not in "]}":
        key, value = "", at
        if keyed:
            key, end = _DECODER.raw_decode(text, at)
            value = _past_blank(text, _past_blank(text, end) + 1)
        _, end = _DECODER.raw_decode(text, value)
        found.append(Member(key, at, value, end))
        at = _past_blank(text, end)
        if text[at] == ",":
            at = _past_blank(text, at + 1)
    return found


def member(text: str, key: str, start: int | None = None) -> Member | None:
    """Return the member `key`; of two with the same name the last one counts, as in JSON."""
    return next((one for one in reversed(members(text, start)) if one.key == key), None)


def with_member(text: str, key: str, value: Any, start: int | None = None) -> str:
    """Return `text` with a member added at the end of the object or list at `start`, in its style.

    The default is the outermost object. The key of an element of a list is empty.
    """
    known = members(text, start)
    opening = (_outermost(text) if start is None else start) + 1
    if not known:
        gap, closing = ("\n  ", "\n") if start is None else ("", "")
        written = _written(key, value, gap, gap)
        return f"{text[:opening]}{gap}{written}{closing}{text[_past_blank(text, opening) :]}"
    gap = text[opening : known[0].start]
    end = known[-1].end
    return f"{text[:end]},{gap}{_written(key, value, gap, _unit(text))}{text[end:]}"


def without_member(text: str, gone: Member, start: int | None = None) -> str:
    """Return `text` without a member of the object or list at `start`, its comma and its gap."""
    known = members(text, start)
    place = known.index(gone)
    if place > 0:
        return text[: known[place - 1].end] + text[gone.end :]
    if len(known) > 1:
        return text[: gone.start] + text[known[1].start :]
    opening = (_outermost(text) if start is None else start) + 1
    return text[:opening] + text[_past_blank(text, gone.end) :]


def _outermost(text: str) -> int:
    return _past_blank(text, 0)


def _unit(text: str) -> str:
    """Return the white space before the members of the outermost object: one step of indent."""
    first = members(text)[0].start
    return text[_outermost(text) + 1 : first]


def _written(key: str, value: Any, gap: str, unit: str) -> str:
    """Return the member as text; `gap` is the white space before each member around it."""
    line_end, newline, indent = gap.rpartition("\n")
    name = f"{json.dumps(key)}: " if key else ""
    if not newline:
        return f"{name}{json.dumps(value, ensure_ascii=False)}"
    newline = "\r\n" if line_end.endswith("\r") else "\n"
    step = unit.rpartition("\n")[2]
    lines = json.dumps(value, ensure_ascii=False, indent=step).split("\n")
    return f"{name}{(newline + indent).join(lines)}"


def _past_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder()
