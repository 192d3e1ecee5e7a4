"""The channel to a session that nothing leads into: a person does it, clearhead watches for it.

It serves plain terminals, editors, and agents that nobody can join. What proves an action is what
proves it on every other channel: the transcript and the registry, never the person's word.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import cast

from msgspec.structs import replace

from ..agents.base import Agent, Sighting, State
from ..agents.processes import process
from ..agents.registry import agent_named
from ..session import standing
from ..snapshot import Activity
from ..succession import successor
from .action import RESET_INSTEAD, Action, Evidence, Result, Verb, confirmed, refused, unknown
from .channel import Capabilities, Changed, Channel, Reach
from .errand import COMMANDS, PATIENCE, Errand, cannot, text_of, todo_of
from .live import Live
from .reading import Reading

LOOK = 1.0
"""Seconds between two looks while an errand is open or a turn goes on; otherwise nobody looks."""

LONGEST_TURN = 30 * 60.0
"""Seconds after which a turn is no longer looked at for its end."""

WRITTEN = 5.0
"""Seconds at rest after which the record of a compaction will not come any more."""

LONGEST_HEAD = 60
"""Characters of a command by which it is known again."""

ASKS = "It waits for an answer: what is pasted now would go into its dialog."

NAME = "by hand"

Proof = Callable[[], Evidence | None]
"""Looks for what proves an action; reads files, so it is called in a thread."""


class ByHand:
    """A session that only its person can act on, at least in part. One errand at a time.

    `live.errand` says what is asked of the person; `give_up` takes it back. `beside` is a channel
    that can do some of it (hooks answer requests, Codex' server takes prompts): it does what it
    can, and it is whom the state is taken from.
    """

    def __init__(self, agent: Agent, sighting: Sighting, beside: Channel | None = None) -> None:
        self.beside = beside
        self.name = f"{beside.name}, {NAME}" if beside else NAME
        self.reach = beside.reach if beside else Reach.BY_HAND
        self._agent, self._sighting = agent, sighting
        self._changed: Changed = _nobody
        self._live = Live(session_id=sighting.session_id, state=sighting.state)
        self._reading: Reading | None = None
        self._path: Path | None = None
        self._start, self._rested = 0, cast("float | None", None)
        self._known: frozenset[str] = frozenset()
        self._give_up = asyncio.Event()
        self._looking = asyncio.Lock()
        self._rest: asyncio.Task[None] | None = None

    @property
    def live(self) -> Live:
        """What the last look found, and the errand that is open."""
        if self.beside is not None:
            return replace(self.beside.live, errand=self._live.errand)
        return self._live

    @property
    def capabilities(self) -> Capabilities:
        """What can be done or asked of the person, and what they do quicker unasked."""
        return {
            verb: None if self._passes(verb) else cannot(self._agent.name, verb) for verb in Verb
        }

    @property
    def queues(self) -> bool:
        """Whether the channel beside this one has a queue; a person has none."""
        return self.beside is not None and self.beside.queues

    def listen(self, changed: Changed) -> None:
        """Tell `changed` when a look found something new, or an errand began or ended."""
        self._changed = changed
        if self.beside is not None:
            self.beside.listen(changed)

    async def act(self, wanted: Action) -> Result:
        """Ask the person, and wait until the session's own files prove that it was done."""
        if self.beside is not None and self._passes(wanted.verb):
            return await self.beside.act(wanted)
        if why := cannot(self._agent.name, wanted.verb):
            return refused(wanted, why, session_id=self._id)
        if self._live.errand is not None:
            why = "Another errand is open."
            return refused(wanted, why, remedy="Do it or give it up.", session_id=self._id)
        if not wanted.text.strip() and wanted.verb is Verb.PROMPT:
            return refused(wanted, "There is nothing to paste.", session_id=self._id)
        self._give_up.clear()
        self._set(replace(self._live, errand=self._errand(wanted)))
        try:
            await self.look()
            if self._live.state is State.WAITING:
                return refused(wanted, ASKS, remedy="Answer it there first.", session_id=self._id)
            return await self._await(wanted, await asyncio.to_thread(self._proof, wanted))
        finally:
            self._set(replace(self._live, errand=None))
            self._until_rest()

    def give_up(self) -> None:
        """Take the open errand back; what the person did meanwhile is found all the same."""
        self._give_up.set()

    async def look(self) -> None:
        """Look at the session now: where it is, what it does, what its transcript holds."""
        async with self._looking:
            found = await asyncio.to_thread(self._seen)
        self._set(replace(self._live, session_id=self._id, state=found))

    async def close(self) -> None:
        """Look no more; an open errand is given up."""
        self.give_up()
        if self._rest is not None:
            self._rest.cancel()
            with suppress(asyncio.CancelledError):
                await self._rest
        if self.beside is not None:
            await self.beside.close()

    def _passes(self, verb: Verb) -> bool:
        """Say whether the channel beside this one can do it without the person."""
        return self.beside is not None and self.beside.capabilities.get(verb, "") is None

    @property
    def _id(self) -> str:
        return self._sighting.session_id

    def _set(self, live: Live) -> None:
        if live != self._live:
            self._live = live
            self._changed()

    def _errand(self, wanted: Action) -> Errand:
        sighting = self._sighting
        runs = f"process {sighting.pid}" if sighting.pid else None
        place = ", ".join(filter(None, (sighting.place, runs, sighting.cwd)))
        return Errand(
            action=wanted.id,
            verb=wanted.verb,
            todo=todo_of(wanted, self._agent.title),
            text=text_of(self._agent.name, wanted),
            where=place,
            since=time.time(),
            limit=max(wanted.limit, PATIENCE),
        )

    # Waiting for evidence

    async def _await(self, wanted: Action, proof: Proof) -> Result:
        at, end = self._id, time.monotonic() + max(wanted.limit, PATIENCE)
        while True:
            given_up = await self._pause()
            await self.look()
            if (found := await asyncio.to_thread(proof)) is not None:
                return await self._done(wanted, found, at)
            if await asyncio.to_thread(self._did_nothing, wanted):
                why = "It took the command and came to rest without a compaction."
                return refused(wanted, why, remedy=RESET_INSTEAD, session_id=at)
            if self._id != at:
                why = f"It went on as session {self._id} before this was done."
                return unknown(wanted, why, session_id=at)
            if self._live.state is State.ENDED:
                return refused(wanted, "The session has ended.", session_id=at)
            if given_up:
                return refused(wanted, "It was given up: no trace of it was found.", session_id=at)
            if time.monotonic() > end:
                return unknown(wanted, "Nothing shows that it was done.", session_id=at)

    async def _pause(self) -> bool:
        """Wait until the next look; say whether the errand was given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._give_up.wait()
        return self._give_up.is_set()

    async def _done(self, wanted: Action, found: Evidence, at: str) -> Result:
        """Return the good end, once the state after it can have been told too."""
        await asyncio.sleep(LOOK)
        await self.look()
        new = self._id if wanted.verb is Verb.CLEAR else None
        return confirmed(wanted, found, session_id=at, new=new)

    def _proof(self, wanted: Action) -> Proof:
        """Return what looks for the evidence of an action, from here on in the transcript."""
        old, reading = self._id, self._reading
        start = self._start = reading.count if reading else 0
        self._rested = None
        compactions = len(reading.snapshot.compactions) if reading else 0

        def prompted() -> Evidence | None:
            now = self._reading if self._id == old else reading
            took = now.took(text_of(self._agent.name, wanted), start) if now else None
            return None if took is None else _evidence("the prompt stands there word for word")

        def compacted() -> Evidence | None:
            made = self._reading.snapshot.compactions[compactions:] if self._reading else ()
            if not made or self._id != old:
                return None
            size = f", {made[0].before} → {made[0].after} tokens" if made[0].before else ""
            return _evidence(f"compacted ({made[0].trigger or 'by hand'}){size}")

        def cleared() -> Evidence | None:
            new = self._id
            return None if new == old else _evidence(f"new session id {new}", "registry")

        return {Verb.PROMPT: prompted, Verb.COMPACT: compacted, Verb.CLEAR: cleared}[wanted.verb]

    def _did_nothing(self, wanted: Action) -> bool:
        """Say whether the session took `/compact`, and has been at rest for a while since."""
        if wanted.verb is not Verb.COMPACT or self._reading is None:
            return False
        command = text_of(self._agent.name, wanted)[:LONGEST_HEAD]
        items = self._reading.since(self._start)
        took = any(item.head.startswith(command) for _, item in items)
        rests = took and self._live.state is State.IDLE
        self._rested = (self._rested or time.monotonic()) if rests else None
        return self._rested is not None and time.monotonic() - self._rested > WRITTEN

    def _until_rest(self) -> None:
        """Go on looking until the turn that may have begun has ended."""
        if self._rest is None or self._rest.done():
            self._rest = asyncio.create_task(self._look_until_rest())

    async def _look_until_rest(self) -> None:
        end = time.monotonic() + LONGEST_TURN
        while self._live.state not in (State.IDLE, State.ENDED) and time.monotonic() < end:
            if self._give_up.is_set():
                return
            await asyncio.sleep(LOOK)
            await self.look()

    # Looking; runs in a thread

    def _seen(self) -> State:
        sightings = self._agent.discover().sightings
        self._sighting = self._now(sightings)
        self._known |= {s.session_id for s in sightings}
        self._read()
        if self._sighting.pid is not None and not self._runs:
            return State.ENDED
        snapshot = self._reading.snapshot if self._reading else None
        return standing(self._sighting, snapshot, time.time()).state if snapshot else self._asserted

    @property
    def _asserted(self) -> State:
        return self._sighting.state or State.UNKNOWN

    def _now(self, sightings: Sequence[Sighting]) -> Sighting:
        """Return where the session is now: its process may have gone on with another one.

        While the process runs, a registry that does not name it is only torn.
        """
        old = self._sighting
        if self.beside is not None and (told := self.beside.live.session_id) is not None:
            return _named(told, old, sightings)
        own = next((s for s in sightings if s.session_id == old.session_id), None)
        if own is not None and own.pid == old.pid and not self._asked_to_clear(own):
            return own
        fresh = {s.session_id for s in sightings} - self._known if self._known else set[str]()
        new = successor(old, sightings, begun=fresh, idle=self._at_rest)
        if (new := new or self._beside(sightings, fresh)) is not None:
            return new
        return old if own is None or (own.pid is None and self._runs) else own

    @property
    def _runs(self) -> bool:
        return self._sighting.pid is not None and process(self._sighting.pid) is not None

    def _asked_to_clear(self, own: Sighting) -> bool:
        """Say whether a session without a process of its own is about to be another one."""
        errand = self._live.errand
        return own.pid is None and errand is not None and errand.verb is Verb.CLEAR

    def _beside(self, sightings: Sequence[Sighting], fresh: set[str]) -> Sighting | None:
        """Return the session that began in the same folder, where no process can be told by."""
        old = self._sighting
        if not self._asked_to_clear(old):
            return None
        news = (s for s in sightings if s.session_id in fresh and s.cwd == old.cwd)
        return next((s for s in news if s.agent == old.agent), None)

    @property
    def _at_rest(self) -> bool:
        if self._reading is None:
            return True
        return self._reading.snapshot.activity is not Activity.WORKING

    def _read(self) -> None:
        """Read on in the transcript; another session has another one, or none yet."""
        if (path := self._sighting.path) != self._path:
            self._path = path
            self._reading = Reading(self._agent, self._sighting) if path else None
        if self._reading is not None:
            self._reading.refresh()


def by_hand(
    sighting: Sighting, folders: Sequence[Path], beside: Channel | None = None
) -> ByHand | None:
    """Return the channel by hand to a session; `None` where there is nobody who could do it.

    `folders` are where its agent keeps its files, `beside` is what can do a part of it.
    """
    over = sighting.pid is None and sighting.state is State.ENDED
    if over or sighting.agent not in COMMANDS:
        return None
    return ByHand(agent_named(sighting.agent, folders), sighting, beside)


def lacks(channel: Channel) -> bool:
    """Say whether a channel cannot do all that a compaction or a reset takes."""
    needed = (Verb.PROMPT, Verb.COMPACT, Verb.CLEAR)
    return any(channel.capabilities.get(verb, "") is not None for verb in needed)


def _named(session_id: str, old: Sighting, sightings: Sequence[Sighting]) -> Sighting:
    """Return the session that the channel beside this one is on now."""
    found = next((s for s in sightings if s.session_id == session_id), None)
    return found or replace(old, session_id=session_id, path=None)


def _evidence(words: str, kind: str = "transcript") -> Evidence:
    return Evidence(kind, words, time.time())


def _nobody() -> None:
    """Listen to nothing."""
