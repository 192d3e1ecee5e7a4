"""Install, remove and judge what clearhead adds to Claude Code's settings.

That is the status-line feed, the permission hook and the hold (`hook_commands`). Every change is
planned first, so that a person can see it as a diff, and then carried out whole or not at all.
Removing gives the file back to the byte: as it was kept when nothing else has changed since, else
by taking out only what is ours.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
from enum import StrEnum
from pathlib import Path

import msgspec

from ...paths import state_folder
from ...problems import NotSaved, Problem, Report, Unreadable
from ...storage import PRIVATE, Schema, not_saved, read_state, write_private
from . import settings_text as edit
from .feed_command import script, script_path
from .feed_setting import command_in, has_feed, own_command, with_feed, without_feed
from .hook_commands import HOLD, HOOKS, PERMISSION, Hook
from .hook_commands import script as hook_script
from .hook_commands import script_path as hook_path
from .hooks_setting import has_hook, hooks_in, is_current, with_hooks, without_hooks
from .statusline import last_feed


class SettingsChanged(Problem):
    """The settings file is no longer what the plan was made from."""

    title = "Settings changed meanwhile"
    remedy = "Look at the new plan and confirm again."


class FeedSilent(Problem):
    """Feed and hooks are or would be installed, but Claude Code will not run them."""

    title = "Feed and hooks stay silent"


class Plan(msgspec.Struct, frozen=True):
    """What would change in one settings file; nothing has been written yet.

    `before` and `after` are the whole file, `None` where there is none. `problems` do not stop
    the plan: they say why feed and hooks would stay silent.
    """

    settings: Path
    install: bool
    before: bytes | None
    after: bytes | None
    problems: tuple[Report, ...] = ()

    @property
    def already(self) -> bool:
        """Whether the file is as the plan wants it; applying then renews only the scripts."""
        return self.before == self.after

    @property
    def diff(self) -> str:
        """The change as a unified diff; empty when there is none."""
        old, new = ((text or b"").decode().splitlines() for text in (self.before, self.after))
        names = (str(self.settings), f"{self.settings} (after)")
        return "\n".join(difflib.unified_diff(old, new, *names, lineterm=""))


class Script(StrEnum):
    """How the script that the settings name stands."""

    FINE = "fine"
    MISSING = "missing"
    OUTDATED = "outdated"


class HookStatus(msgspec.Struct, frozen=True):
    """How one of the hooks stands; `script` is `None` when it is not installed."""

    installed: bool
    script: Script | None


class HooksStatus(msgspec.Struct, frozen=True):
    """How one settings file stands; `installed` and `script` tell of the status-line feed.

    `own_command` is the person's own status line, shown through ours or, when ours is not
    installed, alone. `changed_since` is `None` when no installation is on record. `last_feed` is
    the time (epoch seconds) of the newest reading of any session.
    """

    settings: Path
    installed: bool
    own_command: str | None
    script: Script | None
    changed_since: bool | None
    last_feed: float | None
    permission: HookStatus
    hold: HookStatus
    problems: tuple[Report, ...] = ()


class _Record(msgspec.Struct, frozen=True):
    """What an installation found and what it left: the whole file, and a hash of the whole file."""

    settings: str
    before: bytes | None
    after: str


_RECORDS = Schema(_Record)


def plan_install(settings: Path) -> Plan:
    """Plan to add feed and hooks to the settings file; what is there goes on working.

    Raises:
        Unreadable: the file is not what Claude Code's settings should be. Nothing is planned.
    """
    before = _read(settings)
    text = _text(settings, before)
    after = with_hooks(with_feed(text)).encode()
    return Plan(settings, True, before, after, _reasons_to_be_silent(text))


def plan_remove(settings: Path) -> Plan:
    """Plan to take feed and hooks out again; what else is in the file stays as it is.

    Raises:
        Unreadable: the file is not what Claude Code's settings should be. Nothing is planned.
    """
    before = _read(settings)
    record, report = _record_of(settings)
    problems = (report,) if report else ()
    if before is None:
        return Plan(settings, False, None, None, problems)
    if record and _hash(before) == record.after:
        return Plan(settings, False, before, record.before, problems)
    text = _text(settings, before)
    rest = without_hooks(without_feed(text))
    if rest == text:
        return Plan(settings, False, before, before, problems)
    made_by_us = record is not None and record.before is None
    after = None if made_by_us and not edit.members(rest) else rest.encode()
    return Plan(settings, False, before, after, problems)


def apply(plan: Plan) -> None:
    """Carry out a plan.

    Raises:
        SettingsChanged: the file is no longer what the plan was made from; nothing was written.
        NotSaved: it cannot be written; it is as it was.
    """
    if _read(plan.settings) != plan.before:
        raise SettingsChanged(f"{plan.settings} has changed since the plan was made.")
    if plan.install:
        renew_scripts()
        _remember(plan)
    if not plan.already:
        _write(plan.settings.resolve(), plan.after)
    if not plan.install:
        _forget(plan.settings)


def renew_scripts() -> None:
    """Write the scripts as this version has them; an update may have moved or changed clearhead.

    Raises:
        NotSaved: one cannot be written.
    """
    for path, content in _scripts():
        if _script_state(path, content) is not Script.FINE:
            write_private(path, content)


def status(settings: Path) -> HooksStatus:
    """Say how the settings file stands.

    Raises:
        Unreadable: the file is not what Claude Code's settings should be.
    """
    before = _read(settings)
    text = _text(settings, before)
    installed = has_feed(text)
    record, report = _record_of(settings)
    return HooksStatus(
        settings=settings,
        installed=installed,
        own_command=own_command(text),
        script=_script_named_in(text) if installed else None,
        changed_since=(before is None or _hash(before) != record.after) if record else None,
        last_feed=last_feed(),
        permission=_hook_status(text, PERMISSION),
        hold=_hook_status(text, HOLD),
        problems=_reasons_to_be_silent(text) + ((report,) if report else ()),
    )


def _reasons_to_be_silent(text: str) -> tuple[Report, ...]:
    if edit.parse(text).get("disableAllHooks") is not True:
        return ()
    problem = FeedSilent(
        "`disableAllHooks` is on in these settings, "
        "so Claude Code runs no status line and no hooks.",
        remedy="Remove `disableAllHooks` if you want them.",
    )
    return (problem.report(),)


def _read(settings: Path) -> bytes | None:
    try:
        return settings.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(f"{settings}: {error.strerror}") from error


def _text(settings: Path, content: bytes | None) -> str:
    if content is None or not content.strip():
        return edit.EMPTY
    try:
        text = content.decode()
        command_in(text)
        hooks_in(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            f"{settings} does not hold settings that clearhead can change safely: {error}.",
            remedy="Correct it, then try again. Nothing was changed.",
        ) from error
    return text


def _write(target: Path, content: bytes | None) -> None:
    """Replace the file behind any link, with its mode; never take it from another owner."""
    try:
        found = target.stat() if target.exists() else None
        if found and found.st_uid != os.geteuid():
            raise NotSaved(
                f"{target} belongs to another user.", remedy="Run clearhead as its owner."
            )
    except OSError as error:
        raise not_saved(target, error) from error
    if content is None:
        _delete(target)
    else:
        write_private(target, content, mode=stat.S_IMODE(found.st_mode) if found else PRIVATE)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise not_saved(path, error) from error


def _script_named_in(text: str) -> Script:
    """Judge the script of an installed feed; another place than ours is as good as an old one."""
    fits = with_feed(text) == text
    return _script_state(script_path(), script()) if fits else Script.OUTDATED


def _hook_status(text: str, hook: Hook) -> HookStatus:
    if not has_hook(text, hook):
        return HookStatus(installed=False, script=None)
    state = _script_state(hook_path(hook), hook_script(hook))
    return HookStatus(True, state if is_current(text, hook) else Script.OUTDATED)


def _scripts() -> list[tuple[Path, bytes]]:
    """Return every script: where it lies, and what it should hold."""
    hooks = [(hook_path(hook), hook_script(hook)) for hook in HOOKS]
    return [(script_path(), script()), *hooks]


def _script_state(path: Path, content: bytes) -> Script:
    try:
        return Script.FINE if path.read_bytes() == content else Script.OUTDATED
    except OSError:
        return Script.MISSING


def _record_path(settings: Path) -> Path:
    name = _hash(os.fsencode(settings.resolve()))[:32]
    return state_folder() / "claude" / "installed" / f"{name}.json"


def _record_of(settings: Path) -> tuple[_Record | None, Report | None]:
    return read_state(_record_path(settings), _RECORDS.decode)


def _remember(plan: Plan) -> None:
    """Keep what the file was before anything of ours: as found now, or as an older record says.

    Where ours was in it and no record fits, there is none: then taking out is by text.
    """
    if plan.already or plan.after is None:
        return
    before = plan.before
    text = _text(plan.settings, before)
    if has_feed(text) or any(has_hook(text, hook) for hook in HOOKS):
        older, _ = _record_of(plan.settings)
        if older is None or before is None or _hash(before) != older.after:
            _delete(_record_path(plan.settings))
            return
        before = older.before
    record = _Record(str(plan.settings), before, _hash(plan.after))
    write_private(_record_path(plan.settings), _RECORDS.encode(record))


def _forget(settings: Path) -> None:
    """Drop the record, and the scripts when no settings on record use them any more."""
    record = _record_path(settings)
    _delete(record)
    if not any(record.parent.glob("*.json")):
        for path, _ in _scripts():
            _delete(path)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
