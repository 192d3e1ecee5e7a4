"""Checks of what a progress file is made of: sections, size, next step. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..progress import Topic, sections
from ..progress_edit import KEPT_SESSIONS, REQUIRED
from ..progress_entries import blanked, entries, is_empty, next_items, session_logs
from ..secrets import find_secrets
from ..tokens import about
from .finding import Facts, Finding, Fix, Severity

LONG, FAR_TOO_LONG = 2_000, 4_000
"""Tokens: the cap that one public handoff system sets itself, and twice as much."""

LONGEST_LOG = 15
"""Lines of one code block; more is a copied log."""

SAYS = {
    Topic.STATUS: "where the work stands",
    Topic.COMPLETED: "what is done",
    Topic.FAILED: "what was tried and does not work",
    Topic.NEXT: "what to do next",
}

_FRAME = " -*_=#|>`.:[]()"
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_HOME = re.compile(r"(?:/home/|/Users/|[A-Z]:\\Users\\)[\w.-]+")
_LABEL = re.compile(
    r"(?:\*\*)?(?:feature|task|phase|step|story|issue|part)[\s\w.#-]*?(?::|\s[—–-])(?:\*\*)?\s*",
    re.IGNORECASE,
)
_NO_VERB = re.compile(
    r"(?:the|an?|all|none|nothing|maybe|possibly|perhaps|after|once|if|when|we|it|there|this|that"
    r"|these|those|some|no|see|same|feature|task|phase|step|story|part|session|more)\b",
    re.IGNORECASE,
)


def missing_sections(text: str, _: Facts) -> Iterator[Finding]:
    """Find required sections that are not there, and those that say nothing."""
    found = {section.topic: section for section in reversed(sections(text))}
    for topic in REQUIRED:
        if topic not in found:
            yield Finding(
                "section-missing",
                Severity.ERROR,
                None,
                f"No section says {SAYS[topic]}.",
                f'Add a section "{topic.value}".',
                Fix.INSERT,
            )
        elif not entries(text, topic) and not _says_something(text, topic):
            line = found[topic].start
            said = f'"{found[topic].title}" is empty: it should say {SAYS[topic]}.'
            yield Finding("section-empty", Severity.ERROR, line, said, "Write a line into it.")


def no_next_step(text: str, _: Facts) -> Iterator[Finding]:
    """Find that everything said to be next is ticked."""
    items = entries(text, Topic.NEXT)
    if items and not next_items(text):
        yield Finding(
            "next-missing",
            Severity.ERROR,
            items[0].start,
            "Everything under the next step is ticked.",
            "Say the one thing to do next, or that the task is over.",
        )


def next_without_verb(text: str, _: Facts) -> Iterator[Finding]:
    """Find a next step that does not say what to do."""
    first = next(iter(next_items(text)), None)
    if first is None:
        return
    words = _LABEL.sub("", first.text).lstrip("*_`[( ")
    if _NO_VERB.match(words):
        yield Finding(
            "next-not-verb",
            Severity.WARNING,
            first.start,
            "The next step does not begin with what to do.",
            "Begin it with a verb.",
        )


def conflict_marks(text: str, _: Facts) -> Iterator[Finding]:
    """Find the marks of a merge that nobody finished."""
    lines = text.split("\n")
    begun = [n for n, line in enumerate(lines) if line.startswith("<<<<<<< ")]
    if begun and any(line.startswith(">>>>>>> ") for line in lines):
        remedy = "Choose one side and delete the marks."
        said = "A merge was not finished here."
        yield from (Finding("conflict-marks", Severity.ERROR, n, said, remedy) for n in begun)


def secrets(text: str, _: Facts) -> Iterator[Finding]:
    """Find what has the shape of a secret; the finding never repeats it."""
    for secret in find_secrets(text):
        yield Finding(
            "secret",
            Severity.ERROR,
            secret.line,
            f"This looks like a secret: {secret.kind}.",
            "Take it out, and have a new one made where it was used.",
        )


def too_long(text: str, facts: Facts) -> Iterator[Finding]:
    """Find a file that takes much of every fresh session's context."""
    tokens = about(len(text), None) if facts.tokens is None else facts.tokens
    if tokens > LONG:
        loud = tokens > FAR_TOO_LONG
        many = bool(session_logs(text)[KEPT_SESSIONS:])
        yield Finding(
            "far-too-long" if loud else "long",
            Severity.WARNING,
            None,
            f"About {tokens:,} tokens, read at each start; {LONG:,} are plenty.",
            "Move what is history into git or a side file.",
            Fix.ARCHIVE if many else None,
        )


def many_sessions(text: str, _: Facts) -> Iterator[Finding]:
    """Find more session logs than anyone needs at the start."""
    logs = session_logs(text)
    if len(logs) > KEPT_SESSIONS:
        yield Finding(
            "sessions-many",
            Severity.WARNING,
            logs[0].start,
            f"{len(logs)} sessions are told here; the last {KEPT_SESSIONS} are enough.",
            "Move the older ones into a side file.",
            Fix.ARCHIVE,
        )


def pasted_logs(text: str, _: Facts) -> Iterator[Finding]:
    """Find long blocks of output."""
    opened: int | None = None
    for number, line in enumerate(text.split("\n")):
        if not _FENCE.match(line):
            continue
        if opened is None:
            opened = number
            continue
        if number - opened - 1 > LONGEST_LOG:
            said = f"A block of {number - opened - 1} lines."
            remedy = "Keep the lines that matter, or name the file it stands in."
            yield Finding("log-pasted", Severity.WARNING, opened, said, remedy)
        opened = None


def home_paths(text: str, _: Facts) -> Iterator[Finding]:
    """Find paths that hold on one machine only."""
    for number, line in enumerate(text.split("\n")):
        if match := _HOME.search(line):
            said = f"{match[0]}… exists on one machine only."
            remedy = "Write it from the repository's root."
            yield Finding("home-path", Severity.WARNING, number, said, remedy)


def _says_something(text: str, topic: Topic) -> bool:
    """Say whether any line below a heading holds words, in whatever form."""
    lines = blanked(text)
    for section in sections(text):
        if section.topic is topic:
            below = lines[section.start + 1 : section.end]
            if any(len(line.strip(_FRAME)) > 2 and not is_empty(line) for line in below):
                return True
    return False
