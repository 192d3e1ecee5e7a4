"""An errand: what a person does for clearhead where it has no way into a session. Pure.

What to type differs by agent and is mere data: `COMMANDS`.
"""

from __future__ import annotations

import msgspec

from .action import Action, Verb

PATIENCE = 10 * 60.0
"""Seconds that an errand waits for its evidence: people read, switch windows, are called away."""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the person now. `since` is epoch seconds, `limit` seconds.

    `todo` says it in a sentence, `text` is what to paste, whole and exact; `where` names the place.
    """

    action: str
    verb: Verb
    todo: str
    text: str
    where: str
    since: float
    limit: float


class Commands(msgspec.Struct, frozen=True):
    """What a person types to one agent; `None` where it has no such command.

    `words` says whether its command to compact takes instructions.
    """

    compact: str | None = None
    clear: str | None = None
    leave: str | None = None
    words: bool = False


COMMANDS = {
    "claude": Commands(compact="/compact", clear="/clear", leave="/exit", words=True),
    "codex": Commands(compact="/compact", clear="/clear", leave="/quit"),
}
"""Tried on Claude Code 2.1.197 and 2.1.330, and on Codex 0.169.0. Codex' `/new` opens a chooser
that swallows the next prompt, so `/clear` it is."""

THERE = {
    Verb.STEER: "clearhead has no way in: say it there.",
    Verb.INTERRUPT: "clearhead has no way in: press Esc there.",
    Verb.APPROVE: "clearhead has no way in: answer there.",
    Verb.DENY: "clearhead has no way in: answer there.",
    Verb.MODE: "clearhead has no way in: change it there.",
    Verb.MODEL: "clearhead has no way in: change it there.",
    Verb.STOP: "clearhead has no way in: leave it there.",
}
"""What is quicker done than asked for."""


def cannot(agent: str, verb: Verb) -> str | None:
    """Say why `verb` is no errand with an agent; `None` when it is one."""
    known = COMMANDS.get(agent, Commands())
    if verb in THERE:
        return THERE[verb]
    if verb is Verb.COMPACT and known.compact is None:
        return "It has no command that compacts; reset it instead."
    if verb is Verb.CLEAR and known.clear is None:
        return "It has no command that begins afresh; start it anew there."
    return None


def text_of(agent: str, wanted: Action) -> str:
    """Return exactly what the person pastes for an action that is an errand."""
    known = COMMANDS.get(agent, Commands())
    if wanted.verb is Verb.COMPACT:
        words = " ".join(wanted.text.split()) if known.words else ""
        return f"{known.compact} {words}".strip()
    if wanted.verb is Verb.CLEAR:
        return known.clear or ""
    return wanted.text.strip("\n")


def todo_of(wanted: Action, title: str) -> str:
    """Say in a sentence what the person does; `title` is the agent's name."""
    match wanted.verb:
        case Verb.COMPACT:
            return f"Paste this command into {title} when its turn has ended, and press Enter."
        case Verb.CLEAR:
            return f"Type this into {title} when its turn has ended, and press Enter."
        case _:
            return f"Paste this into {title}, change nothing, and press Enter."
