"""What commands print: plain lines for people, one JSON object for scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec

from ...core.problems import Report
from ...core.text import clean

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
"""The option every command has."""


def print_json(value: dict[str, Any]) -> None:
    """Print one object, indented, keys in the order they were given."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Print names and values in two columns; text from outside is cleaned."""
    for name, value in facts:
        click.echo(f"{name:<12} {clean(value)}")


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table with columns as wide as their widest entry."""
    cells = [list(head), *([" ".join(clean(cell).split()) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def warn(reports: Iterable[Report]) -> None:
    """Say on standard error what went wrong beside the work itself."""
    for report in reports:
        place = "" if report.line is None else f" (line {report.line})"
        click.echo(f"clearhead: {report.title}: {clean(report.detail)}{place}", err=True)
        if report.remedy:
            click.echo(f"  {clean(report.remedy)}", err=True)
