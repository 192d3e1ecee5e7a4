"""Who can go on with a task: another model, another agent, a person, another machine. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from ...core.acting.plan import PROGRAMS
from ...core.reset.transaction import Purpose
from .facts import Receiver

MODELS = {"claude": ("opus", "sonnet", "haiku")}
"""Short names of models that an agent's client always knows."""


class Way(StrEnum):
    """How a task is given on."""

    SESSION = "session"
    MODEL = "model"
    """A session with a model whose name the person types."""
    PERSON = "person"
    MACHINE = "machine"


class Choice(msgspec.Struct, frozen=True):
    """One receiver: its name, and what giving the task there means."""

    way: Way
    name: str
    means: str
    receiver: Receiver | None = None


def choices(
    agent: str, titles: Mapping[str, str], model: str | None, known: Iterable[str] = ()
) -> tuple[Choice, ...]:
    """Return who can go on with a session of `agent` that runs `model`.

    `titles` are the agents that are installed, by name; `known` are models its channel offers.
    """
    mine = titles.get(agent, agent)
    models = dict.fromkeys((*MODELS.get(agent, ()), *known))
    others = [name for name in PROGRAMS if name != agent and name in titles]
    return (
        *(_with_model(mine, name) for name in models if name != model),
        *(
            [Choice(Way.MODEL, f"{mine}, another model", "you type its name")]
            if agent in PROGRAMS
            else []
        ),
        *(_to_agent(name, titles[name]) for name in others),
        Choice(Way.PERSON, "a person", "a page: what runs, what waits, spent, what to watch"),
        Choice(
            Way.MACHINE, "another machine", "a file for `clearhead pickup` there; secrets masked"
        ),
    )


def _with_model(title: str, model: str) -> Choice:
    means = "a fresh session begins with the brief; this one stays readable beside it"
    receiver = Receiver(title=f"{title} with {model}", model=model, purpose=Purpose.HAND_OFF)
    return Choice(Way.SESSION, f"{title} with {model}", means, receiver)


def _to_agent(name: str, title: str) -> Choice:
    means = "a fresh session under clearhead begins with the brief; this one stays"
    receiver = Receiver(agent=name, title=title, purpose=Purpose.HAND_OFF)
    return Choice(Way.SESSION, title, means, receiver)


def typed(title: str, model: str) -> Receiver:
    """Return a session with the model that the person typed."""
    return Receiver(title=f"{title} with {model}", model=model, purpose=Purpose.HAND_OFF)
