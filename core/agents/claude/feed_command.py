"""The tiny shell script through which Claude Code hands its status to clearhead.

Claude Code runs its status-line command with `sh -c` and a JSON object on standard input. The
command in the settings begins with a line that reads our script into that same shell. The script
keeps the JSON as a file and gives it back as standard input, so that a person's own status line,
which follows in the same command, runs as if we were not there: same shell, same input, same
output, same exit code, same time limit.
"""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote

from ...paths import state_folder

THEN = "; "
"""Between our part of the command and the person's own."""

_TEMPLATE = """\
# clearhead: keeps what Claude Code tells its status line, one file a session.
# Read by the status-line command in Claude Code's settings. Written by `clearhead hooks install`,
# ended by `clearhead hooks remove`. Does nothing once clearhead is no longer installed.
if [ -e {witness} ]; then
  clearhead_json=
  while IFS= read -r clearhead_line; do
    clearhead_json="$clearhead_json$clearhead_line
"
  done
  clearhead_json=$clearhead_json$clearhead_line
  clearhead_id=${{clearhead_json#'{{"session_id":"'}}
  clearhead_id=${{clearhead_id%%'"'*}}
  case $clearhead_id in
    '' | *[!0-9A-Za-z-]*) clearhead_id=process-$PPID ;;
  esac
  [ ${{#clearhead_id}} -le 64 ] || clearhead_id=process-$PPID
  (
    umask 077
    [ -d {folder} ] || mkdir -p {folder}
    printf '%s' "$clearhead_json" >{folder}/".$clearhead_id.$$" &&
      exec mv -f {folder}/".$clearhead_id.$$" {folder}/"$clearhead_id.json"
  ) </dev/null >/dev/null 2>&1
  command exec <<CLEARHEAD
${{clearhead_json%
}}
CLEARHEAD
  unset clearhead_json clearhead_line clearhead_id
fi
:
"""
_LEAD_IN = re.compile(
    rf"\[ ! -r (?P<script>.+?/clearhead/claude/feed\.sh'?) \] \|\| \. (?P=script)(?:{THEN}|$)"
)


def script_path() -> Path:
    """Return where the script lies; the settings name this place."""
    return state_folder() / "claude" / "feed.sh"


def feeds_folder() -> Path:
    """Return the folder where the script keeps one JSON file for each session."""
    return state_folder() / "claude" / "feeds"


def script() -> bytes:
    """Return the script; it names a file of this installation, whose absence switches it off."""
    witness, folder = quote(str(Path(__file__))), quote(str(feeds_folder()))
    return _TEMPLATE.format(witness=witness, folder=folder).encode()


def wrapped(command: str | None) -> str:
    """Return the status-line command that feeds clearhead and then runs `command`, if any."""
    path = quote(str(script_path()))
    lead_in = f"[ ! -r {path} ] || . {path}"
    return lead_in if command is None else f"{lead_in}{THEN}{command}"


def lead_in_of(command: str) -> str | None:
    """Return the part of a status-line command that is clearhead's, `None` when it has none."""
    found = _LEAD_IN.match(command)
    return found[0] if found else None
