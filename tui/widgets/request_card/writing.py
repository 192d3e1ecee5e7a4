"""What a person is writing on the card: why they refuse, or their answers one by one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from ....core.acting.live import Request, Source
from ....core.acting.questions import Question

REASON = "what the agent shall know; empty: only that you refused"
NEXT_PROMPT = "sent as your next message, because its dialog takes none; may be empty"
ANSWER = "a number, or your own words"
ANSWERS = "numbers with commas between, or your own words"
WORDS = "your own words"
REFUSING = "Enter refuses, with a reason or without one. Esc goes back."
ANSWERING = "{what}: Enter goes on with it, Esc goes back."


@dataclass
class Writing:
    """A reason, or the `answers` so far to what `request` asks."""

    request: Request
    answering: bool
    answers: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What stands before the line."""
        return "answer" if self.answering else "why not"

    @property
    def hint(self) -> str:
        """What may be written, and what becomes of a reason by the way it goes."""
        if self.answering:
            asked = self.asked
            return WORDS if not (asked and asked.choices) else ANSWERS if asked.several else ANSWER
        return NEXT_PROMPT if self.request.source is Source.TERMINAL else REASON

    @property
    def asked(self) -> Question | None:
        """The question that is answered now; `None` where none is told."""
        questions = self.request.questions if self.answering else ()
        return questions[len(self.answers)] if len(self.answers) < len(questions) else None

    @property
    def sentence(self) -> str:
        """What Enter does."""
        if not self.answering:
            return REFUSING
        number, count = len(self.answers) + 1, len(self.request.questions)
        what = f"Question {number} of {count}" if count > 1 else "Your answer"
        return ANSWERING.format(what=what)

    def take(self, typed: str) -> str | None:
        """Take a line; return all that was written when nothing is left to ask."""
        if not self.answering:
            return typed
        questions, asked = self.request.questions, self.asked
        self.answers.append(answer_to(asked, typed) if asked else typed)
        return "\n".join(self.answers) if len(self.answers) >= len(questions) else None


def answer_to(question: Question, typed: str) -> str:
    """Return the answer to a question: the choices of numbers, else the words as typed."""
    words = typed.strip()
    parts = words.replace(",", " ").split() if question.several else [words]
    chosen = [choice for part in dict.fromkeys(parts) if (choice := _choice(question, part))]
    return ", ".join(chosen) if len(chosen) == len(set(parts)) and chosen else words


def _choice(question: Question, number: str) -> str:
    """Return the choice of a number, "" when there is none."""
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return question.choices[at - 1] if 0 < at <= len(question.choices) else ""
