"""Going back through what was sent: up for older, down for newer, the draft below all. Pure."""

from __future__ import annotations

from collections.abc import Sequence


class Past:
    """What was sent before, the latest last, and where in it one is."""

    def __init__(self, sent: Sequence[str] = ()) -> None:
        self._sent = list(sent)
        self._at: int | None = None
        self._draft = ""

    @property
    def inside(self) -> bool:
        """Whether an older message is shown in place of the draft."""
        return self._at is not None

    def older(self, text: str) -> str | None:
        """Return the message before the one that is shown; `None` when there is none.

        What stands there as one leaves it is kept: as the draft, or as the message it became.
        """
        at = len(self._sent) if self._at is None else self._at
        if at == 0:
            return None
        self._leave(text)
        self._at = at - 1
        return self._sent[self._at]

    def newer(self, text: str) -> str | None:
        """Return the message after the one that is shown, the draft at last."""
        if self._at is None:
            return None
        self._leave(text)
        self._at = self._at + 1 if self._at + 1 < len(self._sent) else None
        return self._draft if self._at is None else self._sent[self._at]

    def add(self, text: str) -> None:
        """Take note of a message that was sent; the next one begins below it."""
        self._sent = [*(old for old in self._sent if old != text), text]
        self._at, self._draft = None, ""

    def _leave(self, text: str) -> None:
        if self._at is None:
            self._draft = text
        else:
            self._sent[self._at] = text
