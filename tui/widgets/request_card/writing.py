"""What a person is writing on the card: why they refuse, or their answers one by one. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from ....core.acting.live import Question, Request, Source

REASON = "what the agent shall know; empty: only that you refused"
NEXT_PROMPT = "sent as your next message, because its dialog takes none; may be empty"
ANSWER = "a number, or your own words"
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
            return ANSWER
        return NEXT_PROMPT if self.request.source is Source.TERMINAL else REASON

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
        questions = self.request.questions
        if questions:
            typed = answer_to(questions[len(self.answers)], typed)
        self.answers.append(typed)
        return "\n".join(self.answers) if len(self.answers) >= len(questions) else None


def answer_to(question: Question, typed: str) -> str:
    """Return the answer to a question: the choice of a number, else the words as typed."""
    words = typed.strip()
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 4 else 0
    return question.choices[number - 1] if 0 < number <= len(question.choices) else words
