"""`clearhead hooks` shows what it changes, tells each part, and takes all of it out again."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from clearhead.tui.cli.hooks import command

OWN = '{\n  "model": "opus"\n}\n'


def hooks(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_installing_shows_every_part_and_status_tells_them(home: Path):
    folder = home / ".claude"
    folder.mkdir()
    settings = folder / "settings.json"
    settings.write_text(OWN)
    before = hooks("status").stdout
    assert before.count("not installed") == 3

    shown = hooks("install", "--yes").stdout
    for part in ("statusLine", "PermissionRequest", "PreToolUse"):
        assert part in shown
    lines = [line.split() for line in hooks("status").stdout.splitlines()]
    assert ["permissions", "installed,", "script", "fine"] in lines
    assert ["hold", "installed,", "script", "fine"] in lines
    told = json.loads(hooks("status", "--json").stdout)
    assert told["permission"] == told["hold"] == {"installed": True, "script": "fine"}
    assert "Nothing to do" in hooks("install").stdout

    hooks("remove", "--yes")
    assert settings.read_text() == OWN
    assert hooks("status").stdout.splitlines()[1:] == before.splitlines()[1:]
