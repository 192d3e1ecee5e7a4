"""What agents ask the person, as they write it: the same shape in Claude Code and Codex. Pure."""

from __future__ import annotations

from typing import Any

from ..acting.questions import Question
from ..text import clean
from .fields import mapping, sequence, text


def question_of(asked: dict[str, Any], *, several: bool = False, secret: bool = False) -> Question:
    """Return a question with the answers that are offered; one without a label is none."""
    options = [mapping(option) for option in sequence(asked.get("options"))]
    told = [(clean(text(o.get("label"))), clean(text(o.get("description")))) for o in options]
    offered = [(label, about) for label, about in told if label]
    return Question(
        clean(text(asked.get("question"))),
        choices=tuple(label for label, _ in offered),
        about=tuple(about for _, about in offered),
        several=several,
        secret=secret,
    )
