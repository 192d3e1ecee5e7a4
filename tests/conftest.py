"""What every test stands on: a home that is thrown away, frozen time zone and locale."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOREIGN = (
    "ANTHROPIC_",
    "CLAUDE",
    "CLEARHEAD",
    "CODEX_",
    "GIT_",
    "LC_",
    "OPENAI_",
    "TEXTUAL",
    "TMUX",
    "XDG_",
)
"""Variables that would let a test see the person's own agents, repository or terminal."""


@pytest.fixture(autouse=True)
def home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give the test an empty home, and none of the person's own folders and settings."""
    home = tmp_path_factory.mktemp("home")
    runtime = home / ".runtime"
    runtime.mkdir(mode=0o700)
    for name in [*os.environ]:
        if name.startswith(FOREIGN) or name in {"COLUMNS", "LINES", "NO_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield home
    monkeypatch.undo()
    time.tzset()
