"""What a repository needs so that agents keep a progress file, planned before anything is written.

Nothing that is there is overwritten: a file is made when it is missing, or gets one marked block.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from string import Template

import msgspec

from .lineends import decode, encode
from .notefile import resolved
from .notes import template
from .packaged import packaged
from .problems import NotSaved, Unreadable
from .progress import NAMES, render

BEGIN, END = "<!-- clearhead:begin -->", "<!-- clearhead:end -->"
"""The marks around what clearhead puts into a file of the person's."""

GUIDES = ("AGENTS.md", "CLAUDE.md")
"""Files that agents read at the start; a new one is made under the first name."""

FEATURES, SET_UP = "feature_list.json", "init.sh"

_SET_UPS = (
    ("package-lock.json", "npm ci"),
    ("pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
    ("yarn.lock", "yarn install --frozen-lockfile"),
    ("package.json", "npm install"),
    ("uv.lock", "uv sync"),
    ("poetry.lock", "poetry install"),
    ("pyproject.toml", "python3 -m venv .venv && .venv/bin/pip install -e ."),
    ("requirements.txt", "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"),
    ("Cargo.toml", "cargo fetch"),
    ("go.mod", "go mod download"),
    ("Gemfile", "bundle install"),
)
_FAMILIES = ({"npm ci", "pnpm", "yarn", "npm install"}, {"uv sync", "poetry", "python3"})
_IMPORT = re.compile(r"^\s*@(?:\./)?AGENTS\.md\b", re.MULTILINE)


class Change(msgspec.Struct, frozen=True):
    """One file to be made or added to; `before` is `None` for a new one."""

    path: Path
    before: str | None
    after: str
    content: bytes
    executable: bool = False


def plan(root: Path, *, name: str, date: str, feature_list: bool = False) -> tuple[Change, ...]:
    """Return what is missing in the repository at `root`; nothing when all is there.

    Raises:
        Unreadable: A file that would get a block cannot be read as text.
    """
    found = next((n for n in (name, *NAMES) if os.path.lexists(root / n)), None)
    changes = []
    if found is None:
        text = render(template(), project=root.name, date=date)
        changes.append(_new(root / name, text))
    changes += _guides(root, found or name, feature_list=feature_list)
    if feature_list:
        changes += _initializer(root)
    return tuple(changes)


def apply(change: Change) -> None:
    """Write one change; a file that is not as it was planned for stays as it is.

    Raises:
        NotSaved: It cannot be written, or changed meanwhile.
    """
    from .atomic import open_folder, write_at
    from .replacing import digest, replace_if_same

    target = resolved(change.path)
    mode = 0o777 if change.executable else 0o666
    try:
        with open_folder(target.parent, inside=target.parent) as folder:
            if change.before is None:
                if os.path.lexists(target):
                    raise FileExistsError(17, "it is there by now")
                write_at(folder, target.name, change.content, mode=mode)
                return
            old = digest(target.read_bytes())
            if decode(target.read_bytes())[0] != change.before:
                raise FileExistsError(17, "it was changed meanwhile")
            done = replace_if_same(
                folder, target.name, change.content, expected=old, limit=1 << 24, keep=_keep_none
            )
            if done is None:
                raise FileExistsError(17, "it was changed meanwhile")
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise NotSaved(
            f"{change.path.name} was not written: {why}.", remedy="Try again."
        ) from error


def _keep_none(_: bytes) -> None:
    """Keep nothing: what comes in between stays in its place."""


def _new(path: Path, text: str, *, executable: bool = False) -> Change:
    return Change(path, None, text, text.encode(), executable)


def _guides(root: Path, notes: str, *, feature_list: bool) -> list[Change]:
    """Return the block for each guide that is there, or a new guide with it."""
    there = {
        resolved(root / name): root / name
        for name in reversed(GUIDES)
        if os.path.lexists(root / name)
    }
    block = _block(notes, feature_list=feature_list)
    if not there:
        return [_new(root / GUIDES[0], f"# Notes for agents\n\n{block}")]
    changes = (_with_block(path, block) for path in sorted(there.values()))
    return [change for change in changes if change is not None]


def _with_block(path: Path, block: str) -> Change | None:
    """Return a file with the block at its end; `None` when it has one, or imports the other."""
    try:
        content = path.read_bytes()
        text, form = decode(content)
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}.", remedy="") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path.name} is not UTF-8.", remedy="Convert it first.") from error
    if BEGIN in text or _IMPORT.search(text):
        return None
    lead = text[: len(text.rstrip())]
    after = f"{lead}\n\n{block}" if lead else block
    return Change(path, text, after, encode(after, form, text))


def _block(notes: str, *, feature_list: bool) -> str:
    extra = _words("agents-features.md", notes=notes) if feature_list else ""
    return f"{BEGIN}\n{_words('agents-stanza.md', notes=notes)}{extra}{END}\n"


def _words(name: str, **told: str) -> str:
    source = packaged(name).read_text("utf-8")
    return Template(source).safe_substitute(told)


def _initializer(root: Path) -> list[Change]:
    """Return the feature list and the script that sets a fresh copy up."""
    changes = []
    if not os.path.lexists(root / FEATURES):
        changes.append(_new(root / FEATURES, _words("feature-list.json")))
    if not os.path.lexists(root / SET_UP):
        steps = "\n".join(_steps(root)) or "# Say here what sets a fresh copy up."
        changes.append(_new(root / SET_UP, _words("init.sh", steps=steps), executable=True))
    return changes


def _steps(root: Path) -> list[str]:
    """Return the set-up commands that the project's own files speak for; none of them is run."""
    found: list[str] = []
    for name, command in _SET_UPS:
        family = next((f for f in _FAMILIES if any(command.startswith(c) for c in f)), set())
        taken = any(done.startswith(tuple(family)) for done in found) if family else False
        if (root / name).is_file() and not taken:
            found.append(command)
    return found
