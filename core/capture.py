"""From an item of a transcript to an entry of the progress file: a draft for a person to finish.

Pure but for the bodies that the thread loads. Entries are one line, cleaned, with secrets masked.
"""

from __future__ import annotations

import re

import msgspec

from .evidence import Evidence, Went, evidence_near, is_test
from .items import Flag, Kind
from .progress import Topic
from .progress_entries import split_reason
from .secrets import mask
from .symptoms.corrections import Correction, corrections_in
from .symptoms.symptom import Symptom
from .text import one_line
from .thread import Thread
from .words import (
    call_words,
    code,
    edit_words,
    error_head,
    error_words,
    first_sentence,
    in_turn,
)

LONGEST = 1_000
"""Characters of an entry: what is longer is no line of a progress file."""

REMARKS = {
    Went.FAILED: "The last test run of this turn failed: no test proves it.",
    Went.OLD: "Files were edited after the last test run: no test proves it.",
    Went.NONE: "No commit and no test run stands near it.",
    Went.UNCLEAR: "Whether the last test run passed cannot be told from its output.",
}
"""What is said where tests prove nothing."""

_NEXT = re.compile(
    r"^\W*(?:(?:the )?next\b|now (?:i|we)\b|then\b|to-?do\b|remaining\b|what remains|still to)",
    re.IGNORECASE,
)


class Draft(msgspec.Struct, frozen=True):
    """An entry as it is offered: its words, the reason of a failure, and where both come from."""

    text: str
    reason: str = ""
    origin: str = ""
    remark: str = ""
    """What the person should know of it, such as that nothing proves it."""


def drafted(thread: Thread, topic: Topic, item: int) -> Draft:
    """Return the draft of an entry about one item."""
    owner = thread.owner(item)
    turn = thread.turn(owner)
    origin = "the selected line" if turn is None else f"the selected line, turn {turn}"
    if topic is Topic.FAILED:
        return _failed(thread, owner, turn, origin)
    if topic is Topic.COMPLETED:
        return _completed(thread, owner, origin)
    if topic is Topic.NEXT:
        return Draft(_next(thread, owner), origin=origin)
    return Draft(_decision(thread, owner), origin=origin)


def offered(symptom: Symptom) -> Draft:
    """Return the draft that a symptom offers for the failed approaches."""
    return Draft(symptom.approach, symptom.reason, origin=symptom.evidence)


def decided(correction: Correction) -> Draft:
    """Return the draft of a decision that a person's correction is."""
    words = first_sentence(correction.words, LONGEST)
    origin = "you said so" if correction.turn is None else f"you said so in turn {correction.turn}"
    return Draft(in_turn(words, correction.turn), origin=origin)


def entry_of(topic: Topic, text: str, reason: str = "") -> str:
    """Return the line that goes into the progress file; "" when there are no words.

    A failed approach becomes "approach — why"; a reason that stands in its own words already is
    moved behind the dash, so that what is before it is the approach and nothing else.
    """
    words = _line(text)
    if topic is not Topic.FAILED or not words:
        return words
    approach, inside = split_reason(words)
    why = "; ".join(filter(None, (inside, _line(reason))))
    return f"{approach} — {why}" if why else approach


def _line(text: str) -> str:
    line = one_line(mask(text), LONGEST).strip()
    return re.sub(r"^(?:[-*+•]\s+|\[[ xX]\]\s+)+", "", line)


def _is_call(thread: Thread, item: int) -> bool:
    return thread.items.kind(item) is Kind.TOOL_CALL


def _said(thread: Thread, item: int) -> str:
    """Return the first sentence of what was said, else the head of the item."""
    return first_sentence(thread.body(item).text) or mask(thread.items.head(item))


def _failed(thread: Thread, item: int, turn: int | None, origin: str) -> Draft:
    if thread.items.kind(item) is Kind.ERROR:
        return Draft(in_turn(code(error_head(thread.body(item).text)), turn), origin=origin)
    if not _is_call(thread, item):
        approach, reason = split_reason(_said(thread, item))
        return Draft(in_turn(approach, turn), reason, origin)
    error = error_words(thread, item)
    what = call_words(thread, item)
    return Draft(in_turn(", ".join(filter(None, (what, error))), turn), origin=origin)


def _completed(thread: Thread, item: int, origin: str) -> Draft:
    evidence = evidence_near(thread, item)
    words = _done(thread, item, evidence)
    proved = f"{words} ({evidence.words})" if evidence.words else words
    silent = evidence.tests is Went.NONE and evidence.words
    remark = "" if silent else REMARKS.get(evidence.tests, "")
    return Draft(proved, origin=origin, remark=remark)


def _done(thread: Thread, item: int, evidence: Evidence) -> str:
    """Return what was done, without what proves it."""
    if not _is_call(thread, item):
        return _said(thread, item)
    if thread.items.flags(item) & Flag.EDIT:
        return _capital(edit_words(thread, item))
    command = thread.command(item) or ""
    if evidence.subject and ("git commit" in command or is_test(command)):
        return mask(evidence.subject)
    passed = evidence.tests is Went.PASSED
    return "Tests pass" if is_test(command) and passed else call_words(thread, item)


def _next(thread: Thread, item: int) -> str:
    if not _is_call(thread, item):
        lines = thread.body(item).text.splitlines()
        named = next((line for line in lines if _NEXT.match(line)), "")
        return first_sentence(named) or _said(thread, item)
    error = error_words(thread, item)
    if thread.items.flags(item) & Flag.EDIT:
        file = code(thread.items.head(item))
        return f"Repeat the edit of {file}, which ended with {error}" if error else f"Check {file}"
    if error:
        verb = "Look into" if thread.command(item) is None else "Fix"
        return f"{verb} {call_words(thread, item)}, which ends with {error}"
    return f"Go on from {call_words(thread, item)}"


def _decision(thread: Thread, item: int) -> str:
    turn = thread.turn(item)
    if thread.items.kind(item) is Kind.PROMPT:
        corrected = corrections_in(thread.body(item).text)
        return in_turn(first_sentence(corrected[0]) if corrected else _said(thread, item), turn)
    return in_turn(
        call_words(thread, item) if _is_call(thread, item) else _said(thread, item), turn
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
