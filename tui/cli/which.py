"""Which session or transcript a person means by what they typed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ...core.agents.base import Agent, Discovery, Sighting
from ...core.agents.recognise import recognise
from ...core.agents.registry import NAMES, agent_named
from ...core.config import Settings
from ...core.problems import NotFound, UsageProblem
from ...core.session_id import names


def agents_of(settings: Settings) -> tuple[Agent, ...]:
    """Return every agent, looking where the settings say."""
    folders = {"claude": settings.claude_folders, "codex": settings.codex_folders}
    return tuple(agent_named(name, folders.get(name, ())) for name in NAMES)


def is_path(text: str) -> bool:
    """Say whether a person named a file: it exists, or it is written like a path."""
    return os.sep in text or text.endswith(".jsonl") or Path(text).exists()


def of_file(path: Path, agents: Sequence[Agent], name: str | None = None) -> tuple[Agent, Sighting]:
    """Return the agent of a transcript file and the file as a session.

    Raises:
        Problem: It is no file, cannot be read, or is nobody's transcript.
    """
    agent = agent_named(name) if name else recognise(path, agents)
    sighting = Sighting(agent.name, path.stem, path.absolute())
    return agent, sighting


def of_session(text: str, found: Sequence[Discovery]) -> Sighting:
    """Return the session whose id is, or begins with, `text`, or which bears it as its name.

    Raises:
        NotFound: There is none.
        UsageProblem: There are several.
    """
    sightings = [sighting for discovery in found for sighting in discovery.sightings]
    exact = [s for s in sightings if text in (s.session_id, s.name)]
    matches = exact or [s for s in sightings if names(text, s.session_id)]
    if not matches:
        remedy = "Run `clearhead sessions` to see what is there, or name a transcript file."
        raise NotFound(f'There is no session "{text}".', remedy=remedy)
    if len({s.session_id for s in matches}) > 1:
        ids = ", ".join(sorted(s.session_id for s in matches)[:5])
        raise UsageProblem(f'"{text}" can mean several sessions.', remedy=f"Name one of: {ids}.")
    return matches[0]
