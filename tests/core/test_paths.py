"""Folders are asked for freely, made late and for one person only."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from clearhead.core import paths
from clearhead.core.paths import (
    UnsafeFolder,
    cache_folder,
    config_folder,
    make_folder,
    make_runtime_folder,
    runtime_folder,
    state_folder,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("XDG_CONFIG_HOME", config_folder),
        ("XDG_STATE_HOME", state_folder),
        ("XDG_CACHE_HOME", cache_folder),
        ("XDG_RUNTIME_DIR", runtime_folder),
    ],
)
def test_the_variables_of_the_standard_are_respected(variable, folder, tmp_path, monkeypatch):
    monkeypatch.setenv(variable, str(tmp_path))
    assert folder() == tmp_path / "clearhead"


def test_asking_for_folders_makes_none(home):
    for folder in (config_folder(), state_folder(), cache_folder()):
        assert folder.is_relative_to(home)
    assert [path.name for path in home.iterdir()] == [".runtime"]
    assert not runtime_folder().exists()


def test_a_new_folder_and_what_is_missing_above_it_are_private(tmp_path):
    deep = make_folder(tmp_path / "a" / "b")
    assert mode(deep) == mode(deep.parent) == 0o700


def test_a_folder_that_is_there_keeps_its_mode(tmp_path):
    tmp_path.chmod(0o755)
    make_folder(tmp_path)
    assert mode(tmp_path) == 0o755


def test_the_runtime_folder_is_made_private():
    assert mode(make_runtime_folder()) == 0o700


def test_without_a_runtime_folder_of_the_user_an_own_one_is_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    monkeypatch.setattr(paths.os, "getuid", lambda: 4_000_000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert runtime_folder() == tmp_path / "clearhead-4000000"


def test_a_runtime_folder_that_is_a_link_is_refused(tmp_path):
    tmp_path.chmod(0o700)
    runtime_folder().symlink_to(tmp_path)
    with pytest.raises(UnsafeFolder, match="symbolic link"):
        make_runtime_folder()


def test_a_runtime_folder_that_others_may_enter_is_refused():
    make_runtime_folder().chmod(0o750)
    with pytest.raises(UnsafeFolder, match="0750") as refusal:
        make_runtime_folder()
    assert str(runtime_folder()) in refusal.value.remedy


def test_a_runtime_folder_of_someone_else_is_refused(monkeypatch):
    owner = make_runtime_folder().stat().st_uid
    monkeypatch.setattr(paths.os, "getuid", lambda: owner + 1)
    with pytest.raises(UnsafeFolder, match=f"belongs to user {owner}"):
        make_runtime_folder()


def test_a_file_in_the_place_of_the_runtime_folder_is_a_problem():
    runtime_folder().write_text("")
    with pytest.raises(UnsafeFolder):
        make_runtime_folder()


def test_importing_paths_does_not_load_the_library_behind_them():
    script = "import sys, clearhead.core.paths; print('platformdirs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"False\n"
