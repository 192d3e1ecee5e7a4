"""Where real files lie that are not part of the project: the folder that CORPUS names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def real_progress_files() -> list[Path]:
    """Return the real progress files in `progress-files`, within CORPUS or beside it.

    The test is skipped where CORPUS is not set; a folder without them fails it.
    """
    corpus = os.environ.get("CORPUS")
    if not corpus:
        pytest.skip("CORPUS names no folder of real files")
    for folder in (Path(corpus), Path(corpus).parent):
        if files := sorted((folder / "progress-files").glob("*")):
            return [file for file in files if file.name != "SOURCES.md"]
    raise AssertionError(f"no progress-files within {corpus} or beside it")
