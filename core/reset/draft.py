"""A draft of the notes for an agent that cannot write them any more, drawn from its transcript.

Only what is evident goes in, and only what the notes do not hold yet: failed approaches that a
detector saw, corrections of the person's, commits, and the prompt that was last worked on. Pure,
but for the bodies that the transcript loads.
"""

from __future__ import annotations

import msgspec

from ..acting.reading import Reading
from ..capture import decided, entry_of, offered
from ..likeness import ALIKE, coverage
from ..progress import Topic
from ..progress_edit import add_entry
from ..progress_entries import entries, is_empty, next_items
from ..symptoms.corrections import corrections
from ..symptoms.finder import found
from ..thread import Thread
from ..words import first_sentence

MOST = 5
"""Entries of one kind that a draft adds."""

_NAMES = {
    Topic.COMPLETED: "completed",
    Topic.FAILED: "failed approach",
    Topic.DECISIONS: "decision",
    Topic.NEXT: "next step",
}


class Drawn(msgspec.Struct, frozen=True, kw_only=True):
    """What a transcript shows: entries as they would stand in the notes."""

    failed: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    last_asked: str = ""
    last_said: str = ""


def drawn(reading: Reading) -> Drawn:
    """Return what a transcript shows; secrets are masked."""
    reading.refresh()
    view = reading.view
    if view is None:
        return Drawn()
    thread = Thread(view, reading.body)
    symptoms = [offered(symptom) for symptom in found(view, reading.body)]
    asked = thread.body(thread.prompts[-1]).text if thread.prompts else ""
    said = view.snapshot.last_said
    return Drawn(
        failed=tuple(entry_of(Topic.FAILED, d.text, d.reason) for d in symptoms[-MOST:]),
        decisions=tuple(
            entry_of(Topic.DECISIONS, decided(c).text) for c in corrections(thread)[-MOST:]
        ),
        last_asked=entry_of(Topic.NEXT, first_sentence(asked)),
        last_said=entry_of(Topic.STATUS, first_sentence(said)),
    )


def drafted(
    text: str, found: Drawn, commits: tuple[str, ...] = (), lead: str = ""
) -> tuple[str, str]:
    """Return notes with what was drawn, and what that was in words.

    A next step is added only where the notes name none: theirs is the person's, or the agent's.
    """
    wanted = {
        Topic.COMPLETED: tuple(entry_of(Topic.COMPLETED, words) for words in commits),
        Topic.FAILED: found.failed,
        Topic.DECISIONS: found.decisions,
        Topic.NEXT: (f"Go on with: {found.last_asked}",) if found.last_asked else (),
    }
    if any(not is_empty(entry.text) for entry in next_items(text)):
        wanted[Topic.NEXT] = ()
    counts: dict[str, int] = {}
    for topic, lines in wanted.items():
        for line in lines:
            if line and not _holds(text, topic, line):
                text = add_entry(text, topic, line)
                counts[_NAMES[topic]] = counts.get(_NAMES[topic], 0) + 1
    told = (entry_of(Topic.STATUS, lead), found.last_said and f"It said last: {found.last_said}")
    for line in told:
        if line and line not in text:
            text = add_entry(text, Topic.STATUS, line)
    return text, ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing new"


def _holds(text: str, topic: Topic, line: str) -> bool:
    there = [entry.text for entry in entries(text, topic)]
    return any(line in known or coverage(line, known) >= ALIKE for known in there)
