"""What the tests of the demo share: a running demo, its records, its control socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from clearhead.core.agents.demo import registry
from clearhead.core.agents.demo.format import AnyEntry, State, Status, decode

from ..helpers import until

if TYPE_CHECKING:
    from pathlib import Path

    from clearhead.core.agents.demo.launch import DemoProcess

Kind = TypeVar("Kind")


def transcript(demo: DemoProcess) -> Path:
    """The transcript of the demo's live session."""
    session = registry.read(demo.registry_path).session_id
    return demo.transcripts_dir / f"{session}.jsonl"


def entries(path: Path) -> list[AnyEntry]:
    """All records of a transcript; a line still being written does not count."""
    return [
        decode(line) for line in path.read_bytes().splitlines(keepends=True) if line[-1:] == b"\n"
    ]


def all_of(kind: type[Kind], path: Path) -> list[Kind]:
    """All records of one kind."""
    return [entry for entry in entries(path) if isinstance(entry, kind)]


def state(demo: DemoProcess) -> Status:
    """What the registry says the agent does."""
    return registry.read(demo.registry_path).status


def wait_for(demo: DemoProcess, status: Status, within: float = 15.0) -> None:
    """Wait until the registry says so."""
    until(lambda: state(demo) is status, within=within, what=f"the agent is {status}")


def last_state(path: Path) -> State:
    """The newest state record."""
    return all_of(State, path)[-1]
