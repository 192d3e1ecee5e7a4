"""Clearhead that is killed at a chosen stage of an action, as a power cut or `kill -9` would.

    python -m tests.real.killed STAGE VERB driver            (a plan on standard input)
    python -m tests.real.killed STAGE VERB SESSION [TEXT]

It is the real program; only the moment of its death is built in. Stages:

    before   nothing is written or sent
    written  the journal has the first line
    typed    the text stands in somebody's input box (terminals only)
    sent     the bytes or the key that count are out
    done     the evidence is there, the journal's last line is not
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from clearhead.core.acting import driver, keyboard
from clearhead.core.acting.action import Action, Result, Verb, action
from clearhead.core.acting.journal import Journal
from clearhead.core.agents.claude import attached, typing_in
from clearhead.core.agents.claude.stream import Stream
from clearhead.core.agents.codex import keys, terminal
from clearhead.core.agents.codex.rpc import Rpc
from clearhead.core.agents.codex.wires import Child
from clearhead.tui.cli import acting

STAGES = ("before", "written", "sent", "done")
LOOKS = {"thread/queue/list", "thread/read", "thread/resume", "model/list", "initialized"}
"""What Codex is told that asks for nothing."""

under_way: set[str] = set()


def die() -> None:
    """End at once; nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying_journal(stage: str, verb: Verb) -> None:
    """Die around the two lines of an action with that verb."""
    asked, ended = Journal.asked, Journal.ended

    def _asked(self: Journal, agent: str, at: str, channel: str, wanted: Action) -> None:
        if stage == "before" and wanted.verb is verb:
            die()
        asked(self, agent, at, channel, wanted)
        if wanted.verb is not verb:
            return
        under_way.add(wanted.id)
        if stage == "written":
            die()

    def _ended(self: Journal, agent: str, at: str, channel: str, result: Result) -> None:
        if stage == "done" and result.action.verb is verb:
            die()
        ended(self, agent, at, channel, result)

    Journal.asked = _asked  # type: ignore[method-assign]
    Journal.ended = _ended  # type: ignore[method-assign]


def dying_after(owner: Any, name: str, *, counts: Callable[..., bool] = lambda *_: True) -> None:
    """Die as soon as a method that sends something has done so, in an action."""
    send: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def _send(*given: Any, **named: Any) -> Any:
        done = await send(*given, **named)
        if under_way and counts(*given):
            die()
        return done

    setattr(owner, name, _send)


def dying_sender() -> None:
    """Die when the first thing that counts is out."""
    dying_after(Stream, "send")
    dying_after(Rpc, "_send", counts=lambda _, message: message.get("method") not in LOOKS)
    for place in (keyboard, attached, typing_in, keys, terminal):
        if hasattr(place, "press_once"):
            dying_after(place, "press_once")

    async def leave(self: Any) -> None:
        self._process.stdin.close()
        die()

    Stream.leave = leave  # type: ignore[assignment]
    Child.close = leave  # type: ignore[assignment]


def prepare(stage: str, verb: Verb) -> None:
    """Build the moment of death in."""
    dying_journal(stage, verb)
    if stage == "typed":
        dying_after(typing_in, "type_text")
        dying_after(keys.CodexPane, "_type")
    if stage == "sent":
        dying_sender()


def act(session: str, verb: Verb, text: str) -> Result:
    """Act on a session as a command would; an answer goes to the request that is open."""

    async def work(service: Any, sighting: Any, channel: Any) -> Result:
        requests = channel.live.requests
        wanted: Action = action(verb, text, request=requests[0].id if requests else None)
        result: Result = await service.act((sighting.agent, sighting.session_id), wanted)
        return result

    return acting.on_session(session, work)


def main(stage: str, verb: str, what: str, *words: str) -> int:
    """Run what was asked for until its death."""
    prepare(stage, Verb(verb))
    if what == "driver":
        return driver.main()
    result = act(what, Verb(verb), " ".join(words))
    sys.stdout.write(f"{result.outcome} {result.reason}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
