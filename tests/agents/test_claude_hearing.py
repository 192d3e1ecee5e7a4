"""What watched sessions ask for through their hook, and the answers to it."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.acting.channel import Channel, Reach
from clearhead.core.acting.service import Acting
from clearhead.core.agents.base import Sighting, State
from clearhead.core.agents.claude import mailbox
from clearhead.core.agents.claude.hearing import Hearing
from clearhead.core.agents.claude.hooks import apply, plan_install, plan_remove
from clearhead.core.paths import make_runtime_folder, runtime_folder

from ..helpers import until_async
from .test_claude_mailbox import ask, no_agent, said_by  # noqa: F401 - fixtures

SESSION = "0be0637b-ca86-4329-a67f-7c1ffc0d794a"
KEY = ("claude", SESSION)


def sighting() -> Sighting:
    return Sighting("claude", SESSION, pid=os.getpid(), state=State.WAITING)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "claude"
    (folder / "sessions").mkdir(parents=True)
    make_runtime_folder()
    apply(plan_install(folder / "settings.json"))
    registered(folder, "waiting", 1_000)
    return folder


def registered(folder: Path, status: str, at: int) -> None:
    """Let the client's registry say this; the test process stands for the client."""
    from clearhead.core.agents.processes import process

    me = process(os.getpid())
    assert me is not None
    told = {
        "pid": os.getpid(),
        "sessionId": SESSION,
        "cwd": "/repo",
        "procStart": me.start,
        "status": status,
        "statusUpdatedAt": at,
        "waitingFor": "permission prompt",
    }
    (folder / "sessions" / f"{os.getpid()}.json").write_text(json.dumps(told))


@asynccontextmanager
async def acting(folder: Path, tmp_path: Path) -> AsyncIterator[Acting]:
    service = Acting(tmp_path / "state", {"claude": [folder]})
    await service.hear([sighting()])
    try:
        yield service
    finally:
        await service.close()


async def test_a_watched_session_asks_and_is_answered(folder: Path, tmp_path: Path, ask) -> None:  # noqa: F811
    async with acting(folder, tmp_path) as service:
        assert service.live(KEY) is None
        hook = ask()
        await until_async(lambda: service.live(KEY), what="the request")
        live = service.live(KEY)
        assert live is not None
        (request,) = live.requests
        assert request.text == "rm -rf build"
        assert service.reach(KEY) is Reach.WATCHED
        assert service.capabilities(KEY)[Verb.APPROVE] is None
        assert service.capabilities(KEY)[Verb.PROMPT]
        answer = asyncio.create_task(
            service.act(KEY, action(Verb.DENY, "Not here.", request=request.id))
        )
        status, out, _ = await asyncio.to_thread(said_by, hook)
        registered(folder, "busy", 2_000)
        result = await answer
        assert result.outcome is Outcome.CONFIRMED
        assert (status, b"Not here." in out) == (0, True)
        await until_async(lambda: service.live(KEY) is None, what="the end of asking")


async def test_an_answer_that_changes_nothing_is_unknown(folder: Path, tmp_path: Path, ask) -> None:  # noqa: F811
    async with acting(folder, tmp_path) as service:
        ask()
        await until_async(lambda: service.live(KEY), what="the request")
        live = service.live(KEY)
        assert live is not None
        wanted = action(Verb.APPROVE, request=live.requests[0].id)

        result = await service.act(KEY, replace(wanted, limit=0.3))
        assert result.outcome is Outcome.UNKNOWN
        again = await service.act(KEY, replace(wanted, limit=0.3))
        assert again.outcome is Outcome.REFUSED


async def test_nothing_is_listened_to_without_the_hook(folder: Path, tmp_path: Path) -> None:
    apply(plan_remove(folder / "settings.json"))
    async with acting(folder, tmp_path):
        assert not list(runtime_folder().glob("listening/*/*"))


async def test_it_listens_while_it_is_open_and_no_longer(folder: Path, tmp_path: Path) -> None:
    async with acting(folder, tmp_path) as service:
        (listener,) = runtime_folder().glob("listening/*/*")
        assert (listener.parent.name, listener.name) == (SESSION, str(os.getpid()))
        await service.hear([])
        assert not list(runtime_folder().glob("listening/*/*"))
        await service.hear([sighting()])
        assert list(runtime_folder().glob("listening/*/*"))
    assert not list(runtime_folder().glob("listening/*/*"))


def test_two_mailboxes_of_one_process_do_not_silence_each_other() -> None:
    one, other = mailbox.Mailbox(), mailbox.Mailbox()
    one.listen(SESSION)
    other.listen(SESSION)
    one.close()
    assert list(runtime_folder().glob("listening/*/*"))
    other.close()
    assert not list(runtime_folder().glob("listening/*/*"))


async def test_what_was_answered_in_the_terminal_is_asked_no_more(
    folder: Path,
    ask,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailbox, "REGISTERED", 0.1)
    registered(folder, "busy", round(time.time() * 1000) - 500)
    told: list[tuple[str, Channel | None]] = []
    hearing = Hearing([folder], lambda session, channel: told.append((session, channel)))
    await hearing.hear([sighting()])
    ask()
    await until_async(lambda: told, what="the request")
    await asyncio.sleep(0.3)
    assert len(told) == 1
    registered(folder, "busy", round(time.time() * 1000) + 1)
    await until_async(lambda: len(told) == 2, what="the end of asking", within=5)
    assert told[1] == (SESSION, None)
    hearing.close()
