"""The dangerous window: a permission dialog opens between the last look and Enter.

An idle session has a command in the background. When that ends, the client begins a turn by
itself, and the scripted model at once calls a tool that needs a permission. The trials end the
command at a chosen moment while a prompt is typed and sent the careful way.
"""

import json
import os
import random
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from clearhead.core.agents.claude.hold import Hold

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession, preset
from .clearhead import clearhead_run, environment
from .lab import Lab
from .loopback import Request
from .script import Call, Reply

SETTINGS = {"permissions": {"defaultMode": "default", "allow": ["Bash(./step:*)"]}}
STEP = "#!/bin/sh\n: >up-$1\nread line <wait-$1\n"
"""The command in the background: it says that it runs, and ends with the first line it reads."""

QUIET = {"idle", "shell"}
"""What the registry says when nothing happens; `shell`: a command runs in the background."""
DIALOG = "1. Yes"
AHEAD = 0.1
"""Seconds before the last look at which the command may end: an earlier end is seen."""

OPENS = 0.15
"""Seconds from the command's end to the dialog, at least: a later end comes too late for Enter."""

STANDS = 1.6
"""Seconds after the last key until a client shows a dialog again; before, it waits by itself."""

LATE = 0.7
"""Seconds that Enter is late in the trials: as over a slow line, or on a busy machine. For half a
second after it has opened, the dialog of 2.1.330 is deaf to Enter."""

TICK = 0.02
"""Seconds between two looks."""

FRESH = 40
"""Trials after which a new client keeps the conversation short."""


class NotifiedApi(AnthropicApi):
    """A model that answers the end of a background command with a tool that needs a permission."""

    def __init__(self) -> None:
        super().__init__()
        self.marker = ""
        """The file that the next such tool would make; each is asked for once."""

    def _reply(self, request: Request) -> Reply:
        last = json.dumps(request.body.get("messages", [{}])[-1])
        if "<task-notification>" not in last or not request.body.get("tools"):
            return super()._reply(request)
        request.kind = "turn"
        marker, self.marker = self.marker, ""
        calls = (Call("bash", f"touch {marker}"),) if marker else ()
        return Reply(text="It ended.", calls=calls)


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial: whether Enter was pressed, and what came of the tool.

    `opened` is false when the dialog never opened: the prompt came first. `approved` tells that
    the tool ran, though nobody said yes.
    """

    sent: bool
    opened: bool
    approved: bool


def install_hooks(lab: Lab) -> Path:
    """Install clearhead's hooks as a person does; the folder that they and clearhead share."""
    preset(lab, **SETTINGS)
    done = clearhead_run(lab, "hooks", "install", "--yes", "--folder", str(lab.claude_config))
    assert done.returncode == 0, done.stderr
    return Path(environment(lab)["XDG_RUNTIME_DIR"]) / "clearhead"


class Window:
    """Trials aimed at the window; `gap` seconds lie between the last look and Enter.

    The text stands in the box for `stands` seconds before that look. With `mail`, the folder that
    the hooks were installed with, a hold is placed around look and Enter.
    """

    def __init__(
        self,
        start: Callable[[], ClaudeSession],
        api: NotifiedApi,
        *,
        stands: float = 0.0,
        gap: float = 0.0,
        mail: Path | None = None,
    ) -> None:
        self._start, self._api = start, api
        self._stands, self._gap, self._mail = stands, gap, mail
        self._count = 0
        self._random = random.Random(7)
        self._session: ClaudeSession | None = None

    def trial(self) -> Trial:
        """Run one trial."""
        if self._session is None or self._count % FRESH == 0:
            self._begin_session()
        number, self._count = self._count, self._count + 1
        self._api.marker = f"ran-{number}"
        delay = self._random.uniform(0, AHEAD + max(AHEAD, self._gap - OPENS))
        ending = threading.Timer(self._stands + delay, self._end_command, [number])
        ending.start()
        time.sleep(AHEAD)
        sent = self._send(self._next_command())
        ending.join()
        opened, approved = self._outcome(self._file("ran", number))
        self._settle(sent)
        return Trial(sent, opened, approved)

    # The careful way to send a prompt

    def _send(self, text: str) -> bool:
        session = self._session
        if not self._calm(""):
            return False
        session.pane.type(text)
        self._await(lambda: text in self._box(), 0.3)
        time.sleep(self._stands)
        with Hold(session.session_id, self._mail) if self._mail else nullcontext() as hold:
            if hold:
                time.sleep(hold.settled_in())
            if not self._calm(text) or (hold and not hold.good):
                return False
            time.sleep(self._gap)
            session.pane.keys("Enter")
            self._await(lambda: text not in self._box(), 0.3)
            return True

    def _calm(self, text: str) -> bool:
        """The look: nothing happens, no dialog is open, the box holds our text."""
        screen = self._session.pane.screen()
        return (
            self._session.status in QUIET
            and DIALOG not in screen
            and "esc to interrupt" not in screen
            and text in self._box(screen)
        )

    def _box(self, screen: str | None = None) -> str:
        lines = (screen or self._session.pane.screen()).splitlines()
        return next((line for line in reversed(lines) if line.startswith("❯")), "")

    @staticmethod
    def _await(look: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not (found := look()) and time.monotonic() < end:
            time.sleep(TICK)
        return found

    # The command in the background, and what came of the trial

    def _file(self, name: str, number: int) -> Path:
        return self._session.folder / f"{name}-{number}"

    def _next_command(self) -> str:
        """The prompt that starts the next trial's command in the background."""
        fifo = self._file("wait", self._count)
        if not fifo.exists():
            os.mkfifo(fifo)
        return f"lab:background[./step {self._count}]"

    def _end_command(self, number: int) -> None:
        with self._file("wait", number).open("w") as fifo:
            fifo.write("over\n")

    def _outcome(self, marker: Path) -> tuple[bool, bool]:
        """Whether the dialog opened, and whether the tool ran; an open dialog is refused."""
        session = self._session

        def dialog() -> bool:
            return session.status == "waiting" and DIALOG in session.pane.screen()

        self._await(lambda: marker.exists() or dialog(), 3)
        session.until(lambda: marker.exists() or dialog() or session.status in QUIET, "an end")
        if not marker.exists() and dialog():
            session.pane.until_still(0.25)
            if not marker.exists():
                session.pane.keys("Escape")
                return True, False
        return marker.exists(), marker.exists()

    def _settle(self, sent: bool) -> None:
        """Wait until the next command runs; send its prompt again where it was lost."""
        session, runs = self._session, self._file("up", self._count).exists
        if not (sent and self._await(runs, 3.0)):
            session.until(lambda: session.status in QUIET, "quiet")
            for _ in range(3):
                session.pane.keys("C-u")
            session.send(f"lab:background[./step {self._count}]")
            session.until(runs, "the next command")
        session.until(lambda: session.status == "shell", "quiet")

    def _begin_session(self) -> None:
        if self._session is not None:
            self._session.lab.kill(self._session.pane.pid)
        self._session = session = self._start()
        step = session.folder / "step"
        step.write_text(STEP)
        step.chmod(0o755)
        runs = self._file("up", self._count)
        runs.unlink(missing_ok=True)
        session.send(self._next_command())
        session.until(runs.exists, "the first command")
        session.until(lambda: session.status == "shell", "quiet")
