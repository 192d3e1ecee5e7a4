"""The notes of a reset: what the agent is asked, what changed, and what is not well. Pure."""

from __future__ import annotations

from textual.content import Content

from ....core.asking import notes_request
from ....core.differing import difference
from ....core.health.finding import Finding, Severity
from ....core.reset.transaction import Step
from ... import glyphs, numbers
from ...resets.facts import ResetFacts
from ...resets.steps import changed_lines
from ...themes import Palette
from ..diff_rows import diff_rows
from .lines import INDENT, heading, marked, wrapped

MOST = 60
"""Lines of a change that are shown; the notes themselves are one key away."""


def notes_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return what there is to see of the notes now."""
    name = facts.notes_name
    if name is None:
        words = "There is no progress file here. The fresh session starts from map, log and tree."
        return [heading("Notes", None, width, palette), *wrapped(words, width, palette, "muted")]
    if facts.notes_after is not None:
        return _changed(facts, name, width, palette)
    right = Content.styled(name, palette.style("muted"))
    if Step.NOTES in facts.left_out:
        words = "Nobody is asked: the notes are taken as they are."
        return [heading("Notes", right, width, palette), *wrapped(words, width, palette, "muted")]
    title = heading("What the agent is asked first", right, width, palette)
    return [title, *wrapped(notes_request(name).strip(), width, palette, "muted")]


def _changed(facts: ResetFacts, name: str, width: int, palette: Palette) -> list[Content]:
    before, after = facts.notes_before or "", facts.notes_after or ""
    added, removed = changed_lines(before, after)
    right = Content.assemble(
        (f"{name}   ", palette.style("muted")),
        (f"+{added}", palette.style("add")),
        (f" -{removed}", palette.style("rem")),
    )
    rows = difference(before, after)
    lead = Content(" " * INDENT)
    drawn = [lead + row for row in diff_rows(rows[:MOST], max(4, width - INDENT), palette)]
    if len(rows) > MOST:
        drawn += wrapped(f"… {len(rows) - MOST} more lines", width, palette, "muted")
    nothing = wrapped("Nothing has changed in them.", width, palette, "muted")
    return [heading("What changed in the notes", right, width, palette), *(drawn or nothing)]


def findings_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return what is not well with the notes, errors first, each with its remedy."""
    if not facts.findings:
        return []
    errors = len(facts.errors)
    others = len(facts.findings) - errors
    counts = [
        numbers.count(errors, "error") if errors else "",
        numbers.count(others, "warning") if others else "",
    ]
    right = Content.styled(" · ".join(filter(None, counts)), palette.style("muted"))
    lines = [heading("Health of the notes", right, width, palette)]
    for finding in facts.findings:
        lines += _finding(finding, width, palette)
    return lines


def _finding(finding: Finding, width: int, palette: Palette) -> list[Content]:
    wrong = finding.severity is Severity.ERROR
    glyph, token = (glyphs.FAILED, "reset") if wrong else (glyphs.WARNING, "dumb")
    first, *rest = wrapped(finding.message, width - 2, palette, "text", 0)
    lines = [marked(glyph, token, first, palette)]
    lines += [Content(" " * (INDENT + 2)) + line for line in rest]
    return [*lines, *wrapped(finding.remedy, width, palette, "muted", INDENT + 2)]
