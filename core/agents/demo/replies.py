"""What the demo's agent says outside the script. It always says that it is one."""

from __future__ import annotations

from . import notes
from .project import NOTES
from .script import Bash, Read, Response

NOTES_CHANGED = "The notes were changed while I worked. I read them again and repeat my edit."

FIRST_LOOK = (
    Response(
        said="A fresh session: I read the map, the notes and the log first.",
        tools=(Read("AGENTS.md"), Read(NOTES), Bash("git log --oneline -10")),
    ),
)
"""How a fresh session begins."""

_WHAT_I_AM = (
    "I am a scripted demo: no model reads your words, so I cannot act on them. "
    "The files, the commits and the test runs in this session are real."
)
_SECTIONS = ("Current status", "Completed", "Failed approaches", "Next step")


def reply(progress: str, *, turns_left: int) -> str:
    """Return the answer to a person's words: what this is, and where the work stands."""
    rest = (
        f"I go on with my script; turns left: {turns_left}."
        if turns_left
        else "My script has come to its end; I stay here and answer."
    )
    next_step = notes.body(progress, "Next step") or "The notes name none."
    return f"{_WHAT_I_AM}\n\n{rest}\n\n**Next step** in the notes:\n\n{next_step}"


def summary(progress: str, instructions: str) -> str:
    """Return what is kept of a session that is compacted: the notes, and what was asked for."""
    kept = [notes.block(progress, section) for section in _SECTIONS]
    asked = f"Asked to keep: {instructions}" if instructions else ""
    parts = ["Summary of the session so far, made from its notes.", asked, *kept]
    return "\n\n".join(part for part in parts if part)
