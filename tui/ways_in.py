"""What can be done where nothing leads into a session: three ways, and what each means. Pure."""

from __future__ import annotations

import re
import time
from enum import StrEnum

import msgspec

from ..core.acting.action import Verb
from ..core.acting.errand import COMMANDS, PATIENCE, Errand
from .look import Look


class Route(StrEnum):
    """The ways on."""

    BY_HAND = "by hand"
    TAKE_OVER = "take over"
    TMUX = "start in tmux"


class Way(msgspec.Struct, frozen=True):
    """One way on. `enter` says what Enter does, `text` is what is copied by it."""

    route: Route
    about: str
    enter: str
    text: str = ""


def ways_in(look: Look, *, tmux: bool) -> tuple[Way, ...]:
    """Return the ways into a session; `tmux` says whether clearhead itself runs in tmux."""
    return (_by_hand(look), _take_over(look), _in_tmux(look) if tmux else _with_tmux(look))


def _by_hand(look: Look) -> Way:
    about = (
        f"clearhead writes notes, commit and brief, and copies the exact text. You paste it into "
        f"{look.title}; what proves it is looked for in the session's own files."
    )
    return Way(Route.BY_HAND, about, "Enter: i, c, k, r and h work, and ask you to paste.")


def _take_over(look: Look) -> Way:
    about = (
        f"You leave {look.title} there{_by(look)}. Once it has gone, clearhead goes on with this "
        f"very session itself, and every key works. Its own screen is gone then."
    )
    return Way(Route.TAKE_OVER, about, f"Enter: clearhead waits until you left. {_unseen(look)}")


def _in_tmux(look: Look) -> Way:
    about = (
        f"You leave {look.title} there{_by(look)}. Once it has gone, the same session opens in a "
        f"tmux pane beside this one, with its own screen, and clearhead attaches to it."
    )
    return Way(Route.TMUX, about, f"Enter: clearhead waits until you left. {_unseen(look)}")


def _with_tmux(look: Look) -> Way:
    text = tmux_command(look)
    about = (
        f"You leave {look.title} there{_by(look)}, and run this in any terminal. Its own screen "
        f"then stands beside clearhead, and every key works."
    )
    return Way(Route.TMUX, about, "Enter: the command is copied.", text)


def tmux_command(look: Look) -> str:
    """Return the command that opens the session in tmux, with clearhead beside it."""
    agent, session = look.key
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", look.project).strip("-") or agent
    return f"tmux new -s {name} 'clearhead run {agent} --resume {_quoted(session)}'"


def farewell(look: Look, todo: str) -> Errand:
    """Return what the person does before their session can be gone on with: leave it there."""
    sighting, known = look.seen.sighting, COMMANDS.get(look.key[0])
    return Errand(
        action=f"leave {sighting.session_id}",
        verb=Verb.STOP,
        todo=f"{todo} clearhead goes on with the session once it has gone.",
        text=(known.leave if known else None) or "",
        where=sighting.cwd or "",
        since=time.time(),
        limit=PATIENCE,
    )


def _quoted(session: str) -> str:
    """Return a session's id as a word of a shell; a strange one is left to the person."""
    return session if re.fullmatch(r"[A-Za-z0-9._-]+", session) else "ID"


def _by(look: Look) -> str:
    known = COMMANDS.get(look.key[0])
    return f" ({known.leave})" if known and known.leave else ""


def _unseen(look: Look) -> str:
    if look.seen.sighting.pid is not None:
        return ""
    return "No program is seen that runs it: if one does elsewhere, leave it first."
