"""The brief of a reset as it would be sent now, weighed part by part. Reads files and git."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from ...core.agents.base import Agent
from ...core.followed import Followed
from ...core.reset.brief import Brief, render
from ...core.reset.place import brief_of, open_steps
from ...core.reset.preparing import template
from ...core.reset.transaction import Begun
from ...core.reset.weighing import Weight, weigh
from ...core.start_load import start_load


class Draft(msgspec.Struct, frozen=True):
    """A brief before it is sent; `chosen` is the one of `open_steps` that it names."""

    brief: Brief | None = None
    text: str = ""
    weights: tuple[Weight, ...] = ()
    open_steps: tuple[str, ...] = ()
    chosen: int = 0


def draft(begun: Begun, agents: Mapping[str, Agent], chosen: int, own_text: str | None) -> Draft:
    """Return the brief for what `begun` begins, from the repository and the notes as they are.

    `own_text` is the person's own wording, which is kept; `chosen` numbers the next step.

    Raises:
        Problem: git or the transcripts cannot be read.
    """
    root, cwd = Path(begun.root or begun.cwd), Path(begun.cwd)
    path = Path(begun.notes) if begun.notes else None
    notes = path.read_text(errors="replace") if path and path.is_file() else ""
    steps = open_steps(notes)
    at = chosen if chosen < len(steps) else 0
    brief = brief_of(root, cwd, path, notes, agent=begun.receiver)
    if steps:
        brief = msgspec.structs.replace(brief, next_step=steps[at])
    text = own_text if own_text is not None else render(brief, template())
    agent = agents.get(begun.target or begun.agent)
    model, own = _measured(begun, agent)
    weights = weigh(brief, text, root, notes=notes, model=model, own=own)
    return Draft(brief, text, weights, steps, at)


def _measured(begun: Begun, agent: Agent | None) -> tuple[str | None, int | None]:
    """Return the model of the old session, and what its client brought along; `None`: unknown.

    Of another agent or model nothing has been measured here.
    """
    other = begun.target not in ("", begun.agent) or begun.target_model is not None
    if agent is None or other:
        return begun.target_model, None
    found = agent.discover().sightings
    sighting = next((s for s in found if s.session_id == begun.session_id), None)
    if sighting is None or sighting.path is None:
        return None, None
    followed = Followed(agent, sighting)
    followed.refresh()
    model = followed.snapshot.model
    return model, start_load(agent, sighting.path, model)
