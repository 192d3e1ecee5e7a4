"""`clearhead forget`: erase the texts that clearhead keeps."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from ...core.kept import Holdings, Kept
from ...core.paths import state_folder
from ...core.problems import UsageProblem
from ...core.reset.store import Store
from ...core.written import Written
from .. import numbers
from .output import as_json, print_json


class Held(msgspec.Struct, frozen=True):
    """What is kept: of progress files, how many messages of how many bytes, and finished resets."""

    notes: Holdings
    messages: int
    size: int
    resets: int = 0

    @property
    def nothing(self) -> bool:
        """Whether no text is kept."""
        return not (self.notes.versions or self.notes.drafts or self.messages or self.resets)


@click.command(name="forget")
@click.option(
    "--repo", type=click.Path(path_type=Path), help="Only what is kept of files below this folder."
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@as_json
def command(repo: Path | None, yes: bool, as_json: bool) -> None:
    """Erase the versions of progress files, the unsaved texts and the messages that are kept.

    The records of resets that are over go too; such a reset cannot be undone any more.
    The progress files themselves stay as they are, and so do the agents' transcripts.
    """
    root = repo.resolve() if repo else None
    kept, written = Kept(state_folder()), Written(state_folder())
    resets = Store(state_folder())
    over = len(resets.over(root))
    held = Held(kept.holdings(root), *written.holdings(root), over)
    if held.nothing:
        _tell("Nothing is kept.", held, as_json=as_json)
        return
    if not as_json:
        click.echo(f"This erases {_words(held)}.")
    if not (yes or (sys.stdin.isatty() and click.confirm("Erase them for good?"))):
        raise UsageProblem("Nothing was erased.", remedy="Say --yes to do it without asking.")
    kept.forget(root)
    written.forget(root)
    resets.forget(root)
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
    if held.resets:
        parts.append(numbers.count(held.resets, "finished reset"))
    return f"{', '.join(parts)}, {notes.size + held.size:,} bytes"


def _tell(words: str, held: Held, *, as_json: bool) -> None:
    if as_json:
        erased = msgspec.to_builtins(held.notes) | {
            "messages": held.messages,
            "resets": held.resets,
        }
        print_json({"erased": erased | {"size": held.notes.size + held.size}})
    else:
        click.echo(words)
