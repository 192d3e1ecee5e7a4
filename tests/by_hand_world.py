"""Claude Code in a plain terminal, as its files tell of it; the test plays its person."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clearhead.core.agents import processes
from clearhead.core.agents.base import Sighting
from clearhead.core.agents.registry import agent_named
from tests.agents.claude_lines import Chat, said


class World:
    """Claude Code in a plain terminal, as its files tell of it; the test is its person."""

    def __init__(self, folder: Path, client: subprocess.Popen[bytes]) -> None:
        self.folder, self.client, self.pid = folder, client, client.pid
        self.chats: dict[str, Chat] = {}
        self.session = "s1"
        self.tell("idle")

    def leave(self) -> None:
        """End the client, as its person does."""
        self.client.kill()
        self.client.wait()

    def tell(self, status: str, session: str | None = None, **more: Any) -> None:
        self.session = session or self.session
        found = processes.process(self.pid)
        assert found is not None
        entry = {
            "pid": self.pid,
            "sessionId": self.session,
            "cwd": "/w/app",
            "startedAt": 1_800_000_000_000,
            "procStart": found.start,
            "version": "2.1.330",
            "kind": "interactive",
            "entrypoint": "cli",
            "status": status,
            **more,
        }
        path = self.folder / "sessions" / f"{self.pid}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(entry))

    @property
    def chat(self) -> Chat:
        return self.chats.setdefault(self.session, Chat(sessionId=self.session))

    def save(self) -> None:
        path = self.folder / "projects" / "-w-app" / f"{self.session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.chat.data)

    def paste(self, text: str) -> None:
        self.chat.ask(text)
        self.chat.answer(said("Well."), stop="end_turn")
        self.save()

    def compact(self) -> None:
        figures = {"trigger": "manual", "preTokens": 118_200, "postTokens": 31_000}
        self.chat.add("system", subtype="compact_boundary", compactMetadata=figures)
        self.save()

    def sighting(self) -> Sighting:
        agent = agent_named("claude", [self.folder])
        return next(s for s in agent.discover().sightings if s.session_id == self.session)


@contextmanager
def in_a_terminal(folder: Path) -> Iterator[World]:
    """Let a program stand for the client, for as long as the test runs."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as client:
        yield World(folder, client)
        client.kill()
