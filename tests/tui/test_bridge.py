"""The crossing: one look for each frame, money and git in the background, problems as values."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.app import App

from clearhead.core.config import Settings, default_settings
from clearhead.core.supervisor import RESCAN, Supervisor
from clearhead.tui.bridge import FRAME, Bridge
from clearhead.tui.messages import SessionChanged, SessionsChanged, SessionSucceeded

from ..helpers import until_async
from .stage import Stage, key, opened, said, used


class Inbox(App[None]):
    """Keeps what is posted to it."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[object] = []

    def post_message(self, message: object) -> bool:  # type: ignore[override]
        """Keep our messages; Textual's own are none of this test's."""
        if isinstance(message, SessionChanged | SessionsChanged | SessionSucceeded):
            self.got.append(message)
        return True


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder, as a person does in another terminal."""
    environment = {"HOME": str(folder.parent), "PATH": os.environ["PATH"]}
    subprocess.run(["git", "-C", folder, *arguments], check=True, env=environment)


def repository(folder: Path) -> Path:
    """Make an empty repository on the branch `trunk`."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    return folder


class World:
    """A stage, a supervisor that does not run, and a bridge."""

    def __init__(self, tmp_path: Path, settings: Settings | None = None) -> None:
        self.stage = Stage(tmp_path / "codex")
        self.inbox = Inbox()
        self.supervisor = Supervisor([self.stage], tmp_path / "cache")
        settings = settings or default_settings()
        self.bridge = Bridge(self.inbox, self.supervisor, settings, tmp_path / "state")
        self.supervisor.listen(self.bridge.changed)

    def read(self) -> None:
        self.supervisor.discover_now()
        for found in self.supervisor.keys:
            self.supervisor.open_now(found)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_many_changes_within_a_frame_are_one_message(world: World):
    world.stage.put("one", said("Hello."))
    world.read()
    for _ in range(50):
        world.bridge.changed(key("one"))
        world.bridge.changed(None)
    assert not world.inbox.got
    await until_async(lambda: len(world.inbox.got) >= 2)
    kinds = [type(message) for message in world.inbox.got]
    assert kinds.count(SessionsChanged) == 1
    assert kinds.count(SessionChanged) <= 2, "one at once, one when money and git are known"


async def test_money_and_git_come_later_and_nothing_is_posted_twice(world: World, tmp_path: Path):
    repo = repository(tmp_path / "shop")
    (repo / "new.py").touch()
    world.stage.put("one", used(9_000), cwd=str(repo), branch="")
    world.read()
    first = world.bridge.look(key("one"))
    assert first is not None
    assert (first.repo, first.costs) == (None, None)
    world.bridge.work_out(key("one"))
    await until_async(lambda: world.inbox.got)
    look = world.inbox.got[-1].look
    assert (look.branch, look.repo.dirty) == ("trunk", 1)
    assert look.costs is not None
    await until_async(lambda: not world.bridge._working)
    world.bridge.work_out(key("one"))
    await until_async(lambda: not world.bridge._working)
    assert len(world.inbox.got) == 1


def quick() -> Settings:
    """Settings with which git may be asked every second."""
    return replace(default_settings(), git_seconds=1.0)


async def test_git_is_asked_again_a_little_later_when_it_had_just_been(tmp_path: Path):
    world = World(tmp_path, quick())
    repo = repository(tmp_path / "shop")
    world.stage.put("one", used(9_000), cwd=str(repo))
    world.read()
    world.bridge.work_out(key("one"))
    await until_async(lambda: world.inbox.got and not world.bridge._working)
    (repo / "new.py").touch()
    world.bridge.work_out(key("one"))
    await until_async(lambda: world.inbox.got[-1].look.repo.dirty == 1)


async def test_a_commit_in_another_terminal_is_seen_soon(tmp_path: Path):
    world = World(tmp_path, quick())
    repo = repository(tmp_path / "shop")
    (repo / "new.py").touch()
    world.stage.put("one", used(9_000), cwd=str(repo))
    world.read()

    def dirty() -> int | None:
        look = world.bridge.look(key("one"))
        return look.repo.dirty if look and look.repo else None

    running = asyncio.create_task(world.supervisor.run())
    world.bridge.work_out(key("one"))
    await until_async(lambda: dirty() == 1)
    await until_async(
        lambda: world.supervisor._watched and repo / ".git" in world.supervisor._watched[0]
    )
    await asyncio.sleep(0.5)
    git(repo, "add", "new.py")
    git(repo, "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "new")
    await until_async(lambda: dirty() == 0, within=RESCAN / 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_broken_repository_is_a_problem_and_money_still_comes(world: World, tmp_path: Path):
    repo = tmp_path / "shop"
    (repo / ".git").mkdir(parents=True)
    (repo / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (repo / ".git" / "config").write_text("[core\n")
    (repo / ".git" / "objects").mkdir()
    (repo / ".git" / "refs").mkdir()
    world.stage.put("one", used(9_000), cwd=str(repo))
    world.read()
    world.bridge.work_out(key("one"))
    await until_async(lambda: world.inbox.got and not world.bridge._working)
    assert world.inbox.got[-1].look.costs is not None
    (problem,) = world.bridge.problems()
    assert "config" in problem.detail


async def test_a_succession_is_told_once(world: World):
    world.stage.put("one", said("Old."), pid=7)
    world.read()
    world.stage.put("one", said("Old."), pid=None)
    world.stage.put("two", said("New."), pid=7)
    world.read()
    for _ in range(2):
        world.bridge.changed(None)
        await until_async(lambda: world.bridge._due is None)
    told = [message for message in world.inbox.got if isinstance(message, SessionSucceeded)]
    assert told == [SessionSucceeded(key("one"), key("two"))]


async def test_an_end_in_the_middle_of_a_reading_is_no_complaint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session goes on changing while the app ends: nothing is read any more, nothing is logged."""
    complaints: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(str(context)))
    stage, reading, go_on = Stage(tmp_path / "codex"), threading.Event(), threading.Event()
    path = stage.put("one", said("Hello."))

    def read(*_: object) -> None:
        reading.set()
        go_on.wait(20)

    async with opened(stage, tmp_path) as pilot:
        bridge, before = pilot.app.bridge, pilot.app.bridge.supervisor.seen(key("one"))
        monkeypatch.setattr(bridge, "_read", read)
        with path.open("ab") as file:
            file.write(said("On it."))
        await until_async(reading.is_set)
        await until_async(lambda: bridge.supervisor.seen(key("one")) != before)
        with path.open("ab") as file:
            file.write(said("And on."))
        now = bridge.supervisor.seen(key("one"))
        await until_async(lambda: bridge.supervisor.seen(key("one")) != now)
    go_on.set()
    await until_async(lambda: not bridge._tasks)
    bridge.changed(key("one"))
    await asyncio.sleep(2 * FRAME)
    gc.collect()
    assert not complaints
    assert not bridge._tasks
