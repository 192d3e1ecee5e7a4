"""`clearhead init`, `check` and `forget` in scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearhead.core.paths import state_folder
from clearhead.core.written import Written

GOOD = (Path(__file__).parent.parent / "data" / "health" / "good.md").read_text()


def clearhead(cwd: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clearhead.tui", *map(str, arguments)],
        cwd=cwd, env=dict(os.environ), capture_output=True, text=True,
        stdin=subprocess.DEVNULL, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "the shop"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def test_init_shows_and_makes_nothing_unasked(root: Path) -> None:
    done = clearhead(root, "init")
    assert done.returncode == 2
    assert "+++ claude-progress.md" in done.stdout
    assert "--yes" in done.stderr
    assert [place.name for place in root.iterdir()] == [".git"]


def test_init_makes_what_is_missing_once(root: Path) -> None:
    (root / "src").mkdir()
    done = clearhead(root / "src", "init", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    assert [Path(m["path"]).name for m in json.loads(done.stdout)["made"]] == [
        "claude-progress.md",
        "AGENTS.md",
    ]
    assert clearhead(root, "init").stdout == "Nothing to do.\n"
    assert clearhead(root, "init", root / "absent").returncode == 2


def test_check_finds_the_progress_file_and_ends_with_1_on_errors(root: Path) -> None:
    assert clearhead(root, "check").returncode == 1
    clearhead(root, "init", "--yes")
    done = clearhead(root / ".git" / "..", "check")
    assert done.returncode == 1
    assert "error section-empty" in done.stdout
    (root / "db").mkdir()
    (root / "db" / "schema.sql").touch()
    (root / "tests").mkdir()
    (root / "tests" / "refund.test.ts").touch()
    (root / "claude-progress.md").write_text(GOOD.replace("1a2b3c4", "later"))
    done = clearhead(root, "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("healthy\n")


def test_check_in_json_has_stable_keys(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("nothing\n")
    done = clearhead(tmp_path, "check", "notes.md", "--json")
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert set(answer) == {"file", "health", "findings", "unknown"}
    assert set(answer["findings"][0]) == {"code", "level", "line", "message", "remedy", "fix"}
    assert "repository" in answer["unknown"]


def test_check_mends_what_it_is_told_to_and_keeps_what_was_there(root: Path) -> None:
    notes = root / "notes.md"
    logs = "".join(f"## Session 2026-01-0{n}\nwork {n}\n" for n in range(1, 7))
    notes.write_text(GOOD + logs)
    asked = clearhead(root, "check", notes, "--fix", "archive")
    assert asked.returncode == 2
    assert "-work 1" in asked.stdout
    assert "work 1" in notes.read_text()
    done = clearhead(root, "check", notes, "--fix", "archive", "--fix", "stamp", "--yes")
    assert "sessions-many" not in done.stdout
    assert "work 1" in (root / "notes-archive.md").read_text()
    assert "work 1" not in notes.read_text()
    assert "branch m" in notes.read_text()
    assert clearhead(root, "check", notes, "--fix", "nothing").returncode == 2


def test_check_reads_feature_lists(tmp_path: Path) -> None:
    place = tmp_path / "feature_list.json"
    place.write_text('[{"description": "a", "passes": true}, {"passes": false}]')
    assert "1 of 2 features pass" in clearhead(tmp_path, "check", place).stdout
    for wrong in ("[{", '{"a": 1}'):
        place.write_text(wrong)
        done = clearhead(tmp_path, "check", place)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
    assert clearhead(tmp_path, "check", tmp_path / "no.json").returncode == 1
    assert clearhead(tmp_path, "check", tmp_path).returncode == 1


def test_forget_says_what_it_erases_and_asks(root: Path) -> None:
    assert clearhead(root, "forget").stdout == "Nothing is kept.\n"
    (root / "notes.md").write_text(GOOD)
    clearhead(root, "check", "notes.md")
    asked = clearhead(root, "forget", "--repo", ".")
    assert asked.returncode == 2
    assert "1 version of 1 file" in asked.stdout
    elsewhere = clearhead(root, "forget", "--repo", root / "src", "--yes")
    assert elsewhere.stdout == "Nothing is kept.\n"
    done = clearhead(root, "forget", "--yes", "--json")
    assert json.loads(done.stdout)["erased"]["versions"] == 1
    assert clearhead(root, "forget").stdout == "Nothing is kept.\n"
    assert (root / "notes.md").read_text() == GOOD


def test_forget_erases_what_was_written_to_agents(root: Path) -> None:
    written = Written(state_folder())
    written.remember(root, "a prompt")
    written.keep_draft(("claude", "one"), root / "src", "half a prompt")
    asked = clearhead(root, "forget", "--repo", ".")
    assert "This erases 2 messages to agents" in asked.stdout
    assert clearhead(root, "forget", "--repo", ".", "--yes").stdout.endswith("Done.\n")
    assert (written.sent(root), written.draft(("claude", "one"))) == ((), "")
