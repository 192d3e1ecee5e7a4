"""The person's settings: read once from `config.toml`, passed on as a value.

A wrong entry is reported with its line and its default is used; the program goes on.
"""

from __future__ import annotations

import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from .notify import NotifySetting
from .paths import config_folder
from .prices import PriceSetting, read_price_settings
from .problems import Problem, Report, UsageProblem
from .zones import ZoneSetting, read_zone_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE_NAME = "config.toml"

Text = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(gt=0)]
Place: TypeAlias = tuple[str, ...]


class SettingWrong(Problem):
    """An entry of the settings file cannot be used."""

    title = "A setting is not used"
    remedy = "Correct the settings file. Until then the default holds."


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a person can set; each field is the TOML key of the same name."""

    claude_folders: tuple[Path, ...]
    """Folders where Claude Code keeps its settings and transcripts."""
    codex_folders: tuple[Path, ...]
    """Folders where Codex keeps its sessions."""
    theme: Text | None = None
    """Name of a colour theme; `None` leaves the choice to the program."""
    keys: dict[Text, Text] = {}
    """Key by command id, in place of the command's own key."""
    windows: dict[Text, Count] = {}
    """Size of the context window in tokens by model id, for where no source tells it."""
    zones: dict[Text, ZoneSetting] = {}
    """Zone edges by pattern of model ids."""
    prices: dict[Text, PriceSetting] = {}
    """Prices by pattern of model ids."""
    progress_files: tuple[Text, ...] = (
        "claude-progress.md",
        "claude-progress.txt",
        "progress.md",
        "PROGRESS.md",
        "HANDOFF.md",
    )
    """Names a progress file may have, the best first."""
    progress_template: Path | None = None
    """File that a new progress file is made from."""
    away_minutes: Annotated[float, Meta(ge=1, le=24 * 60)] = 10.0
    """Minutes without a key after which what happened meanwhile is offered."""
    notify: NotifySetting = NotifySetting()
    """How the person is told that a session waits for them."""
    git_seconds: Annotated[float, Meta(ge=1, le=3600)] = 5.0
    """Seconds between two looks at the state of a repository."""


_OWN_CHECKS: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "zones": read_zone_settings,
    "prices": read_price_settings,
}
"""Tables whose own modules know what an entry may be."""


def load_config(path: Path | None = None) -> tuple[Settings, tuple[Report, ...]]:
    """Return the settings of the file (default: the person's own) and what is wrong in it.

    Paths in it may begin with `~`; relative ones count from the folder of the file.
    """
    path = path or config_folder() / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return default_settings(), ()
    except (OSError, UnicodeDecodeError) as error:
        return default_settings(), (SettingWrong(f"{path} cannot be read: {error}").report(),)
    return _settings_in(text, path)


def default_settings() -> Settings:
    """Return the settings of a person who has set nothing; the agents' own variables count."""
    return Settings(claude_folders=_claude_folders(), codex_folders=_codex_folders())


def _claude_folders() -> tuple[Path, ...]:
    own = _expanded(os.environ.get("CLAUDE_CONFIG_DIR") or "~/.claude")
    xdg = _expanded(os.environ.get("XDG_CONFIG_HOME") or "~/.config") / "claude"
    return (own, xdg) if xdg != own and xdg.is_dir() else (own,)


def _codex_folders() -> tuple[Path, ...]:
    return (_expanded(os.environ.get("CODEX_HOME") or "~/.codex"),)


def _expanded(text: str) -> Path:
    """Return the path with its `~` resolved; that of a user who does not exist stays."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        return Path(text)


def _settings_in(text: str, path: Path) -> tuple[Settings, tuple[Report, ...]]:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        at = re.search(r"line (\d+)", str(error))
        problem = SettingWrong(
            f"{path} is not valid TOML: {error}",
            remedy="Correct that line. Until then all defaults hold.",
        )
        return default_settings(), (problem.report(int(at[1]) if at else None),)
    reader = _Reader(text, path)
    found = reader.read(table)
    return msgspec.structs.replace(default_settings(), **found), tuple(reader.reports)


class _Reader:
    """Takes from a parsed file what can be used, and reports the rest."""

    def __init__(self, text: str, path: Path) -> None:
        self._text = text
        self._path = path
        self._kinds = get_type_hints(Settings, include_extras=True)
        self.reports: list[Report] = []

    def read(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields of `Settings` that `table` sets rightly."""
        found: dict[str, Any] = {}
        for key, value in table.items():
            kind = self._kinds.get(key)
            if kind is None:
                self._report((key,), "there is no such setting", _meant(key, self._kinds))
            elif get_origin(kind) is dict and isinstance(value, dict):
                found[key] = self._entries(key, value)
            else:
                self._take(found, (key,), value, kind)
        return found

    def _entries(self, key: str, table: Mapping[str, Any]) -> dict[str, Any]:
        """Return the good entries of a table: one wrong model must not cost the others."""
        found: dict[str, Any] = {}
        for name, value in table.items():
            if key in _OWN_CHECKS:
                self._check(found, (key, name), value)
            else:
                self._take(found, (key, name), value, get_args(self._kinds[key])[1])
        return found

    def _check(self, found: dict[str, Any], place: Place, value: Any) -> None:
        try:
            found |= _OWN_CHECKS[place[0]]({place[1]: value})
        except UsageProblem as problem:
            self._report(place, problem.detail.partition(": ")[2], problem.remedy)

    def _take(self, found: dict[str, Any], place: Place, value: Any, kind: Any) -> None:
        try:
            found[place[-1]] = msgspec.convert(value, kind, dec_hook=self._path_in)
        except msgspec.ValidationError as error:
            what, _, inside = str(error).partition(" - at `$")
            within = tuple(re.findall(r"\.(\w+)", inside))
            self._report(place + within, what.replace(" | null", ""))

    def _path_in(self, kind: type, value: object) -> Path:
        if kind is Path and isinstance(value, str) and value and "\0" not in value:
            return self._path.parent / _expanded(value)
        raise ValueError(f"Expected a path, got `{value!r}`")

    def _report(self, place: Place, what: str, remedy: str | None = None) -> None:
        problem = SettingWrong(f"{self._path}: `{'.'.join(place)}`: {what}", remedy=remedy)
        self.reports.append(problem.report(_line_of(self._text, place)))


def _meant(key: str, known: Mapping[str, Any]) -> str | None:
    close = get_close_matches(key, known, n=1)
    return f"Did you mean `{close[0]}`?" if close else None


def _line_of(text: str, place: Place) -> int | None:
    """Return the 1-based line that sets `place`, or the nearest table around it."""
    table: Place = ()
    nearest = None
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line):
            here = table = _keys(header[1])
        elif key := _keys(line.partition("=")[0]):
            here = table + key
        else:
            continue
        if here == place:
            return number
        if here and place[: len(here)] == here:
            nearest = number
    return nearest


def _keys(dotted: str) -> Place:
    """Return the parts of a TOML key, quoted or not; nothing when it is none."""
    try:
        table: Any = tomllib.loads(f"{dotted}=0")
    except ValueError:
        return ()
    keys: list[str] = []
    while isinstance(table, dict) and table:
        [(key, table)] = table.items()
        keys.append(key)
    return tuple(keys)
