"""What came of an action, in one sentence for the footer. Pure."""

from __future__ import annotations

from ..core.acting.action import Outcome, Result, Verb
from ..core.text import one_line

LONGEST = 200
"""Characters of a sentence: what no screen has room for is in the log of actions."""

DONE = {
    Verb.PROMPT: "Sent",
    Verb.STEER: "Said now",
    Verb.INTERRUPT: "Interrupted",
    Verb.APPROVE: "Approved",
    Verb.DENY: "Refused",
    Verb.COMPACT: "Compacted",
    Verb.CLEAR: "Cleared",
    Verb.MODE: "Mode set",
    Verb.MODEL: "Model set",
    Verb.STOP: "Ended",
}

NOT_DONE = {
    Verb.PROMPT: "Not sent",
    Verb.STEER: "Not said",
    Verb.INTERRUPT: "Not interrupted",
    Verb.APPROVE: "Not approved",
    Verb.DENY: "Not refused",
    Verb.COMPACT: "Not compacted",
    Verb.CLEAR: "Not cleared",
    Verb.MODE: "Mode not set",
    Verb.MODEL: "Model not set",
    Verb.STOP: "Not ended",
}


def outcome_words(result: Result) -> str:
    """Return what came of an action and what tells so, or why nothing does."""
    verb = result.action.verb
    if result.outcome is Outcome.CONFIRMED:
        told = "; ".join(proof.detail for proof in result.evidence[:2])
        return _sentence(f"{DONE[verb]}: {told}")
    if result.outcome is Outcome.REFUSED:
        return _sentence(f"{NOT_DONE[verb]}: {result.reason}", result.remedy)
    return _sentence(f"Not known what came of the {verb}: {result.reason}", result.remedy)


def _sentence(words: str, remedy: str = "") -> str:
    said = one_line(words, LONGEST).rstrip()
    stop = "" if said.endswith((".", "!", "?", "…")) else "."
    return f"{said}{stop} {one_line(remedy, LONGEST)}".rstrip()
