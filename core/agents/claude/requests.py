"""What Claude Code asks the person for, made into a request; the same for every way it comes. Pure.

Nothing that would be run or changed is left out silently: what text and diff do not show is a
remark, and what is too long to be carried makes the request one that is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...acting.live import Request, Source
from ...acting.questions import Question, answers_of, asked_text
from ...text import one_line, unseen
from ..base import Waiting
from ..fields import mapping, sequence, text
from ..questions import question_of
from .bodies import call_body
from .content import Block
from .diffs import LARGEST, LONGEST, WIDEST
from .tools import EDITS, shown_name

QUESTION = "AskUserQuestion"
"""The tool that asks the person something instead of acting."""

_REMARKS = {
    "replace_all": "Replaces the old text at every place where it stands.",
    "run_in_background": "Runs in the background.",
    "dangerouslyDisableSandbox": "Runs outside the sandbox.",
}
"""Switches of a tool's input that its command or diff does not show, and what they mean."""


def request_of(
    name: str,
    tool: str,
    given: Block,
    since: float,
    source: Source,
    *,
    cwd: str | None = None,
    mode: str | None = None,
    kind: Waiting = Waiting.PERMISSION,
    answerable: bool = True,
) -> Request:
    """Return the request to run `tool` with the input `given`; `since` is epoch seconds."""
    body = call_body(tool, given)
    questions = tuple(_questions(given)) if tool == QUESTION else ()
    return Request(
        id=name,
        tool=one_line(shown_name(tool)) or "a tool",
        text=asked_text(questions) if questions else body.text,
        since=since,
        cwd=cwd,
        diff=body.diff,
        kind=Waiting.INPUT if questions else kind,
        answerable=answerable and (tool != QUESTION or bool(questions)),
        source=source,
        mode=one_line(mode or "") or None,
        whole=_is_whole(tool, given),
        remarks=tuple(_remarks(given)),
        questions=questions,
    )


def _questions(given: Block) -> Iterator[Question]:
    for question in map(mapping, sequence(given.get("questions"))):
        yield question_of(question, several=question.get("multiSelect") is True)


def answered(given: Block, words: str) -> Block:
    """Return the input of the question tool with the person's `words` as the answers in it."""
    questions = [text(mapping(q).get("question")) for q in sequence(given.get("questions"))]
    said = zip(questions, answers_of(len(questions), words), strict=True)
    return {**given, "answers": {question: answer for question, answer in said if question}}


def _is_whole(tool: str, given: Block) -> bool:
    """Say whether text and diff hold all of the input, none of it cut."""
    for value in _strings(given):
        if len(value) > LONGEST:
            return False
        if tool in EDITS:
            lines = value.split("\n")
            if len(lines) > LARGEST // 2 or max(map(len, lines)) > WIDEST:
                return False
    return True


def _remarks(given: Block) -> Iterator[str]:
    yield from (words for name, words in _REMARKS.items() if given.get(name) is True)
    if count := sum(map(unseen, _strings(given))):
        yield f"Holds {count:,} characters that no terminal shows."


def _strings(given: Block) -> Iterator[str]:
    """Yield every text in an input, however deep."""
    waiting: list[Any] = [given]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
