"""Bad input gets a clear message and an exit status, never a traceback, and writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def clearhead(*arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the command without a terminal, as a script would."""
    return subprocess.run(
        [sys.executable, "-m", "clearhead.tui", *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **changes},
        check=False,
        timeout=60,
    )


def written(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


@pytest.fixture
def text_file(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_text("not a transcript\n")
    return path


@pytest.fixture
def binary_file(tmp_path: Path) -> Path:
    path = tmp_path / "picture.jsonl"
    path.write_bytes(bytes(range(256)) * 64)
    return path


CASES = [
    pytest.param(["show", "{tmp}"], 1, "folder", id="a-folder-as-file"),
    pytest.param(["show", "{tmp}/absent.jsonl"], 1, "no file", id="a-file-that-is-not-there"),
    pytest.param(["show", "{text}"], 1, "Not a transcript", id="a-text-file"),
    pytest.param(["show", "{binary}"], 1, "Not a transcript", id="binary"),
    pytest.param(["show", "{text}", "--agent", "nobody"], 2, "no agent", id="unknown-agent"),
    pytest.param(["show", "no-such-session"], 1, "no session", id="unknown-session"),
    pytest.param(["show"], 2, "SESSION|FILE", id="nothing-named"),
    pytest.param(["show", "--frobnicate", "x"], 2, "--frobnicate", id="unknown-option"),
    pytest.param(["show", "/dev/null"], 1, "regular file", id="a-device"),
    pytest.param(["hooks", "install", "--folder", "{tmp}/no"], 2, "no folder", id="hooks-nowhere"),
    pytest.param([], 1, "terminal", id="screen-without-terminal"),
    pytest.param(["demo"], 1, "terminal", id="demo-without-terminal"),
    pytest.param(["{text}"], 1, "terminal", id="file-without-terminal"),
]


@pytest.mark.parametrize(("arguments", "status", "words"), CASES)
def test_it_says_what_is_wrong_and_writes_nothing(
    arguments: list[str],
    status: int,
    words: str,
    home: Path,
    tmp_path: Path,
    text_file: Path,
    binary_file: Path,
) -> None:
    places = {"tmp": str(tmp_path), "text": str(text_file), "binary": str(binary_file)}
    done = clearhead(*(word.format(**places) for word in arguments))
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert written(home) == []


def test_a_transcript_that_may_not_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = tmp_path / "t.jsonl"
    path.write_text("{}\n")
    path.chmod(0)
    done = clearhead("show", path)
    assert (done.returncode, "Permission" in done.stderr) == (1, True)


def test_no_sessions_is_said_with_the_places_that_were_looked_in(home: Path) -> None:
    done = clearhead("sessions")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No sessions found" in done.stderr
    assert str(home / ".claude") in done.stderr
    assert written(home) == []


def test_no_sessions_is_an_empty_list_for_scripts() -> None:
    done = clearhead("sessions", "--json")
    assert (done.returncode, "".join(done.stdout.split())) == (1, '{"sessions":[]}')


def test_a_corrupt_registry_is_named_and_the_list_stands(home: Path) -> None:
    folder = home / ".claude" / "sessions"
    folder.mkdir(parents=True)
    for name, content in (("1.json", b""), ("2.json", b"{half"), ("3.json", b"\xff\xfe[]")):
        (folder / name).write_bytes(content)
    done = clearhead("sessions", "--json")
    assert done.returncode == 1
    assert "3.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert '"sessions": []' in done.stdout


@pytest.mark.parametrize("place", [".claude/projects", ".claude/sessions", ".codex/sessions"])
def test_a_folder_that_cannot_be_listed_is_named(home: Path, place: str) -> None:
    (home / place).parent.mkdir(parents=True)
    (home / place).write_text("a file where a folder should be")
    done = clearhead("sessions")
    assert done.returncode == 1
    assert f"{place}: Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_reported_and_the_command_goes_on(home: Path) -> None:
    folder = home / ".config" / "clearhead"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('them = "dark"\ngit_seconds = "often"\n')
    done = clearhead("sessions", "--json")
    assert done.returncode == 1
    assert "there is no such setting" in done.stderr
    assert "line 2" in done.stderr


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m clearhead.tui --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr
