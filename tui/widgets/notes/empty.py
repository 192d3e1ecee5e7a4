"""What stands in the pane while no file is open: why, and what to do about it. Pure."""

from __future__ import annotations

from textual.content import Content

from ....core.problems import Report
from ...themes import Palette

NO_NOTES = "This session has no notes. When its context is full, what it knows goes with it."
SECTIONS = ("status, completed,", "failed approaches, next step")
RULE = "clearhead init"


def none_yet(key: str, name: str, palette: Palette) -> Content:
    """Return the words for a session without a progress file, and the ways to one.

    The lines that hang below others are short, for nothing keeps their indent when they wrap.
    """
    indent = " " * (len(key) + 1)
    return Content.assemble(
        NO_NOTES,
        "\n\n",
        (key, palette.style("you", bold=True)),
        (f" Write {name}", palette.style("strong", bold=True)),
        (" from a template", palette.style("muted")),
        *((f"\n{indent}{line}", palette.style("muted")) for line in SECTIONS),
        "\n\n",
        (RULE, palette.style("strong", bold=True)),
        (" adds the rule to AGENTS.md\n", palette.style("muted")),
        (f"{indent}and shows it as a diff first", palette.style("muted")),
    )


def nowhere(palette: Palette) -> Content:
    """Return the words for a session whose folder is not known."""
    return Content.assemble(
        "The folder of this session is not known, so neither are its notes.",
        ("\n\nThe transcript names it with its first record.", palette.style("muted")),
    )


def looking(palette: Palette) -> Content:
    """Return the words for the moment before the disk has answered."""
    return Content.styled("looking for the progress file…", palette.style("muted"))


def problem(report: Report, palette: Palette) -> Content:
    """Return a problem that keeps the file from being shown; the file is left as it is."""
    return Content.assemble(
        (f"! {report.title}", palette.style("reset", bold=True)),
        f"\n\n{report.detail}",
        (f"\n\n{report.remedy}" if report.remedy else "", palette.style("muted")),
    )
