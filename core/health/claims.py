"""Checks of what a progress file claims: proofs, reasons, contradictions, git. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..progress import Section, Topic
from ..progress_entries import Entry, entries, is_rule, next_items, session_logs, split_reason
from .finding import Ancestry, Facts, Finding, Fix, Severity
from .words import commit_ids, path_names, words_of

BEHIND = 3
"""Commits after which a file that was not changed is called outdated; one or two are the work of
a usual step, which ends with an update."""

ALIKE = 0.75
"""Share of common words from which a next step and a commit's subject are the same thing."""

_COUNT = re.compile(
    r"\b(\d{1,4})\s*(?:/|of)\s*(\d{1,4})\s+(?:\w+\s+)?(pass(?:ing|ed|es)?|complete[d]?|done)\b",
    re.IGNORECASE,
)
_PROOF = re.compile(
    r"\b[0-9a-f]{7,40}\b|\btests?\b|\bpass(?:es|ed|ing)?\b|\bverif|\bcommit|`[^`]+`|[\w-]+/[\w./-]+"
    r"|\b[\w-]+\.(?:py|ts|tsx|js|rs|go|md|json|sh|sql|toml|yaml|kt|java|css|html)\b|\b\w+\(\)|#\d+",
    re.IGNORECASE,
)
_ALL_DONE = re.compile(
    r"\ball (?:\w+ )?(?:features |tasks |stories )?(?:are )?(?:done|complete[d]?|implemented)\b"
    r"|\bstatus:?\W*complete\b|\bproject (?:is )?complete\b",
    re.IGNORECASE,
)
_FAILING = re.compile(
    r"\b([1-9]\d{0,4})\s+(?:[\w-]+\s+){0,2}fail(?:ed|ing|ures?|s)?\b", re.IGNORECASE
)
_DASHED = re.compile(r"\s(?:—|–|--?)\s")


def unproved(text: str, _: Facts) -> Iterator[Finding]:
    """Find finished work without a commit, test or file that proves it."""
    done = [entry for entry in entries(text, Topic.COMPLETED) if entry.ticked is not False]
    bare = [entry for entry in done if not _PROOF.search(entry.text)]
    if bare:
        yield Finding(
            "done-unproved",
            Severity.WARNING,
            bare[0].start,
            f"{len(bare)} of {len(done)} completed entries name no commit, test or file.",
            "Say what proves them.",
        )


def unreasoned(text: str, _: Facts) -> Iterator[Finding]:
    """Find failed approaches that do not say why they failed, or not in the usual form."""
    for entry in entries(text, Topic.FAILED):
        if not entry.reason:
            said = "A failed approach without a reason will be tried again."
            remedy = 'Write it as "approach — why".'
            yield Finding("reason-missing", Severity.WARNING, entry.start, said, remedy)
        elif entry.end == entry.start + 1 and not _is_dashed(entry):
            said = "Approach and reason are not told apart."
            remedy = 'Write it as "approach — why".'
            yield Finding("reason-mixed", Severity.WARNING, entry.start, said, remedy, Fix.SPLIT)


def contradicting_counts(text: str, _: Facts) -> Iterator[Finding]:
    """Find two counts of the same things, in one session's words, that differ."""
    logs = session_logs(text)
    seen: dict[tuple[int, int, str, str], tuple[str, int]] = {}
    rules = 0
    for number, line in enumerate(text.split("\n")):
        rules += is_rule(line)
        for done, whole, what in _COUNT.findall(line):
            key = (_log_at(logs, number), rules, whole, what.lower()[:4])
            before = seen.setdefault(key, (done, number))
            if before[0] != done:
                yield Finding(
                    "counts-contradict",
                    Severity.WARNING,
                    number,
                    f"{done}/{whole} here, {before[0]}/{whole} in line {before[1] + 1}.",
                    "Keep the one that is true.",
                )


def done_but_open(text: str, facts: Facts) -> Iterator[Finding]:
    """Find that all is said to be done while boxes are open or features do not pass."""
    for entry in entries(text, Topic.COMPLETED):
        if entry.ticked is False:
            said = "An open box under what is completed."
            yield Finding("done-open", Severity.WARNING, entry.start, said, "Tick it or move it.")
    claim = next((n for n, ln in enumerate(text.split("\n")) if _ALL_DONE.search(ln)), None)
    if claim is not None and facts.features is not None and facts.features.open:
        said = f"All is said to be done, but {facts.features.open} features do not pass yet."
        yield Finding(
            "done-open", Severity.WARNING, claim, said, "Finish them, or say what is left."
        )


def done_but_failing(text: str, _: Facts) -> Iterator[Finding]:
    """Find that all is said to be done in the same breath as tests are said to fail."""
    logs, lines = session_logs(text), text.split("\n")
    claimed = {_log_at(logs, n): n for n, line in enumerate(lines) if _ALL_DONE.search(line)}
    for number, line in enumerate(lines):
        failing = _FAILING.search(line)
        if failing and (claim := claimed.pop(_log_at(logs, number), None)) is not None:
            said = f"All is said to be done in line {claim + 1}, but {failing[1]} fail here."
            remedy = "Mend them, or say why they do not count."
            yield Finding("done-failing", Severity.WARNING, number, said, remedy)


def next_is_done(text: str, facts: Facts) -> Iterator[Finding]:
    """Find a next step that is among what is completed, or in a commit since."""
    done = {words_of(entry.text) for entry in entries(text, Topic.COMPLETED)}
    made = [(words_of(subject), subject) for subject in facts.behind]
    for item in next_items(text):
        words = words_of(item.text)
        if len(words) < 2:
            continue
        subject = next((s for w, s in made if _alike(words, w)), None)
        if words in done or subject:
            proof = f'the commit "{subject}"' if subject else "the completed entries"
            said = f"This next step seems done: see {proof}."
            remedy = "Move it, and say what comes next."
            yield Finding("next-done", Severity.WARNING, item.start, said, remedy)


def outdated(_: str, facts: Facts) -> Iterator[Finding]:
    """Find that work went on without the file."""
    if len(facts.behind) >= BEHIND:
        said = f"{len(facts.behind)} commits were made since this file was changed."
        remedy = "Bring it up to date."
        yield Finding("outdated", Severity.WARNING, None, said, remedy, Fix.STAMP)


def lost_commits(text: str, facts: Facts) -> Iterator[Finding]:
    """Find commits that are not part of what is checked out."""
    for commit, line in commit_ids(text):
        match facts.ancestry.get(commit):
            case Ancestry.UNKNOWN:
                said = f"Commit {commit[:12]} is not in this repository."
            case Ancestry.ELSEWHERE:
                said = f"Commit {commit[:12]} is not part of what is checked out."
            case _:
                continue
        yield Finding("commit-lost", Severity.WARNING, line, said, "Name the one that is.")


def lost_paths(text: str, facts: Facts) -> Iterator[Finding]:
    """Find paths that are not there."""
    for path, line in path_names(text):
        if path in facts.missing:
            said = f"{path} is not there."
            yield Finding(
                "path-missing", Severity.WARNING, line, said, "Correct it or leave it out."
            )


def _log_at(logs: tuple[Section, ...], line: int) -> int:
    """Return the number of the session log a line lies in, -1 outside of all."""
    return next((n for n, log in enumerate(logs) if log.start <= line < log.end), -1)


def _is_dashed(entry: Entry) -> bool:
    return bool(_DASHED.match(entry.text, len(split_reason(entry.text)[0])))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Say whether two sentences share most of their words; two words prove nothing."""
    most = max(len(one), len(other))
    return min(len(one), len(other)) > 2 and len(one & other) / most >= ALIKE
