"""A hand-off to another machine: one file that says where the work is and how to go on. Pure.

It is Markdown that a person can read, with a head that `clearhead pickup` reads. Nothing in it is
run; whoever picks it up sees the brief before anything is sent.
"""

from __future__ import annotations

import re

import msgspec

from ..problems import Problem
from ..secrets import MASKED, find_secrets, mask
from ..text import clean, one_line

NAME = "clearhead-handoff.md"
"""The usual name of the file."""

LARGEST = 512 * 1024
"""Bytes of a bundle that is read."""

_VERSION = 1
_HEAD = re.compile(r"\A<!-- clearhead hand-off (\d+)\n(.*?)\n-->\n(.*)\Z", re.DOTALL)
_BRIEF, _NOTES = "\n## Brief\n\n", "\n## Notes\n\n"
_FENCE = "``````"
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class NotABundle(Problem):
    """A file is no hand-off of this program."""

    title = "Not a hand-off"
    remedy = f"Name the {NAME} that `clearhead handoff --to bundle` wrote."


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """A task on its way. `commit` is what the notes were written at, `remote` where it can be had.

    `task` names the chain of sessions that it belongs to.
    """

    task: str
    project: str
    agent: str
    session_id: str
    at: float
    branch: str | None = None
    commit: str | None = None
    remote: str | None = None
    notes_name: str | None = None
    usd: float | None = None
    brief: str = ""
    notes: str = ""
    masked: tuple[str, ...] = ()


def write(bundle: Bundle) -> str:
    """Return the file's text; secrets are masked and their kinds named in it."""
    brief, notes = mask(bundle.brief), mask(bundle.notes)
    kinds = {secret.kind for text in (bundle.brief, bundle.notes) for secret in find_secrets(text)}
    remote = _CREDENTIALS.sub("", bundle.remote) if bundle.remote else None
    head = msgspec.structs.replace(
        bundle, brief="", notes="", remote=remote, masked=tuple(sorted(kinds))
    )
    lines = (
        msgspec.json.format(msgspec.json.encode(head), indent=1).decode().replace("--", "-\\u002d")
    )
    missing = f"\n{MASKED} {', '.join(sorted(kinds))}.\n" if kinds else ""
    return (
        f"<!-- clearhead hand-off {_VERSION}\n{lines}\n-->\n# {bundle.project}: hand-off\n\n"
        f"Go on with `clearhead pickup {NAME}` in a checkout of the project.\n{missing}"
        f"{_BRIEF}{_fenced(brief)}{_NOTES}{_fenced(notes)}"
    )


def read(text: str) -> Bundle:
    """Return what a bundle holds, cleaned: it comes from elsewhere.

    Raises:
        NotABundle: it is none, or a newer version wrote it.
    """
    match = _HEAD.match(text.replace("\r\n", "\n"))
    if match is None:
        raise NotABundle("The file does not begin as a hand-off does.")
    if int(match[1]) > _VERSION:
        raise NotABundle(f"A newer clearhead wrote it (version {match[1]}).", remedy="Update.")
    try:
        head = msgspec.json.decode(match[2].encode(), type=Bundle)
    except msgspec.MsgspecError as error:
        raise NotABundle(f"Its head is damaged: {error}.") from error
    brief, _, notes = match[3].partition(_BRIEF)[2].partition(_NOTES)
    return msgspec.structs.replace(
        head,
        task=one_line(head.task),
        project=one_line(head.project),
        agent=one_line(head.agent),
        session_id=one_line(head.session_id),
        branch=one_line(head.branch) if head.branch else None,
        commit=_hex(head.commit),
        remote=one_line(head.remote) if head.remote else None,
        notes_name=_name(head.notes_name),
        brief=_unfenced(brief),
        notes=_unfenced(notes),
    )


def _fenced(text: str) -> str:
    return f"{_FENCE}\n{text.rstrip()}\n{_FENCE}\n"


def _unfenced(text: str) -> str:
    inner = text.strip().removeprefix(_FENCE).removesuffix(_FENCE)
    return clean(inner).strip() + "\n" if inner.strip() else ""


def _hex(commit: str | None) -> str | None:
    return commit if commit and re.fullmatch(r"[0-9a-f]{7,64}", commit) else None


def _name(name: str | None) -> str | None:
    """Return the name of a file in the project's top folder; a path leads nowhere."""
    plain = one_line(name or "")
    return plain if plain and "/" not in plain and plain not in (".", "..") else None
