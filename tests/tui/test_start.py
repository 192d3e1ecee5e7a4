"""Which session opens first, from real files in folders of the test."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.config import default_settings
from clearhead.core.problems import NotFound
from clearhead.tui.start import prepare, prepare_file

from .stage import Stage, key, said


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "codex")


def first(stage: Stage, folder: Path) -> object:
    return prepare([stage], default_settings(), folder).first


def test_a_live_session_of_the_folder_comes_before_a_later_ended_one(
    stage: Stage, tmp_path: Path
) -> None:
    here = str(tmp_path)
    stage.put("ended", cwd=here, pid=None, last_activity=9.0)
    stage.put("live", cwd=here, last_activity=1.0)
    stage.put("other", cwd="/elsewhere", last_activity=20.0)
    assert first(stage, tmp_path) == key("live")


def test_a_folder_inside_a_repository_stands_for_all_of_it(stage: Stage, tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    (repo / ".git").mkdir(parents=True)
    (repo / "src" / "deep").mkdir(parents=True)
    stage.put("top", cwd=str(repo))
    assert first(stage, repo / "src" / "deep") == key("top")
    stage.put("top", cwd=str(tmp_path / "repository-2"))
    assert first(stage, repo) is None, "a name that only begins alike is another folder"


def test_the_folder_of_an_ended_session_is_read_from_its_first_records(tmp_path: Path) -> None:
    home, here = tmp_path / "claude", tmp_path / "shop"
    here.mkdir()
    project = home / "projects" / "-w-shop"
    project.mkdir(parents=True)
    for number, cwd in enumerate((here, Path("/elsewhere"))):
        record = {
            "type": "user",
            "uuid": f"u{number}",
            "parentUuid": None,
            "sessionId": f"{number}",
            "cwd": str(cwd),
            "timestamp": "2026-07-01T10:00:00.000Z",
            "message": {"role": "user", "content": "Hello"},
        }
        path = project / f"0000000{number}-0000-4000-8000-000000000000.jsonl"
        path.write_text(json.dumps(record) + "\n")
        os.utime(path)
    start = prepare([ClaudeCode([home])], default_settings(), here)
    assert start.first == ("claude", "00000000-0000-4000-8000-000000000000")


def test_the_first_session_is_read_before_the_screen_is_there(stage: Stage, tmp_path: Path) -> None:
    stage.put("one", said("Hello."), cwd=str(tmp_path))
    start = prepare([stage], default_settings(), tmp_path)
    assert start.first is not None
    seen = start.supervisor.seen(start.first)
    assert seen is not None
    assert seen.snapshot.items_seen == 1


def test_a_missing_folder_is_a_clear_problem(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no folder"):
        prepare([stage], default_settings(), tmp_path / "gone")


def test_a_file_opens_by_itself(stage: Stage, tmp_path: Path) -> None:
    path = stage.put("one", said("Hello."), cwd="/w/app")
    shutil.copy(path, tmp_path / "copied.jsonl")
    from clearhead.tui.cli.which import of_file

    agent, sighting = of_file(tmp_path / "copied.jsonl", [stage])
    start = prepare_file(agent, sighting, [stage], default_settings())
    assert start.first == key("copied")
