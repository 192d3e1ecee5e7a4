"""What a person is told once on this machine, and not again."""

from __future__ import annotations

import os
from contextlib import suppress

from ..core.paths import make_folder, state_folder
from ..core.storage import PRIVATE

FOLDER = "told"


def once(name: str) -> bool:
    """Say whether `name` is to be told now: the first time; where that cannot be kept, always."""
    with suppress(OSError):
        path = make_folder(state_folder() / FOLDER) / name
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        except FileExistsError:
            return False
    return True
