"""What a command is: its key, its words, where it works, and why it may not work now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ..core.acting.action import Verb


class Context(StrEnum):
    """Where a command works."""

    EVERYWHERE = "everywhere"
    SUPERVISE = "one session"
    TRANSCRIPT = "transcript"
    FIND = "find"
    NOTES = "notes"
    COMPOSER = "message to the agent"
    REQUEST = "a question of the agent"
    ANSWER = "an answer to the agent"
    SESSIONS = "sessions"
    WELCOME = "welcome"
    PAGE = "page"
    """A screen that is only read and closed: help, problems, why."""
    CONFLICT = "two texts of the notes"
    HEALTH = "health of the notes"
    HISTORY = "versions of the notes"
    CAPTURE = "an entry for the notes"
    TEXT = "a text to edit"
    RESET = "reset or hand-off"
    RESET_PLAN = "plan of a reset"
    RESET_BRIEF = "brief of a reset"
    RESET_RESULT = "result of a reset"
    HAND_OFF = "choice of who goes on"
    DELIVERY = "a text for someone else"
    UNDO = "undo of a reset"
    UNDONE = "after an undo"
    SINCE = "since you left"
    BESIDE = "two sessions side by side"
    DEMO = "demo"
    COMPACT = "before a compaction"
    COMPACTED = "after a compaction"
    CHECKPOINT = "checkpoint"
    WORDS = "a text that is sent"
    ERRAND = "by hand"
    WAY_IN = "no way in"


class Group(StrEnum):
    """The headings of the help screen, in its order."""

    ACT = "Act"
    READ = "Read the transcript"
    JUMP = "Jump"
    FIND = "Find"
    NOTES = "Notes"
    SESSION = "Sessions and figures"
    DEMO = "Demo"
    PROGRAM = "Program"


STACKS: tuple[frozenset[Context], ...] = (
    frozenset({Context.TRANSCRIPT, Context.SUPERVISE, Context.DEMO, Context.EVERYWHERE}),
    frozenset({Context.NOTES, Context.SUPERVISE, Context.DEMO, Context.EVERYWHERE}),
    frozenset({Context.COMPOSER, Context.SUPERVISE, Context.DEMO, Context.EVERYWHERE}),
    frozenset({Context.REQUEST, Context.DEMO, Context.EVERYWHERE}),
    frozenset({Context.ANSWER, Context.EVERYWHERE}),
    frozenset({Context.FIND, Context.EVERYWHERE}),
    frozenset({Context.SESSIONS, Context.EVERYWHERE}),
    frozenset({Context.WELCOME, Context.EVERYWHERE}),
    frozenset({Context.PAGE, Context.EVERYWHERE}),
    frozenset({Context.CONFLICT, Context.EVERYWHERE}),
    frozenset({Context.HEALTH, Context.EVERYWHERE}),
    frozenset({Context.HISTORY, Context.EVERYWHERE}),
    frozenset({Context.CAPTURE, Context.EVERYWHERE}),
    frozenset({Context.COMPACT, Context.EVERYWHERE}),
    frozenset({Context.COMPACTED, Context.EVERYWHERE}),
    frozenset({Context.CHECKPOINT, Context.EVERYWHERE}),
    frozenset({Context.WORDS, Context.EVERYWHERE}),
    frozenset({Context.TEXT, Context.EVERYWHERE}),
    frozenset({Context.RESET_PLAN, Context.RESET, Context.EVERYWHERE}),
    frozenset({Context.RESET_BRIEF, Context.RESET, Context.EVERYWHERE}),
    frozenset({Context.RESET_RESULT, Context.RESET, Context.EVERYWHERE}),
    frozenset({Context.HAND_OFF, Context.EVERYWHERE}),
    frozenset({Context.DELIVERY, Context.EVERYWHERE}),
    frozenset({Context.UNDO, Context.EVERYWHERE}),
    frozenset({Context.UNDONE, Context.EVERYWHERE}),
    frozenset({Context.SINCE, Context.EVERYWHERE}),
    frozenset({Context.TRANSCRIPT, Context.BESIDE, Context.EVERYWHERE}),
    frozenset({Context.ERRAND, Context.PAGE, Context.EVERYWHERE}),
    frozenset({Context.WAY_IN, Context.EVERYWHERE}),
)
"""Contexts that are active together: inside one of these a key may mean one thing only."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true on the screen now, as far as the reason of a command asks for it.

    `act` says for each verb why it cannot be done at this moment; `None` means that it can.
    `attach` says why `a` leads nowhere, `compose` why nothing can be written to the agent. `armed`
    and `asking` tell whether something waits for the end of the turn, and whether it asks first.
    `asked` is true while the agent asks for something, `closed` says why there is no answer here.
    """

    session: bool = True
    selected: bool = True
    searching: bool = False
    notes: bool = True
    unsaved: bool = False
    conflict: bool = False
    confirmable: bool = False
    decided: bool = False
    mendable: bool = False
    opened: bool = False
    offered: bool = False
    written: bool = False
    several: bool = False
    act: Mapping[Verb, str | None] = field(default_factory=dict)
    attach: str | None = None
    compose: str | None = None
    armed: bool = False
    asking: bool = False
    shut: Mapping[str, str] = field(default_factory=dict)
    """Why commands of the sheet in front cannot run now, by their ids."""
    asked: bool = False
    closed: str = ""


NO_CHANNEL = "This session is only watched. Press a to attach."

Reason = Callable[[Situation], str | None]
"""Says in a sentence why a command cannot run now; `None` when it can."""


def always(_: Situation) -> str | None:
    """Say that nothing stands in the way."""
    return None


def needs_session(now: Situation) -> str | None:
    """Say when there is no session to look at."""
    return None if now.session else "No session is open. Press s to choose one."


def needs_now(verb: Verb) -> Reason:
    """Return the reason of a command that acts at once: what hinders `verb` at this moment."""
    return lambda now: now.act.get(verb, NO_CHANNEL)


def needs_attachable(now: Situation) -> str | None:
    """Say why there is nothing to attach to, or no need for it."""
    return now.attach


def needs_composer(now: Situation) -> str | None:
    """Say why nothing can be written to the agent."""
    return now.compose


def needs_armed(now: Situation) -> str | None:
    """Say when nothing waits for the end of the turn."""
    return None if now.armed else "Nothing is armed."


def needs_asked(now: Situation) -> str | None:
    """Say when the agent asks for nothing."""
    return None if now.asked else "The agent asks for nothing now."


def needs_answerable(now: Situation) -> str | None:
    """Say why what is asked cannot be answered here."""
    return needs_asked(now) or now.closed or None


def needs_asking(now: Situation) -> str | None:
    """Say when nothing that was armed asks whether it shall still run."""
    return None if now.asking else "Nothing that was armed asks."


def needs_selected(now: Situation) -> str | None:
    """Say when nothing is selected."""
    return None if now.selected else "Nothing is selected yet. Choose a line with up and down."


def needs_search(now: Situation) -> str | None:
    """Say when nothing is looked for."""
    return None if now.searching else "Nothing is looked for yet. Press / and type first."


def needs_notes(now: Situation) -> str | None:
    """Say when there is no place for a progress file."""
    return None if now.notes else "The folder of this session is not known, nor are its notes."


def needs_edits(now: Situation) -> str | None:
    """Say when the notes hold nothing new."""
    if now.conflict:
        return "First choose between the two texts of the notes."
    return None if now.unsaved else "Nothing to save: the notes hold no edits of yours."


def needs_decisions(now: Situation) -> str | None:
    """Say when a block is still undecided."""
    return None if now.decided else "First choose for every block; Escape leaves all undecided."


def needs_mendable(now: Situation) -> str | None:
    """Say when there is nothing a key could mend."""
    return None if now.mendable else "Only you can mend this one: the remedy says how."


def needs_open_notes(now: Situation) -> str | None:
    """Say when no progress file is open."""
    return None if now.opened else "There are no notes yet. Press p to begin them."


def needs_line(now: Situation) -> str | None:
    """Say when there is no line to put into the notes, or no place for them."""
    return needs_notes(now) or needs_selected(now)


def needs_failure(now: Situation) -> str | None:
    """Say when nothing is selected and nothing is offered, or there is no place for notes."""
    return needs_notes(now) if now.offered else needs_line(now)


def needs_offer(now: Situation) -> str | None:
    """Say when no repeated call and no edit taken back is shown."""
    return None if now.offered else "Nothing is offered now: nothing repeats, nothing was undone."


def needs_entry(now: Situation) -> str | None:
    """Say when the entry is still empty."""
    return None if now.written else "Nothing is written yet. Type the entry, or leave with Escape."


def needs_several(now: Situation) -> str | None:
    """Say when there is nothing else to choose."""
    return None if now.several else "This is the only one that is offered."


def unless_shut(name: str) -> Reason:
    """Return the reason that the sheet in front gives for its command `name`, if it gives one."""
    return lambda now: now.shut.get(name)


def needs_conflict(now: Situation) -> str | None:
    """Say when there are no two texts to choose from."""
    return None if now.conflict else "Nothing to choose: the notes were not changed beside yours."


def needs_confirmable(now: Situation) -> str | None:
    """Say when the notes are not closed to edits, or cannot be opened by a word."""
    return None if now.confirmable else "Nothing to confirm: the notes are where they belong."


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can do.

    `keys` are written as people type them (`G`, `ctrl+g`, `space`), blanks between, the main one
    first; none for what only the palette offers. `title` is the footer's label, `help` a
    sentence. `action` runs on the node that holds the binding (`app.` in front: on the app).
    """

    id: str
    keys: str
    title: str
    action: str
    help: str
    group: Group
    contexts: frozenset[Context]
    in_footer: bool = False
    why_not: Reason = always

    @property
    def key(self) -> str:
        """The main key as it is shown: `?`, `F1`, `Enter`, `ctrl+g`; empty without a key."""
        return shown_key(self.keys.split()[0]) if self.keys else ""

    @property
    def all_keys(self) -> str:
        """All keys as they are shown: `G or end`."""
        return " or ".join(shown_key(key) for key in self.keys.split())


def shown_key(key: str) -> str:
    """Return `key` as screens and documents write it."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    names = {"escape": "Esc", "enter": "Enter", "pagedown": "PgDn", "pageup": "PgUp"}
    is_function_key = last[0] == "f" and last[1:].isdigit()
    return "+".join([*modifiers, last.upper() if is_function_key else names.get(last, last)])


def lowered(sentence: str) -> str:
    """Return `sentence` with a small first letter, to go on with after a colon."""
    return sentence[:1].lower() + sentence[1:]
