"""Finding sessions, following them, and saying when one has changed."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from clearhead.core.agents.base import Sighting, State
from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.followed import Followed
from clearhead.core.supervisor import RESCAN, Key, Supervisor

from ..helpers import until_async

DAY = "sessions/2026/07/01"
THREAD = "0199aaaa-0000-7000-8000-00000000000"


def line(kind: str, payload: dict[str, Any]) -> bytes:
    at = "2026-07-01T10:00:00.000Z"
    return json.dumps({"timestamp": at, "type": kind, "payload": payload}).encode() + b"\n"


def said(text: str) -> bytes:
    return line("event_msg", {"type": "agent_message", "message": text})


def thread(home: Path, number: int, *texts: str) -> Path:
    thread_id = f"{THREAD}{number}"
    path = home / DAY / f"rollout-2026-07-01T10-00-00-{thread_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    start = line("session_meta", {"id": thread_id, "cwd": "/w/app"})
    path.write_bytes(start + b"".join(said(text) for text in texts))
    return path


class Watch:
    """A supervisor at work and what it told."""

    def __init__(self, home: Path, cache: Path) -> None:
        self.told: list[Key | None] = []
        self.supervisor = Supervisor([Codex([home])], cache)
        self.supervisor.listen(self.told.append)

    def heads(self, key: Key) -> list[str]:
        seen = self.supervisor.seen(key)
        return [item.head for item in seen.view.items] if seen and seen.view else []


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "codex"


@pytest.fixture
async def watch(home: Path, tmp_path: Path) -> AsyncIterator[Watch]:
    thread(home, 1, "first")
    watching = Watch(home, tmp_path / "cache")
    task = asyncio.create_task(watching.supervisor.run())
    await until_async(lambda: watching.supervisor.keys, within=10)
    yield watching
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_session_is_found_and_read(watch: Watch) -> None:
    (key,) = watch.supervisor.keys
    await until_async(lambda: watch.heads(key) == ["first"])


async def test_a_line_that_is_added_arrives_and_is_told(watch: Watch, home: Path) -> None:
    (key,) = watch.supervisor.keys
    await until_async(lambda: watch.heads(key) == ["first"])
    await asyncio.sleep(0.3)
    seen = watch.supervisor.seen(key)
    assert seen is not None
    assert seen.sighting.path is not None
    with seen.sighting.path.open("ab") as file:
        file.write(said("second"))
    await until_async(lambda: watch.heads(key) == ["first", "second"], within=5)
    assert key in watch.told


async def test_a_new_session_shows_up_by_itself(watch: Watch, home: Path) -> None:
    await asyncio.sleep(0.3)
    thread(home, 2, "other")
    await until_async(lambda: len(watch.supervisor.keys) == 2, within=5)
    assert None in watch.told


async def test_it_ends_even_when_it_is_woken_in_the_same_moment(home: Path, tmp_path: Path) -> None:
    thread(home, 1, "first")
    for _ in range(5):
        supervisor = Supervisor([Codex([home])], tmp_path / "cache")
        task = asyncio.create_task(supervisor.run())
        await until_async(lambda s=supervisor: s.discoveries, within=10)
        await asyncio.sleep(0.3)
        supervisor._wake.set()
        task.cancel()
        _, running = await asyncio.wait({task}, timeout=5)
        assert not running


def test_a_transcript_that_cannot_be_read_is_news_once(tmp_path: Path) -> None:
    folder = tmp_path / "rollout.jsonl"
    folder.mkdir()
    followed = Followed(Codex([tmp_path]), Sighting("codex", "one", folder))
    assert followed.refresh(), "a problem is news"
    assert followed.report is not None
    assert not followed.refresh(), "the same problem is none"


async def test_a_long_session_is_read_from_its_end_then_whole(home: Path, tmp_path: Path) -> None:
    path = thread(home, 1, *(f"{n} " + "x" * 3000 for n in range(900)))
    supervisor = Supervisor([Codex([home])], tmp_path / "cache")
    supervisor.discover_now()
    (key,) = supervisor.keys
    supervisor.open_now(key)
    seen = supervisor.seen(key)
    assert seen is not None
    assert path.stat().st_size > 2 * 1024 * 1024
    assert not seen.snapshot.complete
    assert 0 < seen.snapshot.items_seen < 200
    task = asyncio.create_task(supervisor.run())

    def whole() -> bool:
        now = supervisor.seen(key)
        return now is not None and now.snapshot.complete and now.snapshot.items_seen == 900

    await until_async(whole, within=30)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    again = Supervisor([Codex([home])], tmp_path / "cache")
    again.discover_now()
    again.open_now(key)
    assert (tmp_path / "cache" / "checkpoints").is_dir()


async def test_what_a_subagent_spends_is_seen_soon_though_its_file_does_not_name_its_parent(
    watch: Watch, home: Path
) -> None:
    (key,) = watch.supervisor.keys

    def spent() -> int:
        seen = watch.supervisor.seen(key)
        return 0 if seen is None else seen.snapshot.subagent_tokens.input

    child = home / DAY / f"rollout-2026-07-01T10-00-01-{THREAD}2.jsonl"
    source = {"subagent": {"thread_spawn": {"parent_thread_id": key[1]}}}
    child.write_bytes(line("session_meta", {"id": f"{THREAD}2", "source": source}))
    for total in (100, 250):
        usage = {"input_tokens": total, "cached_input_tokens": 0, "output_tokens": 0}
        info = {"total_token_usage": usage, "last_token_usage": usage}
        with child.open("ab") as file:
            file.write(line("event_msg", {"type": "token_count", "info": info}))
        await until_async(lambda total=total: spent() == total, within=RESCAN / 3)


async def test_a_folder_that_appears_later_is_watched_from_then_on(
    home: Path, tmp_path: Path
) -> None:
    watch = Watch(home, tmp_path / "cache")
    task = asyncio.create_task(watch.supervisor.run())
    await until_async(lambda: None in watch.told)
    path = thread(home, 1, "first")
    await until_async(lambda: watch.supervisor.keys, within=5)
    (key,) = watch.supervisor.keys
    await until_async(lambda: watch.heads(key) == ["first"])
    with path.open("ab") as file:
        file.write(said("second"))
    await until_async(lambda: watch.heads(key) == ["first", "second"], within=5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_state_that_changes_alone_is_told_for_its_session(tmp_path: Path) -> None:
    registered = tmp_path / "sessions" / f"{os.getpid()}.json"
    registered.parent.mkdir()
    (tmp_path / "projects").mkdir()
    entry = {"sessionId": "one", "cwd": "/w/app", "startedAt": time.time() * 1000}
    registered.write_text(json.dumps({**entry, "status": "idle"}))
    supervisor, told = Supervisor([ClaudeCode([tmp_path])], tmp_path / "cache"), []
    supervisor.listen(told.append)
    task = asyncio.create_task(supervisor.run())
    await until_async(lambda: supervisor.keys)
    registered.write_text(json.dumps({**entry, "status": "busy"}))
    await until_async(lambda: ("claude", "one") in told)
    seen = supervisor.seen(("claude", "one"))
    assert seen is not None
    assert seen.sighting.state is State.BUSY
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_what_is_asked_after_the_end_is_cancelled(home: Path, tmp_path: Path) -> None:
    supervisor = Supervisor([Codex([home])], tmp_path / "cache")
    running = asyncio.create_task(supervisor.run())
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    asked = asyncio.create_task(supervisor.in_pool(lambda: 1))
    await asyncio.wait([asked])
    assert asked.cancelled()
