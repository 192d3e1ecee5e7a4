"""`clearhead forget`: erase the texts that clearhead keeps."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from ...core.kept import Holdings, Kept
from ...core.paths import state_folder
from ...core.problems import UsageProblem
from ...core.written import Written
from .. import numbers
from .output import as_json, print_json


class Held(msgspec.Struct, frozen=True):
    """What is kept: of progress files, and how many messages of how many bytes."""

    notes: Holdings
    messages: int
    size: int

    @property
    def nothing(self) -> bool:
        """Whether no text is kept."""
        return not (self.notes.versions or self.notes.drafts or self.messages)


@click.command(name="forget")
@click.option(
    "--repo", type=click.Path(path_type=Path), help="Only what is kept of files below this folder."
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@as_json
def command(repo: Path | None, yes: bool, as_json: bool) -> None:
    """Erase the versions of progress files, the unsaved texts and the messages that are kept.

    The progress files themselves stay as they are, and so do the agents' transcripts.
    """
    root = repo.resolve() if repo else None
    kept, written = Kept(state_folder()), Written(state_folder())
    held = Held(kept.holdings(root), *written.holdings(root))
    if held.nothing:
        _tell("Nothing is kept.", held, as_json=as_json)
        return
    if not as_json:
        click.echo(f"This erases {_words(held)}.")
    if not (yes or (sys.stdin.isatty() and click.confirm("Erase them for good?"))):
        raise UsageProblem("Nothing was erased.", remedy="Say --yes to do it without asking.")
    kept.forget(root)
    written.forget(root)
    _tell("Done.", held, as_json=as_json)


def _words(held: Held) -> str:
    notes = held.notes
    parts = []
    if notes.versions or notes.drafts:
        drafts = f" and {numbers.count(notes.drafts, 'unsaved text')}" if notes.drafts else ""
        versions = numbers.count(notes.versions, "version")
        parts.append(f"{versions}{drafts} of {numbers.count(notes.files, 'file')}")
    if held.messages:
        parts.append(f"{numbers.count(held.messages, 'message')} to agents")
    return f"{', '.join(parts)}, {notes.size + held.size:,} bytes"


def _tell(words: str, held: Held, *, as_json: bool) -> None:
    if as_json:
        erased = msgspec.to_builtins(held.notes) | {"messages": held.messages}
        print_json({"erased": erased | {"size": held.notes.size + held.size}})
    else:
        click.echo(words)
