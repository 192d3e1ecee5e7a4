"""What a session's first call already carried: the client's own words and the first prompt."""

from __future__ import annotations

from pathlib import Path

from .agents.base import Agent
from .agents.recognise import first_records
from .events import Prompted, UsageReported
from .problems import Problem
from .tokens import about


def start_load(agent: Agent, path: Path, model: str | None) -> int | None:
    """Return about how many tokens the client of a session brings along, prompt not included.

    Measured on the first call that the transcript in `path` tells of: what it read, less about
    what the person had said by then. `None` where the first records tell of no call.
    """
    try:
        records = first_records(path)
    except Problem:
        return None
    reader, said = agent.reader(path), 0
    for event in (event for record in records for event in reader.read(record)):
        if isinstance(event, Prompted):
            said += event.item.size
        elif isinstance(event, UsageReported) and event.agent_id is None and event.tokens.prompt:
            return max(0, event.tokens.prompt - about(said, model))
    return None
