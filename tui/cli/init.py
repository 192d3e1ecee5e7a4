"""`clearhead init`: a progress file, and the words that make agents keep it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from ...core.config import load_config
from ...core.initialising import Change, apply, plan
from ...core.problems import UsageProblem
from ...core.repo_files import top_of
from ...core.text import clean
from .output import as_json, print_json, warn


@click.command(name="init")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--feature-list", is_flag=True, help="Add a feature list and init.sh: a new task.")
@click.option("--yes", is_flag=True, help="Make every change without asking.")
@as_json
def command(path: Path, feature_list: bool, yes: bool, as_json: bool) -> None:
    """Make a progress file, and offer the words for AGENTS.md or CLAUDE.md that agents follow.

    Each change is shown before it is made. What is there is never overwritten.
    """
    if not path.is_dir():
        raise UsageProblem(f"There is no folder {path}.", remedy="Check the path.")
    settings, reports = load_config()
    warn(reports)
    root = top_of(path.resolve())
    today = datetime.now().astimezone().date().isoformat()
    changes = plan(root, name=settings.progress_files[0], date=today, feature_list=feature_list)
    if as_json and not yes:
        print_json({"root": str(root), "planned": [_told(change) for change in changes]})
        return
    made = list(_carry_out(root, changes, yes=yes, quiet=as_json))
    if as_json:
        print_json({"root": str(root), "made": [_told(change) for change in made]})
    elif not changes:
        click.echo("Nothing to do.")
    elif not (root / ".git").exists():
        click.echo("There is no git here: `git init` lets the notes grow with the work.")


def _carry_out(
    root: Path, changes: tuple[Change, ...], *, yes: bool, quiet: bool
) -> Iterator[Change]:
    """Show each change, ask, and make it; yield what was made."""
    if changes and not yes and not sys.stdin.isatty():
        for change in changes:
            click.echo(clean(_diff(root, change)))
        raise UsageProblem("Nothing was changed.", remedy="Say --yes to do it without asking.")
    for change in changes:
        if not quiet:
            click.echo(clean(_diff(root, change)))
        name = change.path.relative_to(root)
        if yes or click.confirm(f"{'Make' if change.before is None else 'Change'} {name}?"):
            apply(change)
            yield change


def _diff(root: Path, change: Change) -> str:
    name = str(change.path.relative_to(root))
    before = "" if change.before is None else change.before
    lines = difflib.unified_diff(
        before.splitlines(),
        change.after.splitlines(),
        "/dev/null" if change.before is None else name,
        name,
        lineterm="",
    )
    return "\n".join(lines)


def _told(change: Change) -> dict[str, object]:
    return {"path": str(change.path), "new": change.before is None}
