"""The peer that opens the same file in the same run: toolong, a viewer of large log files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOLONG = "toolong==1.5.0"


class NoPeer(Exception):
    """The peer could not be installed; says why in a few words."""


def toolong(folder: Path) -> str:
    """Return the peer's program, installed into `folder` of its own unless it is there.

    Raises:
        NoPeer: There is no network, or the package index does not have it.
    """
    place = folder / TOOLONG.replace("==", "-")
    program = place / "bin" / "tl"
    if not program.exists():
        print(f"installing {TOOLONG} into {place}")
        _run(sys.executable, "-m", "venv", str(place))
        _run(str(place / "bin" / "python"), "-m", "pip", "install", "--quiet", TOOLONG)
    return str(program)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or ["no reason given"]
        raise NoPeer(f"not installed: {lines[-1][:80]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPeer(f"not installed: {error}") from error
