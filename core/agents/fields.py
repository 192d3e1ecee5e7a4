"""Read fields of untrusted JSON: the right type, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite
from typing import Any

_LARGEST = 2**53


def text(value: Any) -> str:
    """Return a string as it is, and "" for anything else."""
    return value if isinstance(value, str) else ""


def text_or_none(value: Any) -> str | None:
    """Return a non-empty string, else `None`."""
    return value if isinstance(value, str) and value else None


def mapping(value: Any) -> dict[str, Any]:
    """Return an object as it is, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return an array as it is, and an empty one for anything else."""
    return value if isinstance(value, list) else []


def count(value: Any) -> int | None:
    """Return a number of things as a whole, non-negative number, else `None`."""
    if type(value) is int:
        return value if 0 <= value < _LARGEST else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not isfinite(value) or not 0 <= value < _LARGEST:
        return None
    return int(value)


def number(value: Any) -> float | None:
    """Return a finite number, else `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def moment(value: Any) -> float | None:
    """Return the epoch seconds of an ISO 8601 time stamp, else `None`."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
