"""What clearhead asks an agent to do for its own notes. Pure."""

from __future__ import annotations

NOTES = """\
Bring {name} up to date now, and change nothing else:
- Completed: what is done, each with its commit or the test that shows it.
- Failed approaches: what was tried and did not work, as "approach — why".
- Decisions: what was decided, and why.
- Next step: one first action, concrete enough to begin with.
Keep what is still true, take out what is not. Then stop.
"""
"""The prompt of a checkpoint, and of the first step of a reset; `name` is the progress file's."""


def notes_request(name: str) -> str:
    """Return the prompt that asks an agent to bring its progress file up to date."""
    return NOTES.format(name=name)
