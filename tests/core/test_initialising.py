"""Making a repository ready: planned, never overwriting, and only once."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from clearhead.core.initialising import BEGIN, END, Change, apply, plan
from clearhead.core.problems import NotSaved, Unreadable
from clearhead.core.progress import Topic, sections

NAME = "claude-progress.md"


def made(root: Path, *, feature_list: bool = False) -> list[str]:
    changes = plan(root, name=NAME, date="2026-11-23", feature_list=feature_list)
    for change in changes:
        apply(change)
    return [change.path.name for change in changes]


def test_an_empty_folder_gets_notes_and_words_for_agents(tmp_path: Path) -> None:
    assert made(tmp_path) == [NAME, "AGENTS.md"]
    topics = {section.topic for section in sections((tmp_path / NAME).read_text())}
    assert topics >= {Topic.STATUS, Topic.COMPLETED, Topic.FAILED, Topic.NEXT}
    words = (tmp_path / "AGENTS.md").read_text()
    for must in (NAME, "git log -20", "failed approaches", "its tests pass", BEGIN, END):
        assert must in words
    assert made(tmp_path) == []


def test_what_is_there_is_added_to_and_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "PROGRESS.md").write_text("mine\n")
    (tmp_path / "CLAUDE.md").write_bytes(b"\xef\xbb\xbf# Rules\r\n\r\nBe kind.\r\n")
    assert made(tmp_path) == ["CLAUDE.md"]
    content = (tmp_path / "CLAUDE.md").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf# Rules\r\n\r\nBe kind.\r\n\r\n" + BEGIN.encode())
    assert b"PROGRESS.md" in content
    assert content.count(b"\n") == content.count(b"\r\n")
    assert (tmp_path / "PROGRESS.md").read_text() == "mine\n"
    assert made(tmp_path) == []


def test_a_guide_that_imports_the_other_gets_no_words_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "CLAUDE.md").write_text("@AGENTS.md\n")
    (tmp_path / "AGENTS.md").write_text("# Rules\n")
    made(tmp_path)
    assert (tmp_path / "CLAUDE.md").read_text() == "@AGENTS.md\n"
    assert BEGIN in (tmp_path / "AGENTS.md").read_text()


def test_two_names_of_one_file_get_the_words_once(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("# Rules\n")
    (tmp_path / "CLAUDE.md").symlink_to("AGENTS.md")
    made(tmp_path)
    assert (tmp_path / "AGENTS.md").read_text().count(BEGIN) == 1
    assert (tmp_path / "CLAUDE.md").is_symlink()


def test_a_new_task_gets_a_feature_list_and_a_script_that_runs(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "go.mod").write_text("")
    assert made(tmp_path, feature_list=True) == [NAME, "AGENTS.md", "feature_list.json", "init.sh"]
    (feature,) = json.loads((tmp_path / "feature_list.json").read_text())
    assert feature["passes"] is False
    script = (tmp_path / "init.sh").read_text()
    assert "npm ci\ngo mod download\n" in script
    assert "npm install" not in script
    assert os.access(tmp_path / "init.sh", os.X_OK)
    assert subprocess.run(["sh", "-n", tmp_path / "init.sh"], check=False).returncode == 0
    assert made(tmp_path, feature_list=True) == []


def test_what_came_between_plan_and_change_stays(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("# Rules\n")
    notes, guide = plan(tmp_path, name=NAME, date="2026-11-23")
    (tmp_path / NAME).write_text("someone's\n")
    (tmp_path / "AGENTS.md").write_text("# Others\n")
    for change in (notes, guide):
        assert isinstance(change, Change)
        with pytest.raises(NotSaved):
            apply(change)
    assert (tmp_path / NAME).read_text() == "someone's\n"
    assert (tmp_path / "AGENTS.md").read_text() == "# Others\n"


def test_a_guide_that_is_no_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(Unreadable):
        plan(tmp_path, name=NAME, date="2026-11-23")
