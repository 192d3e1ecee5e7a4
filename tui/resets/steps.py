"""The five steps of a reset as rows: what each did, does, or would do. Pure."""

from __future__ import annotations

import msgspec

from ...core.agents.base import State
from ...core.merge import edits
from ...core.reset.transaction import STEPS, Done, Purpose, Status, Step, next_step
from ...core.session_id import short_id
from ...core.text import one_line
from .. import numbers
from .facts import Need, ResetFacts


class StepRow(msgspec.Struct, frozen=True):
    """One step: its words, then what shows it; `here` marks the one it is at."""

    number: int
    step: Step
    status: Status
    title: str
    words: str = ""
    detail: str = ""
    seconds: float | None = None
    here: bool = False


def steps_of(facts: ResetFacts, now: float) -> tuple[StepRow, ...]:
    """Return the steps at the time `now` (epoch seconds)."""
    over = facts.need in {Need.OVER, Need.STOPPED}
    return tuple(
        _row(number, step, facts, now, here=step is facts.step and not over)
        for number, step in enumerate(STEPS, 1)
    )


def _row(number: int, step: Step, facts: ResetFacts, now: float, *, here: bool) -> StepRow:
    done = facts.transaction.step(step) if facts.transaction else Done()
    title, words, detail = _WORDS[step](facts, done)
    if done.status is Status.SKIPPED:
        title, words, detail = _SKIPPED[step], done.words or "left out", ""
    elif done.status is Status.FAILED:
        title, words, detail = _FAILED[step], one_line(done.words), ""
    elif facts.transaction is None and step in facts.left_out:
        title, words, detail = _SKIPPED[step], "left out by you", ""
    return StepRow(
        number=number,
        step=step,
        status=done.status,
        title=title,
        words=words,
        detail=detail,
        seconds=_seconds(done, now),
        here=here,
    )


def _seconds(done: Done, now: float) -> float | None:
    if done.began is None or done.status is Status.SKIPPED:
        return None
    return max(0.0, (done.ended or now) - done.began)


_SKIPPED = {
    Step.NOTES: "Notes stay as they are",
    Step.COMMIT: "Nothing is committed",
    Step.CLOSE: "The old session stays open",
    Step.OPEN: "No fresh session",
    Step.CHECK: "Not checked",
}
_FAILED = {
    Step.NOTES: "The notes were not brought up to date",
    Step.COMMIT: "The commit failed",
    Step.CLOSE: "The old session did not end",
    Step.OPEN: "The brief did not arrive",
    Step.CHECK: "The first answer could not be checked",
}

Words = tuple[str, str, str]
"""Title, what is so, and a detail."""


def _notes(facts: ResetFacts, done: Done) -> Words:
    name = facts.notes_name
    if done.status is Status.DONE:
        added, removed = changed_lines(facts.notes_before, facts.notes_after)
        if done.facts.get("drafted"):
            return "Notes drafted", one_line(done.words), _health(facts)
        told = (
            f"{numbers.change(added, removed)} lines in {name}" if added or removed else "unchanged"
        )
        return "Notes brought up to date", told, _health(facts)
    if done.status is Status.BEGUN and done.facts.get("asks"):
        return "The agent waits for your answer", f"asked for {name}", "answer it, then it goes on"
    if done.status is Status.BEGUN and done.words:
        title = "The agent cannot answer" if facts.unable else "The agent tries again"
        return title, one_line(done.words), "it goes on trying"
    if done.status is Status.BEGUN:
        return (
            "The agent updates its notes",
            f"asked for {name}",
            "its turn is waited for",
        )
    if name is None:
        return "No progress file", "nobody is asked for notes", ""
    return "Bring the notes up to date", f"asks for {name}", _health(facts)


def _health(facts: ResetFacts) -> str:
    if facts.errors:
        return numbers.count(len(facts.errors), "error") + " in the notes"
    if facts.findings:
        return numbers.count(len(facts.findings), "warning") + " about the notes"
    return "check passed"


def _commit(facts: ResetFacts, done: Done) -> Words:
    found = facts.committable
    where = f"on {found.branch}" if found.branch else "on no branch"
    hooks = numbers.count(len(found.hooks), "hook")
    if done.status is Status.DONE:
        commit = str(done.facts.get("commit", ""))[:9]
        count = len(done.chosen.get("paths", ()))
        said = f"{commit} {where} · {numbers.count(count, 'file')}"
        return "Committed", said, f"{hooks} ran" if found.hooks else ""
    if done.status is Status.BEGUN:
        return "Committing", where, f"{hooks} may run, 120 s at most" if found.hooks else ""
    if found.why_not:
        return "Nothing is committed", found.why_not, ""
    if not facts.ticked:
        return _commit_of_notes(facts)
    default = ", the default branch" if found.default_branch else ""
    title = f"Commit {numbers.count(len(facts.ticked), 'file')}"
    return (
        title,
        where + default,
        f"{hooks} will run: {', '.join(found.hooks)}" if found.hooks else "",
    )


def _commit_of_notes(facts: ResetFacts) -> Words:
    """With nothing else ticked, the notes are committed once the agent has written them."""
    awaited = facts.notes_after is None and Step.NOTES not in facts.left_out
    if facts.notes_name is None or not awaited:
        return "Nothing is committed", "nothing is ticked", ""
    return "Commit the notes", "once they are up to date", ""


def _close(facts: ResetFacts, done: Done) -> Words:
    session = short_id(facts.begun.session_id) if facts.begun else ""
    if not facts.receiver.same:
        return "The old session stays open", f"{session} can be read on", ""
    if done.status is Status.DONE:
        return (
            "Old session ended",
            f"{session}, its transcript is kept",
            f"{facts.keys['undo.open']} brings it back",
        )
    if done.status is Status.BEGUN:
        return "Ending the old session", session, ""
    return (
        "End this session",
        f"{session}, its transcript stays",
        f"{facts.keys['undo.open']} can bring it back",
    )


def _open(facts: ResetFacts, done: Done) -> Words:
    who = facts.agent
    if done.status is Status.DONE:
        new = short_id(str(done.facts.get("new_session_id") or ""))
        return "The brief was taken", f"word for word, by {new}" if new else "word for word", ""
    if done.status is Status.BEGUN:
        return "Sending the brief", f"to {who}", ""
    waits = "waiting for Enter, nothing sent yet" if facts.need is Need.BRIEF else ""
    title = "Open with this brief" if facts.receiver.same else f"Open {who} with this brief"
    return title, start_words(facts), waits


def _check(facts: ResetFacts, done: Done) -> Words:
    if done.status is Status.BEGUN:
        return "Checking the first answer", "its turn is waited for", ""
    if facts.checks or done.status is Status.DONE:
        right = sum(check.done for check in facts.checks)
        again = (
            "after it was said again" if facts.said_again else one_line(done.facts.get("why", ""))
        )
        return "Checked the first answer", f"{right} of {len(facts.checks)} points hold", again
    return (
        "Check the first answer",
        "did it read map, notes and log?",
        "does it name the next step?",
    )


_WORDS = {
    Step.NOTES: _notes,
    Step.COMMIT: _commit,
    Step.CLOSE: _close,
    Step.OPEN: _open,
    Step.CHECK: _check,
}


def start_words(facts: ResetFacts) -> str:
    """Say what a fresh session starts with: tokens, and their share of the window if known."""
    if facts.start is None:
        return "the brief is being weighed"
    return f"starts at about {size_words(facts)}"


def size_words(facts: ResetFacts) -> str:
    """Write the size of a start; without the client's own part nobody knows its share."""
    size = f"{numbers.tokens(facts.start or 0)} tokens"
    window = facts.before.window if facts.own is not None else None
    if window:
        return f"{size} = {numbers.percent((facts.start or 0) / window)}"
    return f"{size} beyond its own" if facts.own is None else size


def changed_lines(before: str | None, after: str | None) -> tuple[int, int]:
    """Return how many lines were added and removed."""
    if before is None or after is None:
        return 0, 0
    found = edits(before, after)
    return sum(len(e.lines) for e in found), sum(e.end - e.start for e in found)


def enter_words(facts: ResetFacts) -> str:
    """Say what Enter does now; "" where it does nothing."""
    verb = "hands off" if facts.receiver.purpose is Purpose.HAND_OFF else "ends this session"
    both = "the brief goes out" if not facts.receiver.same else f"{verb} and sends the brief"
    if facts.need is Need.BEGIN and facts.state is State.WAITING:
        return "waits: the agent asks you a question. Answer it first, then come back."
    if facts.need is Need.FAILED and facts.state is State.BUSY:
        return "tries it again when the turn ends"
    return {
        Need.BEGIN: _begins(facts),
        Need.COMMIT: _goes_on(facts),
        Need.NOTES: "looks at the notes again",
        Need.HOOKS: "looks at the hooks again",
        Need.BRIEF: both,
        Need.FAILED: "tries it again",
        Need.OVER: "goes to the fresh session",
    }.get(facts.need, "")


def _goes_on(facts: ResetFacts) -> str:
    """Say what comes next in a reset that was cut off; what may have happened is looked into."""
    upcoming = next_step(facts.transaction) if facts.transaction else None
    if upcoming is None:
        return "writes the result"
    if upcoming.recover:
        return f"looks into what came of step {STEPS.index(upcoming.step) + 1}, and goes on"
    return {
        Step.NOTES: "asks the agent for its notes, commits, then shows the brief",
        Step.COMMIT: f"commits {numbers.count(len(facts.ticked), 'file')} and shows the brief",
        Step.CLOSE: "shows the brief",
        Step.OPEN: "opens the fresh session with the brief",
        Step.CHECK: "checks the first answer",
    }[upcoming.step]


def _begins(facts: ResetFacts) -> str:
    asks = facts.notes_name and Step.NOTES not in facts.left_out
    when = "when the turn ends: " if facts.state is State.BUSY else ""
    parts = [
        "asks the agent for its notes" if asks else "",
        f"commits {numbers.count(len(facts.ticked), 'file')}" if facts.ticked else "",
        "then shows the brief",
    ]
    return when + ", ".join(filter(None, parts))
