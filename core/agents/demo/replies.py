"""What the demo's agent says outside the script. It always says that it is one."""

from __future__ import annotations

from collections.abc import Sequence

from . import notes
from .project import NOTES
from .script import AddNote, Bash, Read, Response, RewriteNote

NOTES_CHANGED = "The notes were changed while I worked. I read them again and repeat my edit."

REFUSED = Response(
    said=(
        "You refused it, so it stays undone and I stop here. *(A script says this: it goes on "
        "with its next turn, whatever the reason was.)*"
    )
)
"""What it says when a person refused a command."""

FIRST_LOOK = Response(
    said="A fresh session: I read the map, the notes and the log first.",
    tools=(Read("AGENTS.md"), Read(NOTES), Bash("git log --oneline -10")),
)
"""How a fresh session begins."""

RAN = r"Ran (?P<tests>\d+) tests?[\s\S]*\n(?P<verdict>OK|FAILED.*)"
"""What the tests print in the end."""

_WHAT_I_AM = (
    "I am a scripted demo: no model reads your words, so I cannot act on them. "
    "The files, the commits and the test runs in this session are real."
)
_SECTIONS = ("Current status", "Completed", "Failed approaches", "Decisions", "Next step")
_LOSSY = ("Failed approaches", "Decisions")
_STAMP = "\nAt commit "


def reply(progress: str, *, turns_left: int) -> str:
    """Return the answer to a person's words: what this is, and where the work stands."""
    return (
        f"{_WHAT_I_AM}\n\n{_rest(turns_left)}\n\n**Next step** in the notes:\n\n{_next(progress)}"
    )


def beginning(progress: str, *, turns_left: int) -> tuple[Response, ...]:
    """Return how a fresh session takes up its brief: it reads, names the step, and begins."""
    named = Response(
        said=f"The notes name as next step: {_next(progress)}\n\nI begin with the tests.",
        tools=(Bash("python -m unittest", keep=RAN),),
        seconds=1.8,
    )
    here = Response(
        said=(
            f"$tests tests ran: $verdict. From here the step can begin. {_rest(turns_left)}\n\n"
            f"*{_WHAT_I_AM}*"
        )
    )
    return FIRST_LOOK, named, here


def is_notes_request(prompt: str) -> bool:
    """Say whether a prompt asks for the notes, as clearhead words it before a reset."""
    first, _, _ = prompt.strip().partition("\n")
    return NOTES in first and "up to date" in first


def update(progress: str, learned: Sequence[AddNote]) -> tuple[Response, ...]:
    """Return how the notes are brought up to date: a look at what is true, then real edits."""
    status, _, _ = notes.body(progress, "Current status").partition(_STAMP)
    stamped = f"{status}{_STAMP}`$commit` ($subject): $tests tests, $verdict."
    look = Response(
        said="I look at what is true now: notes, log, tree and tests.",
        tools=(
            Read(NOTES),
            Bash("git log --oneline -1", keep=r"(?P<commit>\w+) (?P<subject>.*)"),
            Bash("git status --short"),
            Bash("python -m unittest", keep=RAN),
        ),
    )
    status_first = Response(
        said="Now I write it down.", tools=(RewriteNote("Current status", stamped),)
    )
    rest = (Response(tools=(note,), seconds=0.4) for note in learned)
    return look, status_first, *rest, Response(said=_brought(progress, len(learned)))


def summary(progress: str, instructions: str = "") -> str:
    """Return what is kept of a session that is compacted: the notes and what was asked for.

    A model's summary loses something as well; here it is known what: the first entry of each
    section in `_LOSSY`.
    """
    lost = [entry for section in _LOSSY if (entry := _first(progress, section))]
    kept = [_without(notes.block(progress, section), lost) for section in _SECTIONS]
    begin = (
        "Summary of the session so far, made from its notes by a script. As a model's would, it "
        "leaves something out."
    )
    asked = _without(instructions, lost)
    parts = (begin, *kept, f"Asked to keep:\n{asked}" if asked else "")
    return "\n\n".join(part for part in parts if part)


def _first(progress: str, section: str) -> str:
    """Return the first entry of a section, without its mark and its reason."""
    first, _, _ = notes.body(progress, section).partition("\n")
    return first.removeprefix("- ").partition(" — ")[0].strip()


def _without(text: str, lost: Sequence[str]) -> str:
    return "\n".join(line for line in text.splitlines() if not any(part in line for part in lost))


def _next(progress: str) -> str:
    return notes.body(progress, "Next step") or "they name none."


def _rest(turns_left: int) -> str:
    if turns_left:
        return f"I go on with my script by myself; turns left: {turns_left}."
    return "My script has come to its end; I stay here and answer."


def _brought(progress: str, count: int) -> str:
    entries = {0: "", 1: ", and one entry of what was learned"}
    more = entries.get(count, f", and {count} entries of what was learned")
    return (
        f"`{NOTES}` is up to date: the status with commit `$commit` and $tests tests{more}. The "
        f"next step stays: {_next(progress)}\n\n*(A script wrote this; the figures are real.)*"
    )
