"""Questions to the person, and their answers as one text, a line for each question. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

import msgspec


class Question(msgspec.Struct, frozen=True):
    """One question to the person, cleaned, and the labels of the answers that are offered.

    `about` says more of each choice. `several` is whether more than one may be chosen, `secret`
    whether nobody may look on while it is answered.
    """

    text: str
    choices: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    several: bool = False
    secret: bool = False


def asked_text(questions: Iterable[Question]) -> str:
    """Return the questions as they are shown, each choice under its number."""
    return "\n".join(line for question in questions for line in _lines(question))


def _lines(question: Question) -> Iterator[str]:
    yield question.text
    told = zip_longest(question.choices, question.about, fillvalue="")
    for number, (choice, about) in enumerate(told, 1):
        yield f"{number}. {choice}" + (f": {about}" if about else "")


def answers_of(count: int, words: str) -> list[str]:
    """Return the answer to each of `count` questions: a line for each, else all for every one."""
    lines = words.split("\n")
    return lines if len(lines) == count else [words] * count
