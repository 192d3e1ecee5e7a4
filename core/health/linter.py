"""All checks of a progress file, in the order people mend things. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import claims, structure
from .finding import Facts, Finding, Severity

Check = Callable[[str, Facts], Iterable[Finding]]
"""Looks at a text, with plain newlines, and the facts around it."""

CHECKS: tuple[Check, ...] = (
    structure.conflict_marks,
    structure.secrets,
    structure.missing_sections,
    structure.no_next_step,
    claims.outdated,
    structure.too_long,
    structure.many_sessions,
    claims.next_is_done,
    structure.next_without_verb,
    claims.contradicting_counts,
    claims.done_but_open,
    claims.done_but_failing,
    claims.unreasoned,
    claims.unproved,
    claims.lost_commits,
    claims.lost_paths,
    structure.pasted_logs,
    structure.home_paths,
)


def check(text: str, facts: Facts) -> tuple[Finding, ...]:
    """Return everything that is not well, errors first."""
    found = [finding for one in CHECKS for finding in one(text, facts)]
    return tuple(sorted(found, key=_order))


def summary(findings: Iterable[Finding]) -> str:
    """Say in a few words how a file is: `healthy`, `2 errors · 1 warning`."""
    severities = [finding.severity for finding in findings]
    counted = ((severity, severities.count(severity)) for severity in Severity)
    parts = [f"{n} {severity}{'' if n == 1 else 's'}" for severity, n in counted if n]
    return " · ".join(parts) or "healthy"


def _order(finding: Finding) -> tuple[bool, int]:
    """Put errors first, and what is of the whole file before what is of one line."""
    return finding.severity is not Severity.ERROR, -1 if finding.line is None else finding.line
