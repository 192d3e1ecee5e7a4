"""The installed clearhead in a lab: on a screen beside a client, or as a command."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .lab import Lab
from .tmux import WIDE, Pane, Size, Tmux
from .waiting import until

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


class Watching:
    """An open clearhead as a person reads it: its header, its transcript, its figures."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane

    @property
    def header(self) -> str:
        """The first row: where, who, and what it does."""
        return self.pane.screen().split("\n", 1)[0]

    @property
    def transcript(self) -> str:
        """The left of the two panes side by side, without the blanks between words."""
        rows = self.pane.screen().splitlines()
        left = (row.split("│")[0] for row in rows if "│" in row and not row.startswith(" Enter"))
        return "\n".join(" ".join(row.split()) for row in left)

    def until_header(self, *words: str, within: float = 10.0) -> None:
        """Wait until the header says all of this."""
        self._until(lambda: all(word in self.header for word in words), f"header {words}", within)

    def until_said(self, *texts: str, within: float = 10.0) -> None:
        """Wait until the transcript shows these texts, one below the other."""
        self._until(lambda: _in_order(self.transcript, texts), f"transcript {texts}", within)

    def until_gone(self, text: str, within: float = 10.0) -> None:
        """Wait until the transcript no longer shows this."""
        self._until(lambda: text not in self.transcript, f"transcript without {text!r}", within)

    def until(self, *texts: str, within: float = 10.0) -> None:
        """Wait until the screen shows all of this."""
        shown = self.pane.screen
        self._until(lambda: all(text in shown() for text in texts), f"screen {texts}", within)

    def _until(self, look: Callable[[], bool], what: str, within: float) -> None:
        until(look, within=within, what=what, detail=self.pane.describe)


def _in_order(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True
