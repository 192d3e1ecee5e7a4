"""Say why a folder cannot be looked into: no sessions and unseen sessions are different facts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..problems import Report, Unreadable

REMEDY = "The other folders are shown. Check what it is and who may read it."


def refusals(folders: Iterable[Path]) -> Iterator[Report]:
    """Yield a report for each folder that is there and cannot be listed."""
    for folder in folders:
        try:
            os.scandir(folder).close()
        except FileNotFoundError:
            continue
        except OSError as error:
            yield refused(folder, error)


def refused(folder: Path, error: OSError) -> Report:
    """Return the report that a folder could not be listed."""
    return Unreadable(f"{folder}: {error.strerror}.", remedy=REMEDY).report()
