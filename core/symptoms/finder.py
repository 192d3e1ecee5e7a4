"""All detectors over a session: what they find now, or in the whole of it."""

from __future__ import annotations

from ..thread import Load, Thread
from ..transcript import View
from .loop import loops
from .revert import reverts
from .symptom import WINDOW, Symptom


def found_now(view: View, load: Load) -> tuple[Symptom, ...]:
    """Return what the last calls show since a person said something; the newest comes first.

    Bodies are loaded of candidates only, so that it costs the same however long the session is.
    """
    thread = Thread(view, load)
    last = thread.prompts[-1] if thread.prompts else 0
    calls = thread.last_calls(last, WINDOW)
    if not calls:
        return ()
    return _newest_first([*loops(thread, calls), *reverts(thread, frozenset(calls))])


def found(view: View, load: Load) -> tuple[Symptom, ...]:
    """Return everything that a whole session shows, in its order."""
    thread = Thread(view, load)
    all_loops = [loop for calls in thread.calls_by_turn() for loop in loops(thread, calls)]
    return tuple(reversed(_newest_first([*all_loops, *reverts(thread)])))


def _newest_first(symptoms: list[Symptom]) -> tuple[Symptom, ...]:
    return tuple(sorted(symptoms, key=lambda symptom: symptom.items[-1], reverse=True))
