"""What Claude Code asks the person for, made into a request; the same for every way it comes. Pure.

Nothing that would be run or changed is left out silently: what text and diff do not show is a
remark, and what is too long to be carried makes the request one that is not whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Any

from ...acting.live import Question, Request, Source
from ...text import clean, one_line, unseen
from ..base import Waiting
from ..fields import mapping, sequence, text
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
        text="\n".join(_asked(given)) if questions else body.text,
        since=since,
        cwd=cwd,
        diff=body.diff,
        kind=Waiting.INPUT if questions else kind,
        answerable=answerable,
        source=source,
        mode=one_line(mode or "") or None,
        whole=_is_whole(tool, given),
        remarks=tuple(_remarks(given)),
        questions=questions,
    )


def _questions(given: Block) -> Iterator[Question]:
    for question in map(mapping, sequence(given.get("questions"))):
        options = map(mapping, sequence(question.get("options")))
        labels = (clean(text(option.get("label"))) for option in options)
        yield Question(clean(text(question.get("question"))), tuple(filter(None, labels)))


def _asked(given: Block) -> Iterator[str]:
    """Yield the lines of the questions, each choice under its number."""
    for question in map(mapping, sequence(given.get("questions"))):
        yield clean(text(question.get("question")))
        options = map(mapping, sequence(question.get("options")))
        told = ((text(o.get("label")), text(o.get("description"))) for o in options)
        for number, (label, about) in enumerate(filter(itemgetter(0), told), 1):
            yield f"{number}. {clean(label)}" + (f": {clean(about)}" if about else "")


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


def answers_to(given: Block, words: str) -> dict[str, Any]:
    """Return the answer to each question: a line for each, else all of it for every one."""
    questions = [text(mapping(q).get("question")) for q in sequence(given.get("questions"))]
    lines = words.split("\n")
    said = lines if len(lines) == len(questions) else [words] * len(questions)
    return {question: line for question, line in zip(questions, said, strict=True) if question}
