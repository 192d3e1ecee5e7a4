"""The files that come with clearhead: tables, templates, scripts for hooks."""

from pathlib import Path

_DATA = Path(__file__).parent / "data"


def packaged(name: str) -> Path:
    """Return where the file `name` lies in this installation.

    A wheel is unpacked where it is installed, so it is a plain file; `importlib.resources` takes a
    hundredth of the start for files in archives.
    """
    return _DATA / name
