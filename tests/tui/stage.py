"""The whole app over real transcripts in a folder of the test; the registry is the test's own."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clearhead.core.agents.base import Discovery, Sighting, State
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.config import default_settings
from clearhead.tui.app import ClearheadApp
from clearhead.tui.start import Start, prepare

from .harness import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from clearhead.core.supervisor import Key

AT = "2026-07-01T10:00:00.000Z"


def line(kind: str, **payload: Any) -> bytes:
    """One record of a rollout."""
    return json.dumps({"timestamp": AT, "type": kind, "payload": payload}).encode() + b"\n"


def said(text: str) -> bytes:
    """The record of a sentence of the agent."""
    return line("event_msg", type="agent_message", message=text)


def used(fill: int, window: int | None = 200_000) -> bytes:
    """The record of a response that leaves `fill` tokens in the context."""
    usage = {"input_tokens": fill, "cached_input_tokens": 0, "output_tokens": 0}
    info = {"last_token_usage": usage, "total_token_usage": usage, "model_context_window": window}
    return line("event_msg", type="token_count", info=info)


class Stage(Codex):
    """Codex, but for its registry: the test says which sessions there are and what they do."""

    def __init__(self, folder: Path) -> None:
        super().__init__([folder])
        self.folder = folder
        self.sightings: dict[str, Sighting] = {}

    def discover(self) -> Discovery:
        """Return what the test put up."""
        return Discovery(tuple(self.sightings.values()), (self.folder,))

    def put(
        self,
        session: str,
        *records: bytes,
        cwd: str = "/w/app",
        branch: str = "main",
        model: str = "gpt-5.3-codex",
        **sighting: Any,
    ) -> Path:
        """Put up a session with a transcript that begins with these records."""
        path = self.folder / f"{session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        start = line("session_meta", id=session, cwd=cwd, git={"branch": branch})
        path.write_bytes(b"".join((start, line("turn_context", model=model), *records)))
        self.tell(session, **{"path": path, "cwd": cwd} | sighting)
        return path

    def tell(self, session: str, **sighting: Any) -> None:
        """Say of a session what the registry would say; it is live unless told otherwise."""
        told = {"pid": 1, "state": State.IDLE, "asserted": True} | sighting
        self.sightings[session] = Sighting("codex", session, **told)


def key(name: str) -> Key:
    """The key of a session of the stage."""
    return "codex", name


@asynccontextmanager
async def opened(
    stage: Stage, folder: Path, size: tuple[int, int] = (140, 40), start: Start | None = None
) -> AsyncIterator[Any]:
    """Open the app on `folder`; gives the pilot."""
    start = start or prepare([stage], default_settings(), folder)
    async with ClearheadApp(start).run_test(size=size) as pilot:
        await pilot.pause()
        yield pilot


def screen_text(app: Any) -> str:
    """Everything that stands on the screen in front."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def row_of(app: Any, widget: type) -> list[str]:
    """The rows of the one widget of this type."""
    return rows(app.screen.query_one(widget))
