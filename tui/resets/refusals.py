"""Why a key of a reset's sheet cannot act now, in a sentence each. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from ...core.reset.transaction import Purpose, Step
from .facts import Need, ResetFacts

NOT_NOW = "Nothing of this kind is to be decided now."
PLANNED = frozenset({Need.BEGIN, Need.TURN, Need.NOTES, Need.HOOKS, Need.COMMIT})
"""Needs in which the commit can still be planned."""


def refusals(facts: ResetFacts) -> Mapping[str, str]:
    """Return the commands that cannot run now, by id, each with its reason."""
    reasons = {
        "reset.go": _go(facts),
        "reset.tick": _plan(facts) or (None if facts.changes else "There is nothing to tick."),
        "reset.select": _select(facts),
        "reset.edit": _edit(facts),
        "reset.notes_out": _notes_out(facts),
        "reset.commit_out": _plan(facts),
        "reset.overrule": _overrule(facts),
        "reset.whole": None if facts.weights else "There is no brief yet.",
        "reset.rehearse": _rehearse(facts),
        "reset.skip": None if facts.need is Need.FAILED else "No step has failed.",
        "reset.draft": _draft(facts),
        "reset.interrupt": None
        if facts.need in {Need.TURN, Need.EFFECT}
        else "No turn is waited for.",
        "reset.say_again": _say_again(facts),
        "reset.copy": None if facts.errand else "Nothing has to be pasted now.",
        "reset.abort": _abort(facts),
        "reset.notes": None if facts.notes_name else "There is no progress file.",
    }
    return {name: why for name, why in reasons.items() if why}


def _go(facts: ResetFacts) -> str | None:
    if facts.need is Need.EFFECT and facts.errand is not None:
        return "Paste the text there; this step goes on when the proof of it is seen."
    return {
        Need.LOOK: "The repository and the notes are still being looked at.",
        Need.TURN: _armed(facts),
        Need.EFFECT: "A step is under way; it goes on by itself.",
    }.get(facts.need)


def _armed(facts: ResetFacts) -> str:
    back, stop = facts.keys["reset.abort"], facts.keys["reset.interrupt"]
    return f"It begins when the turn ends. {back} takes that back, {stop} interrupts the turn."


def _plan(facts: ResetFacts) -> str | None:
    return None if facts.need in PLANNED else "The commit is behind you, or not yet known."


def _select(facts: ResetFacts) -> str | None:
    if facts.need in PLANNED and facts.changes:
        return None
    if facts.need is Need.BRIEF and len(facts.open_steps) > 1:
        return None
    return "There is nothing to choose from."


def _edit(facts: ResetFacts) -> str | None:
    if facts.need is Need.BRIEF:
        return None
    return None if facts.need in PLANNED and facts.ticked else NOT_NOW


def _notes_out(facts: ResetFacts) -> str | None:
    return None if facts.need in {Need.BEGIN, Need.TURN} else "The agent was asked already."


def _overrule(facts: ResetFacts) -> str | None:
    return None if facts.need in {Need.NOTES, Need.HOOKS} else "Nothing stands in the way."


def _rehearse(facts: ResetFacts) -> str | None:
    if facts.rehearsing:
        return "It is being rehearsed."
    return None if facts.need is Need.BRIEF else "The brief is rehearsed when it is ready."


def _draft(facts: ResetFacts) -> str | None:
    failed = facts.need is Need.FAILED and facts.step is Step.NOTES
    can = facts.notes_name is not None and facts.transaction is not None
    return None if can and (failed or facts.unable) else "The agent answers for its notes itself."


def _say_again(facts: ResetFacts) -> str | None:
    if facts.need is not Need.OVER:
        return "The first answer is not checked yet."
    return None if facts.missed else "Nothing was missed."


def _abort(facts: ResetFacts) -> str | None:
    if facts.need in {Need.OVER, Need.STOPPED}:
        word = "hand-off" if facts.receiver.purpose is Purpose.HAND_OFF else "reset"
        return f"The {word} is over. Undo brings the old session back."
    return None
