"""`clearhead forget`: erase the texts that clearhead keeps."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from ...core.kept import Holdings, Kept
from ...core.paths import state_folder
from ...core.problems import UsageProblem
from .. import numbers
from .output import as_json, print_json


@click.command(name="forget")
@click.option(
    "--repo", type=click.Path(path_type=Path), help="Only what is kept of files below this folder."
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@as_json
def command(repo: Path | None, yes: bool, as_json: bool) -> None:
    """Erase the versions of progress files and the unsaved texts that are kept.

    The progress files themselves stay as they are.
    """
    root = repo.resolve() if repo else None
    kept = Kept(state_folder())
    held = kept.holdings(root)
    if not (held.versions or held.drafts):
        _tell("Nothing is kept.", held, as_json=as_json)
        return
    if not as_json:
        click.echo(f"This erases {_words(held)}.")
    if not (yes or (sys.stdin.isatty() and click.confirm("Erase them for good?"))):
        raise UsageProblem("Nothing was erased.", remedy="Say --yes to do it without asking.")
    kept.forget(root)
    _tell("Done.", held, as_json=as_json)


def _words(held: Holdings) -> str:
    drafts = f" and {numbers.count(held.drafts, 'unsaved text')}" if held.drafts else ""
    versions = numbers.count(held.versions, "version")
    return f"{versions}{drafts} of {numbers.count(held.files, 'file')}, {held.size:,} bytes"


def _tell(words: str, held: Holdings, *, as_json: bool) -> None:
    if as_json:
        print_json({"erased": msgspec.to_builtins(held)})
    else:
        click.echo(words)
