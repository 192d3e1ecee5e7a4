"""Whether the welcome was shown on this machine before."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import msgspec

from ..core.paths import state_folder
from ..core.problems import NotSaved
from ..core.storage import Schema, read_state, write_private


class Welcomed(msgspec.Struct, frozen=True):
    """When the welcome was closed, in epoch seconds."""

    at: float


_SCHEMA = Schema(Welcomed)


def welcomed() -> bool:
    """Say whether the welcome was shown before; a damaged file counts as never."""
    return read_state(_place(), _SCHEMA.decode)[0] is not None


def remember_welcome() -> None:
    """Note that the welcome was shown; where that cannot be kept, it is shown again."""
    with suppress(NotSaved):
        write_private(_place(), _SCHEMA.encode(Welcomed(time.time())))


def _place() -> Path:
    return state_folder() / "welcomed.json"
