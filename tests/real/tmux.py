"""A tmux server of the test's own, on a private socket, with windows of an exact size."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from .lab import Lab
from .waiting import until

Size = tuple[int, int]
WIDE: Size = (120, 40)


class Pane:
    """One program in a window of its own."""

    def __init__(self, tmux: "Tmux", ident: str) -> None:
        self.tmux = tmux
        self.id = ident

    def type(self, text: str) -> None:
        """Type text as it is, without Enter."""
        self.tmux.run("send-keys", "-t", self.id, "-l", "--", text)

    def keys(self, *names: str) -> None:
        """Press keys by tmux's names: `Enter`, `Escape`, `C-u`, `Up`, `y`."""
        self.tmux.run("send-keys", "-t", self.id, *names)

    def screen(self, *, styles: bool = False) -> str:
        """What the screen shows now; with `styles` including its escape codes.

        tmux pushes the top line off the screen of a program that has ended; it is fetched back.
        """
        capture = f"capture-pane -p{'e' if styles else ''} -t {self.id}"
        return self.tmux.run(
            "if-shell", "-F", "-t", self.id, "#{pane_dead}", f"{capture} -S -1", capture
        )

    def resize(self, size: Size) -> None:
        """Give the window another size."""
        width, height = map(str, size)
        self.tmux.run("resize-window", "-t", self.id, "-x", width, "-y", height)

    def until(self, text: str, *, within: float = 10.0) -> str:
        """Wait until the screen shows `text`; the screen that does."""
        return self._watch(lambda screen: text in screen, within, f"{text!r} on the screen")

    def until_gone(self, text: str, *, within: float = 10.0) -> str:
        """Wait until the screen no longer shows `text`; the screen that does not."""
        return self._watch(lambda screen: text not in screen, within, f"a screen without {text!r}")

    def until_still(self, seconds: float, *, within: float = 10.0) -> None:
        """Wait until the screen has not changed for so long.

        Some clients ignore or misread keys for a moment after a dialog opened or text came.
        """
        seen, since = self.screen(), time.monotonic()

        def still() -> bool:
            nonlocal seen, since
            if (now := self.screen()) != seen:
                seen, since = now, time.monotonic()
            return time.monotonic() - since >= seconds

        until(still, within=within, what="a screen at rest", detail=self.describe)

    def _watch(self, fits: Callable[[str], bool], within: float, what: str) -> str:
        def look() -> str | None:
            screen = self.screen()
            return screen if fits(screen) else None

        return until(look, within=within, what=what, detail=self.describe)

    @property
    def pid(self) -> int:
        """The process id of the window's first program."""
        return int(self._format("#{pane_pid}"))

    @property
    def size(self) -> Size:
        """Columns and rows."""
        width, height = self._format("#{pane_width} #{pane_height}").split()
        return int(width), int(height)

    @property
    def status(self) -> int | None:
        """The exit status once the program has ended, negative for a signal; `None` before.

        tmux can miss that a program ended soon after its start; the end of another reminds it.
        """
        told = self._format("#{pane_dead} #{pane_dead_status} #{pane_dead_signal}")
        dead, status, signal = told.split(" ")
        if dead == "0":
            return None
        if status or signal:
            return int(status) if status else -int(signal)
        self.tmux.run("run-shell", "true")
        return None

    def until_ended(self, within: float = 10.0) -> int:
        """Wait until the program has ended; its exit status."""

        def ended() -> tuple[int] | None:
            status = self.status
            return None if status is None else (status,)

        return until(ended, within=within, what="the program's end", detail=self.describe)[0]

    def describe(self) -> str:
        """The screen in a frame, for a failure's text."""
        rule = "-" * self.size[0]
        return f"last screen of {self.id}:\n{rule}\n{self.screen().rstrip()}\n{rule}"

    def _format(self, text: str) -> str:
        return self.tmux.run("display-message", "-p", "-t", self.id, text).rstrip("\n")


class Tmux:
    """A private server; ends with all its programs when the `with` block does."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.socket: Path = lab.root / "tmux"
        self.panes: list[Pane] = []

    def __enter__(self) -> Self:
        """Start the server with an empty session, which shows nothing and runs no shell."""
        self.run("-f", "/dev/null", "new-session", "-d", "-s", "lab", "-x", "80", "-y", "24", "cat")
        self.run("set-option", "-g", "remain-on-exit", "on")
        self.run("set-option", "-g", "default-terminal", "tmux-256color")
        self.run("set-option", "-s", "escape-time", "0")
        self.run("set-option", "-s", "focus-events", "on")
        return self

    def __exit__(self, *_: object) -> None:
        self.run("kill-server")

    def window(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path | None = None,
        size: Size = WIDE,
    ) -> Pane:
        """Run a program in a new window; its environment is `env` and tmux's own names.

        It runs through `env`, because tmux gives a command of one word to a shell.
        """
        width, height = map(str, size)
        self.run("set-option", "-t", "lab", "default-size", f"{width}x{height}")
        settings = [f"-e{name}={value}" for name, value in env.items()]
        where = ["-c", str(cwd or self._lab.repo)]
        ident = self.run(
            "new-window", "-d", "-P", "-F", "#{pane_id}", *where, *settings, "--", "env", *command
        )
        self.panes.append(Pane(self, ident.strip()))
        return self.panes[-1]

    def run(self, *arguments: str) -> str:
        """Give the server one command and return what it printed.

        Raises:
            AssertionError: tmux refused; with its words.
        """
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), *arguments],
            env=self._lab.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"tmux {arguments[0]}: {done.stderr.strip()}"
        return done.stdout
