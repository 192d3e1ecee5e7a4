"""Which programs a repository's own configuration would make git run, and whether they may.

A filter named in `.git/config` runs whenever git compares contents, and cannot be switched off.
Repositories come from elsewhere, so such a program waits until the person has seen it once.
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

from .gitrun import run_git
from .problems import Report, Unreadable
from .storage import Schema, read_state, write_private

_RUNS = re.compile(
    r"filter\..+\.(?:clean|smudge|process)|core\.(?:fsmonitor|sshcommand)"
    r"|diff\.external|diff\..+\.(?:command|textconv)|gpg\.(?:.+\.)?program",
    re.DOTALL,
)
_NO_PROGRAM = {"", "true", "false", "yes", "no", "on", "off", "1", "0"}
_OWN = {"local", "worktree"}
_USERS = {"system", "global"}

Trusted = dict[str, str]
"""What the person let pass: repository → digest of the programs they saw."""

_SCHEMA: Schema[Trusted] = Schema(Trusted)


def programs_of(cwd: Path) -> tuple[str, ...]:
    """Return `name = command` for each program that only the repository's configuration names.

    What the person's own configuration says in the same words is theirs and passes. Included
    files and the worktree's own configuration count as the repository's.

    Raises:
        Unreadable: the configuration cannot be read.
    """
    answer = run_git(cwd, "config", "--list", "--show-scope", "-z")
    if answer.code or answer.cut:
        raise Unreadable(
            f"The configuration of this repository cannot be read: {answer.reason or 'too long'}.",
            remedy="Try `git config --list` there.",
        )
    fields = answer.text.split("\0")
    settings = list(zip(fields[::2], fields[1::2], strict=False))
    users = {setting for scope, setting in settings if scope in _USERS}
    own = {setting for scope, setting in settings if scope in _OWN} - users
    return tuple(sorted(setting.replace("\n", " = ", 1) for setting in own if _is_program(setting)))


def _is_program(setting: str) -> bool:
    """Say whether a `key`, line end, `value` setting names a program that reading could run."""
    key, _, value = setting.partition("\n")
    return _RUNS.fullmatch(key) is not None and value.strip().lower() not in _NO_PROGRAM


def digest(programs: tuple[str, ...]) -> str:
    """Return one digest for a set of programs, byte for byte as the configuration has them."""
    return sha256("\0".join(programs).encode(errors="surrogateescape")).hexdigest()


def load(state: Path) -> tuple[Trusted, Report | None]:
    """Return what is trusted; of a damaged file nothing is, and the report says so."""
    trusted, report = read_state(_place(state), _SCHEMA.decode)
    return trusted or {}, report


def trust(state: Path, root: Path, consent: str) -> None:
    """Let the programs behind `consent` run in `root`; when others join them, it asks again.

    Programs are known by their command lines: what a script does may change unasked.

    Raises:
        NotSaved: the state folder cannot be written.
    """
    trusted, _ = load(state)
    write_private(_place(state), _SCHEMA.encode(trusted | {name_of(root): consent}))


def name_of(root: Path) -> str:
    """Return the name of a repository in the trust file; its path may hold any byte."""
    return str(root).encode(errors="backslashreplace").decode()


def _place(state: Path) -> Path:
    """Return where the trust file lies in the state folder."""
    return state / "trusted-repositories.json"
