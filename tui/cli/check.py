"""`clearhead check`: the health of a progress file, and what mends it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from ...core.config import load_config
from ...core.features import Features, read_features
from ...core.health.facts import facts_of
from ...core.health.finding import Facts, Finding, Fix, Severity
from ...core.health.fixes import apply, side_name
from ...core.health.linter import check, summary
from ...core.kept import Kept
from ...core.notefile import Changed, Loaded, text_of
from ...core.notes import Notes
from ...core.paths import state_folder
from ...core.problems import NotFound, NotSaved, Unreadable, UsageProblem
from ...core.repo_files import top_of
from ...core.text import clean
from .output import as_json, print_json, warn

LIST = ".json"


@click.command(name="check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--fix",
    "fixes",
    multiple=True,
    type=click.Choice([fix.value for fix in Fix]),
    help="Mend it: insert missing sections, stamp it, archive old sessions, split off reasons.",
)
@click.option("--yes", is_flag=True, help="Mend it without asking.")
@as_json
def command(file: Path | None, fixes: Sequence[str], yes: bool, as_json: bool) -> None:
    """Check a progress file, by default that of the repository in this folder.

    Ends with 1 when there is an error. The repository is asked by git alone; none of its own
    code runs.
    """
    path = file or _found()
    if path.suffix == LIST:
        _check_list(path, as_json=as_json)
        return
    notes = Notes(top_of(path.absolute().parent), Kept(state_folder()))
    loaded = notes.load(path, confirmed=True)
    if fixes:
        loaded = _mend(notes, loaded, [Fix(fix) for fix in fixes], yes=yes, quiet=as_json)
    facts = _facts(loaded)
    findings = check(loaded.text, facts)
    _print(path, findings, facts, as_json=as_json)
    if any(finding.severity is Severity.ERROR for finding in findings):
        sys.exit(1)


def _found() -> Path:
    """Return the progress file of the repository in this folder."""
    settings, reports = load_config()
    warn(reports)
    root = top_of(Path.cwd())
    place = Notes(root, Kept(state_folder())).find(settings.progress_files)
    if place is None:
        raise NotFound(
            f"No progress file in {root}.", remedy="`clearhead init` makes one; or name a file."
        )
    return place


def _facts(loaded: Loaded) -> Facts:
    return facts_of(loaded.target, loaded.text, today=datetime.now().astimezone().date())


def _print(path: Path, findings: Sequence[Finding], facts: Facts, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "file": str(path),
                "health": summary(findings),
                "findings": [_as_json(finding) for finding in findings],
                "unknown": facts.unknown or None,
            }
        )
        return
    for finding in findings:
        where = "" if finding.line is None else f":{finding.line + 1}"
        click.echo(f"{path}{where}: {finding.severity} {finding.code}: {clean(finding.message)}")
        mend = f" (--fix {finding.fix})" if finding.fix else ""
        click.echo(f"  {finding.remedy}{mend}")
    click.echo(f"{path}: {summary(findings)}")
    if facts.unknown:
        click.echo(f"git was not asked: {clean(facts.unknown)}", err=True)


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "level": finding.severity.value,
        "line": None if finding.line is None else finding.line + 1,
        "message": finding.message,
        "remedy": finding.remedy,
        "fix": finding.fix.value if finding.fix else None,
    }


def _check_list(path: Path, *, as_json: bool) -> None:
    """Check a feature list: whether it can be read, and how many features pass."""
    features = _features(path)
    words = f"{features.passing} of {len(features.items)} features pass"
    if as_json:
        print_json({"file": str(path), "health": words, "findings": []})
    else:
        click.echo(f"{path}: {words}")


def _features(path: Path) -> Features:
    try:
        text, _ = text_of(path, path.read_bytes())
        found = read_features(text)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror}.", remedy="") from None
    except ValueError as error:
        raise Unreadable(f"{path} is not JSON: {error}.", remedy="Correct it.") from None
    if found is None:
        raise Unreadable(
            f"{path} holds no list of features.", remedy='Each needs a "passes": true or false.'
        )
    return found


def _mend(notes: Notes, loaded: Loaded, fixes: Sequence[Fix], *, yes: bool, quiet: bool) -> Loaded:
    """Show what would change, ask, and save it; what was there stays in the history."""
    text, aside = loaded.text, ""
    for fix in fixes:
        fixed = apply(fix, text, _facts(loaded))
        text, aside = fixed.text, aside + fixed.aside
    if text == loaded.text:
        return loaded
    if not quiet:
        click.echo(clean(_diff(loaded.path.name, loaded.text, text)), nl=False)
    if not (yes or (sys.stdin.isatty() and click.confirm("Make this change?"))):
        raise UsageProblem("Nothing was changed.", remedy="Say --yes to do it without asking.")
    if aside:
        notes.append_aside(loaded.path, side_name(loaded.path.name), aside)
    saved = notes.save(loaded, text)
    if isinstance(saved, Changed):
        raise NotSaved(saved.detail, remedy="Try again.")
    return saved.loaded


def _diff(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.split("\n"), after.split("\n"), name, f"{name} (mended)", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)
