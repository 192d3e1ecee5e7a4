"""Telling the person that a session waits for them, wherever they are.

The words come from the agent in part: they are cleaned, masked, and reach a program of the
person's by argument and environment only, never through a shell.
"""

from __future__ import annotations

import os

import msgspec

from .agents.base import State, Waiting
from .problems import Problem
from .secrets import mask
from .session import Standing
from .text import one_line

TIMEOUT = 10.0
"""Seconds after which the person's own command is ended."""

LONGEST = 160
"""Characters of a notification."""

WANTS = {
    Waiting.PERMISSION: "asks for permission",
    Waiting.INPUT: "asks you a question",
    Waiting.DIALOG: "has a dialog open",
    None: "waits for you",
}

Key = tuple[str, str]
"""Agent name and session id."""


class NotifySetting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to tell: the terminal's bell, a notification of the terminal (OSC 9), a command.

    The command is a program with its arguments; the words follow as its last one.
    """

    bell: bool = True
    osc9: bool = True
    command: tuple[str, ...] = ()


class NotNotified(Problem):
    """The person's own command could not tell them."""

    title = "The notify command does not work"
    remedy = "Correct `command` under `[notify]` in the settings, or take it out."


class Notice(msgspec.Struct, frozen=True):
    """What a notification says, and of which session."""

    text: str
    key: Key
    project: str
    waiting_for: str
    since: float | None
    cwd: str


def notice_of(
    key: Key, project: str, title: str, standing: Standing, *, wants: str = "", cwd: str = ""
) -> Notice:
    """Return the words for a session that waits; `wants` is what it wants to do, `title` its agent.

    They begin with our own name: a number and a semicolon would mean progress to some terminals.
    """
    since = standing.since
    asks = f"{title} {WANTS[standing.waiting_for]}"
    said = f"{asks}: {mask(wants)}" if wants.strip() else asks
    words = one_line(f"clearhead · {project}: {said}", LONGEST)
    kind = standing.waiting_for.value if standing.waiting_for else ""
    return Notice(words, key, one_line(project), kind, since, cwd)


class Watch:
    """Knows which sessions waited at the last look, so that each wait is told once."""

    def __init__(self) -> None:
        self._waiting: set[Key] = set()

    def begins(self, key: Key, standing: Standing) -> bool:
        """Take note of what a session does; say whether it has just begun to wait."""
        before = key in self._waiting
        if standing.state is State.WAITING:
            self._waiting.add(key)
        else:
            self._waiting.discard(key)
        return standing.state is State.WAITING and not before


def osc9(text: str, *, tmux: bool = False) -> str:
    """Return what makes a terminal show `text` as a notification; through tmux where it lets it."""
    words = "".join(char for char in text if char.isprintable())
    sequence = f"\x1b]9;{words}\x07"
    return f"\x1bPtmux;\x1b{sequence}\x1b\\" if tmux else sequence


def run_command(command: tuple[str, ...], notice: Notice) -> None:
    """Run the person's own command with the words; it gets no terminal and a time limit.

    Raises:
        NotNotified: it is not there, failed, or took too long.
    """
    import subprocess

    agent, session = notice.key
    told = {
        "CLEARHEAD_TEXT": notice.text,
        "CLEARHEAD_AGENT": agent,
        "CLEARHEAD_SESSION": session,
        "CLEARHEAD_PROJECT": notice.project,
        "CLEARHEAD_WAITING_FOR": notice.waiting_for,
        "CLEARHEAD_SINCE": "" if notice.since is None else f"{notice.since:.0f}",
        "CLEARHEAD_CWD": notice.cwd,
    }
    clean = {name: value.replace("\0", "") for name, value in told.items()}
    try:
        done = subprocess.run(
            [*command, clean["CLEARHEAD_TEXT"]],
            env={**os.environ, **clean},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise NotNotified(f"{command[0]}: {error}") from error
    except subprocess.TimeoutExpired:
        raise NotNotified(f"{command[0]} took longer than {TIMEOUT:g} s.") from None
    if done.returncode:
        raise NotNotified(f"{command[0]} ended with {done.returncode}.")
