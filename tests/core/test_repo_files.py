"""The files one may name to an agent: git's word in a repository, else what lies there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from clearhead.core import repo_files
from clearhead.core.repo_files import files_of


def put(folder: Path, *names: str) -> None:
    for name in names:
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("x")


def test_a_repository_names_what_is_not_ignored(tmp_path: Path) -> None:
    put(tmp_path, "src/a.py", "build/out.o", "b c.md", ".hidden")
    (tmp_path / ".gitignore").write_text("build/\n")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "src"], check=True)
    assert files_of(tmp_path) == (".gitignore", ".hidden", "b c.md", "src/a.py")
    assert files_of(tmp_path / "src") == ("a.py",)


def test_a_plain_folder_is_looked_through(tmp_path: Path) -> None:
    put(tmp_path, "src/a.py", "node_modules/x/index.js", ".venv/lib/y.py", "b.md")
    assert files_of(tmp_path) == ("b.md", "src/a.py")


def test_a_folder_that_is_gone_has_no_files(tmp_path: Path) -> None:
    assert files_of(tmp_path / "gone") == ()


def test_a_folder_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repo_files, "LOOKS", 10)
    for number in range(30):
        put(tmp_path, f"d{number:02}/a.py")
    assert len(files_of(tmp_path)) < 30
