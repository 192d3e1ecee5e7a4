"""The installed clearhead in a lab: on a screen beside a client, or as a command."""

import subprocess
import sys
from pathlib import Path

from .lab import Lab
from .tmux import WIDE, Pane, Size, Tmux

PROGRAM = Path(sys.executable).with_name("clearhead")
"""The command that stands beside the Python which runs the tests."""


def environment(lab: Lab) -> dict[str, str]:
    """A clean environment: the clients' own folders, and folders of clearhead's own."""
    kinds = ("CONFIG", "STATE", "CACHE", "DATA")
    folders = {f"XDG_{kind}_HOME": str(lab.home / f"xdg-{kind.lower()}") for kind in kinds}
    runtime = lab.home / "xdg-runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    return lab.environment(XDG_RUNTIME_DIR=str(runtime), **folders)


def clearhead_pane(tmux: Tmux, lab: Lab, *arguments: str, size: Size = WIDE) -> Pane:
    """Open clearhead in a window of the same tmux server, started in the lab's repository."""
    return tmux.window([str(PROGRAM), *arguments], env=environment(lab), size=size)


def clearhead_run(lab: Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one subcommand of clearhead in the lab's repository, within 30 seconds."""
    return subprocess.run(
        [str(PROGRAM), *arguments],
        cwd=lab.repo,
        env=environment(lab),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
