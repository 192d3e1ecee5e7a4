"""The sheet of a checkpoint: the agent is asked, its notes are looked at, what is ticked committed."""

from __future__ import annotations

import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from clearhead.core.acting.action import Verb
from clearhead.core.agents.base import State
from clearhead.tui.screens.checkpoint import CheckpointScreen
from clearhead.tui.screens.supervise import SuperviseScreen

from ..helpers import until_async
from .compact_world import NOTES, Way, World, put_up, way_into
from .stage import key, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

GOOD = NOTES.replace("## Failed", "## Completed\n- [x] The list (tests/test_list.py)\n\n## Failed")
NEWER = GOOD.replace("Half way.", "Nearly there.")
BOTH = pytest.mark.parametrize("size", [(120, 36), (80, 24)])


def git(root: Path, *words: str) -> str:
    command = ["git", "-C", str(root), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Repository(World):
    """The app on a session in a repository with changes."""

    def __init__(self, pilot: Any, way: Way, root: Path) -> None:
        super().__init__(pilot, way)
        self.root = root

    def git(self, *words: str) -> str:
        return git(self.root, *words)

    async def ask(self, notes: str = NEWER) -> None:
        """Open the sheet and let the agent write these notes."""
        await self.press("k")
        await self.until("What the agent is asked", "Enter asks the agent")
        self.way.go_on.clear()
        await self.press("enter")
        await until_async(lambda: self.way.asked)
        (self.root / "claude-progress.md").write_text(notes)
        self.way.go_on.set()
        await self.until("What changed in the notes")
        await self.until("Enter commits")


@asynccontextmanager
async def world(folder: Path, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Repository]:
    stage, path = put_up(folder)
    root = folder / "dashboard"
    (root / "claude-progress.md").write_text(GOOD)
    (root / "list.loader.ts").write_text("one\n")
    for words in (
        ("init", "-qb", "main"),
        ("config", "user.name", "A"),
        ("config", "user.email", "a@b.c"),
        ("add", "."),
        ("commit", "-qm", "The list"),
    ):
        git(root, *words)
    (root / "list.loader.ts").write_text("two\n")
    (root / "new.ts").write_text("new\n")
    async with opened(stage, folder, size) as pilot:
        made = Repository(pilot, way_into(pilot.app, path), root)
        await made.until("118.2k")
        yield made


@BOTH
async def test_the_agent_is_asked_and_its_notes_are_committed(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with world(tmp_path, size) as it:
        await it.ask()
        await it.until("+ Nearly there.", "Commit 2 of 3 paths", "on main, the default branch")
        (asked,) = it.way.asked
        assert (asked.verb, asked.text[:38]) == (
            Verb.PROMPT,
            "Bring claude-progress.md up to date no",
        )
        assert it.git("log", "--format=%s").split("\n")[0] == "The list"
        await it.press("enter")
        await it.until("Committed.")
        assert it.git("log", "-1", "--format=%s").strip() == "Bring dashboard to a checkpoint"
        assert "session s1" in it.git("log", "-1", "--format=%B")
        assert "new.ts" in it.git("status", "--porcelain")
        await it.press("escape")
        assert isinstance(it.app.screen, SuperviseScreen)


async def test_what_is_ticked_and_said_decides(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.ask()
        await it.press("down", "down", "space", "up", "space")
        await it.until("Commit 2 of 3 paths")
        await it.press("e", "ctrl+end", *"By hand.", "escape", "enter")
        await it.until("Committed.")
        shown = it.git("show", "--name-only", "--format=%B")
        assert shown.split()[-2:] == ["claude-progress.md", "new.ts"]
        assert "By hand." in shown


async def test_nothing_need_be_committed(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.ask(GOOD)
        await it.until("Nothing has changed in them.")
        await it.press("n")
        await it.until("nothing was committed")
        assert it.git("log", "--format=%s").split() == ["The", "list"]


async def test_notes_with_errors_want_a_second_look(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.ask(NOTES)
        await it.until("× error: No section says what is done.")
        await it.press("enter")
        await it.until("Look first: the notes have errors.")
        assert it.git("log", "-1", "--format=%s").strip() == "The list"
        await it.press("enter")
        await it.until("Committed.")


async def test_a_hook_that_says_no_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        hook = it.root / ".git/hooks/pre-commit"
        hook.write_text("#!/bin/sh\necho 'not on a Saturday' >&2\nexit 1\n")
        hook.chmod(0o755)
        await it.ask()
        await it.until("hooks that run: pre-commit", "A hook is newer than this session")
        await it.press("enter", "enter")
        await it.until("git refused the commit", "not on a Saturday")


async def test_a_busy_session_is_asked_when_its_turn_ends(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        it.way.becomes(State.BUSY)
        await it.press("k")
        await it.until("Enter arms this")
        await it.press("enter")
        await until_async(lambda: isinstance(it.app.screen, SuperviseScreen))
        assert it.way.asked == []
        assert it.app.bridge.acting.arming.armed(key("s1")).name == "checkpoint"
        it.way.becomes(State.IDLE)
        await it.until("k goes on with it")
        assert [asked.verb for asked in it.way.asked] == [Verb.PROMPT]
        await it.press("k")
        await it.until("Nothing has changed in them.", "Enter commits 1 path")


async def test_a_checkpoint_goes_on_while_its_sheet_is_closed(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        await it.press("k")
        await it.until("Enter asks the agent")
        it.way.go_on.clear()
        await it.press("enter")
        await it.until("asking for the notes 0:0")
        await it.press("escape")
        await it.press("k")
        await it.until("asking for the notes 0:0", "you can come back")
        await it.press("escape")
        (it.root / "claude-progress.md").write_text(NEWER)
        it.way.go_on.set()
        await it.until("the notes are up to date, nothing is committed. k goes on with it.")
        await it.press("k")
        await it.until("+ Nearly there.", "Enter commits 2 paths")
        await it.press("enter")
        await it.until("Committed.")
        assert len(it.way.asked) == 1
        await it.press("escape", "k")
        await it.until("What the agent is asked", "Enter asks the agent")


async def test_without_notes_there_is_nothing_to_bring_up_to_date(tmp_path: Path) -> None:
    async with world(tmp_path) as it:
        (it.root / "claude-progress.md").unlink()
        await it.press("k")
        await it.until("There are no notes", "clearhead init")
        await it.press("enter")
        assert it.way.asked == []
        assert isinstance(it.app.screen, CheckpointScreen)


@BOTH
async def test_where_nothing_leads_in_the_person_pastes_the_request(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with world(tmp_path, size) as it:
        it.way.can = {**it.way.can, Verb.PROMPT: "Nothing leads in."}
        await it.press("k")
        await it.until("Enter asks the agent")
        await it.press("enter")
        await it.until("BY HAND", "copied", "you can come back")
        assert "Bring claude-progress.md up to date" in it.app.clipboard
        assert it.text.count("Paste this into Codex") == 1
