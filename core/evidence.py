"""What proves that a piece of work is done: a commit, or tests that passed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from .items import Flag
from .thread import Thread
from .words import call_words

_COMMITTED = re.compile(
    r"^\[(?P<where>[^\]\n]*?)\s?(?P<id>[0-9a-f]{7,40})\]\s+(?P<subject>.+)$", re.MULTILINE
)
_BEFORE = (
    r"(?:\w+=\S*\s+|(?:time|sudo|npx|env|exec|command)\s+|(?:uv|poetry|pipenv|hatch)\s+run\s+)*"
)
_TESTS = re.compile(
    rf"\s*{_BEFORE}(?:\S*/)?(?:(?:python[\d.]*\s+(?:-\w+\s+)*-m\s+)?"
    r"(?:pytest|unittest|tox|nox|ctest|phpunit|rspec|vitest|jest|mocha|gotestsum)\b"
    r"|(?:npm|pnpm|yarn|bun|deno|go|cargo|dotnet|mix|swift|gradle|gradlew|mvn|make|mise|just|rake|task"
    r"|bazel|composer)\b(?:\s+(?:run|-\S+|--\S+))*\s+(?:tests?|nextest|verify)\b)"
)
_QUOTED = re.compile(
    r"<<-?\s*['\"]?(\w+)['\"]?.*?^\s*\1\b|'[^']*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL | re.MULTILINE
)
_PARTS = re.compile(r"&&|\|\||[;\n]")
_PASSED = re.compile(
    r"\b(\d[\d,]* (?:tests? )?(?:passed|passing))\b|\b(Ran \d+ tests?)\b", re.IGNORECASE
)
_WENT_WELL = re.compile(r"^(?:ok\b|PASS\b|OK$)", re.MULTILINE)
_WENT_WRONG = re.compile(
    r"\b(?!0 )\d+ (?:failed|failing|failures?|errors?)\b|^(?:--- )?FAIL", re.MULTILINE
)

_PROSE = (".md", ".txt", ".rst")


class Went(StrEnum):
    """How the last test run that counts went."""

    PASSED = "passed"
    FAILED = "failed"
    OLD = "before the last edit"
    UNCLEAR = "unclear"
    """Its exit code is that of another program, and its output does not tell."""
    NONE = "none"


class Evidence(msgspec.Struct, frozen=True):
    """What a turn proves: a commit with its subject, and how its tests went, in a word and told."""

    commit: str = ""
    subject: str = ""
    tests: Went = Went.NONE
    told: str = ""

    @property
    def words(self) -> str:
        """What is proved, in words for an entry; "" when nothing is."""
        commit = f"commit {self.commit}" if self.commit else ""
        return ", ".join(filter(None, (commit, self.told)))


def is_test(command: str) -> bool:
    """Say whether a shell command runs tests: at its start, not in a text that it passes on."""
    return any(map(_TESTS.match, _PARTS.split(_QUOTED.sub(" ", command))))


def committed(output: str) -> tuple[str, str]:
    """Return id and subject of the commit that git's own output tells of, "" when of none."""
    match = _COMMITTED.search(output)
    return (match["id"], match["subject"].strip()) if match else ("", "")


def evidence_near(thread: Thread, item: int) -> Evidence:
    """Return what the turn of `item` proves: the first commit from there on, else the one before.

    Of the tests the last run decides, if no edit of code came after it; what proves an edit also
    came after that edit.
    """
    turn = thread.turn_range(item)
    shells = [
        (call, command)
        for call in thread.calls(turn.start, turn.stop)
        if (command := thread.command(call)) is not None
    ]
    commit, subject = _commit(thread, shells, item)
    is_edit = bool(thread.items.flags(item) & Flag.EDIT)
    runs = [(c, text) for c, text in shells if is_test(text) and (c > item or not is_edit)]
    tests = _went(thread, *runs[-1], turn.stop) if runs else Went.NONE
    told = _told(thread, runs[-1][0]) if tests is Went.PASSED else ""
    return Evidence(commit, subject, tests, told)


def _commit(thread: Thread, shells: Sequence[tuple[int, str]], item: int) -> tuple[str, str]:
    made = [call for call, command in shells if "commit" in command and not thread.failed(call)]
    later = [call for call in made if call >= item]
    earlier = [call for call in reversed(made) if call < item]
    told = (committed(thread.body(thread.answer(call)).text) for call in (*later, *earlier))
    return next((found for found in told if found[0]), ("", ""))


def _went(thread: Thread, run: int, command: str, stop: int) -> Went:
    """Say how a test run went; behind a pipe its exit code is that of another program."""
    if thread.failed(run):
        return Went.FAILED
    output = thread.body(thread.answer(run)).text
    if _WENT_WRONG.search(output):
        return Went.FAILED
    piped = "|" in _QUOTED.sub("", command).replace("||", "")
    if piped and not (_PASSED.search(output) or _WENT_WELL.search(output)):
        return Went.UNCLEAR
    edits = thread.items.flagged(Flag.EDIT, run + 1, stop)
    return Went.OLD if any(_changes_code(thread, edit) for edit in edits) else Went.PASSED


def _changes_code(thread: Thread, edit: int) -> bool:
    prose = thread.items.head(edit).endswith(_PROSE)
    return thread.holds(edit) and not thread.failed(edit) and not prose


def _told(thread: Thread, run: int) -> str:
    """Return in words that a run passed, with the count it gave."""
    counted = _PASSED.search(thread.body(thread.answer(run)).text)
    how = next(filter(None, counted.groups()), "") if counted else ""
    return f"{how} with {call_words(thread, run)}" if how else f"{call_words(thread, run)} passed"
