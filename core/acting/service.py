"""Acts on the sessions of one screen or script: their channels, and the journal.

Everything here runs on one asyncio loop. A session of our own is joined as soon as its driver is
seen; anyone else's only when the person asks for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from ..agents.base import Sighting, State
from ..problems import NotSaved, Problem, Report
from ..session_id import short_id
from ..snapshot import Snapshot
from .action import Action, Result, Verb, refused, unknown
from .armed import Moment
from .arming import Arming, Changed, Ended, nobody
from .channel import Boxed, Capabilities, Channel, Key, Reach
from .errand import Errand
from .joining import Hearer, NoChannel, hearers, join
from .journal import Entry, Journal
from .live import Live
from .records import drivers

CANCELLED = "it was cancelled while it was under way"

WATCHING = "clearhead only watches this session"


class Acting:
    """The channels to sessions, by session; a channel follows its session over `/clear`."""

    def __init__(
        self,
        state: Path,
        folders: Mapping[str, Sequence[Path]] | None = None,
        tmux_socket: str | None = None,
    ) -> None:
        self.journal = Journal(state)
        self.state, self._folders = state, folders or {}
        self._tmux_socket = tmux_socket
        self._channels: dict[Key, Channel] = {}
        self.arming = Arming(self.act)
        self._under_way: dict[Key, Action] = {}
        self._changed: Changed = nobody
        self._moved: dict[Key, Key] = {}
        self._joining = asyncio.Lock()
        self._hearers: dict[str, Hearer] | None = None

    def listen(self, changed: Changed, ended: Ended | None = None) -> None:
        """Tell from now on which session's channel told something new, and what was armed."""
        self._changed = changed
        self.arming.listen(changed, ended)

    # What is known

    def live(self, key: Key) -> Live | None:
        """Return what the channel to a session tells; `None` where there is no channel."""
        channel = self._channels.get(key)
        return channel.live if channel else None

    def reach(self, key: Key) -> Reach:
        """Return how far clearhead can go with a session now."""
        channel = self._channels.get(key)
        return channel.reach if channel else Reach.WATCHED

    def channel_name(self, key: Key) -> str:
        """Return what the header says of the channel."""
        channel = self._channels.get(key)
        return channel.name if channel else Reach.WATCHED.value

    def capabilities(self, key: Key) -> Capabilities:
        """Return what can be done with a session, each with the reason where it cannot."""
        channel = self._channels.get(key)
        return channel.capabilities if channel else dict.fromkeys(Verb, WATCHING)

    def queues(self, key: Key) -> bool:
        """Say whether a prompt can wait in the agent's own queue while it works."""
        channel = self._channels.get(key)
        return channel is not None and channel.queues

    def key_of(self, channel: Channel) -> Key | None:
        """Return the session that a channel is kept for."""
        return next((key for key, known in self._channels.items() if known is channel), None)

    async def room(self, key: Key) -> int | None:
        """Return how many characters the text of a command may have; `None` without a limit.

        Raises:
            Problem: what the channel types into is gone.
        """
        channel = self._channels.get(key)
        return await channel.room() if isinstance(channel, Boxed) else None

    def caution(self, key: Key) -> str | None:
        """Return what a person should know before the channel to a session is used."""
        words: str | None = getattr(self._channels.get(key), "caution", None)
        return words

    def under_way(self, key: Key) -> Action | None:
        """Return the action that waits for its evidence."""
        return self._under_way.get(key)

    def log(self, key: Key) -> tuple[Entry, ...]:
        """Return what the journal holds of a session, oldest first."""
        return tuple(
            entry
            for entry in self.journal.entries()
            if entry.agent == key[0] and key[1] in (entry.session_id, entry.new_session_id)
        )

    # Channels

    async def refresh(self) -> None:
        """Join the drivers that have come, and leave the channels whose session has gone."""
        from .client import Driven

        for driver in await asyncio.to_thread(drivers, self.state):
            key = (driver.agent, driver.session_id or "")
            known = self._channels.get(key)
            if driver.session_id and (known is None or _is_replaceable(known)):
                with suppress(Problem):
                    self._keep(key, await Driven.join(Path(driver.socket)))
                    if known is not None:
                        await known.close()

    async def hear(self, sightings: Iterable[Sighting]) -> None:
        """Hear what live sessions ask for that are only watched, where their agent can tell it.

        A session that asks gets a channel for the answer, for as long as it asks.
        """
        if self._hearers is None:
            self._hearers = hearers(self._folders, self._heard)
        watched = [one for one in sightings if self._is_watched((one.agent, one.session_id))]
        for agent, hearer in self._hearers.items():
            with suppress(Problem):
                await hearer.hear(one for one in watched if one.agent == agent)

    def _is_watched(self, key: Key) -> bool:
        return self.reach(key) is Reach.WATCHED

    def _heard(self, agent: str, session_id: str, channel: Channel | None) -> None:
        key = (agent, session_id)
        if not self._is_watched(key):
            return
        if channel is not None:
            self._keep(key, channel)
        elif self._channels.pop(key, None) is not None:
            self._changed(key)

    async def attach(self, sighting: Sighting) -> Channel:
        """Return the channel to a session, found and kept when it is asked for first.

        Raises:
            NoChannel: nothing leads into the session.
            Problem: what does cannot be used now.
        """
        key = (sighting.agent, sighting.session_id)
        async with self._joining:
            known = self._channels.get(key)
            if known is not None and known.live.problem is None and not _is_makeshift(known):
                return known
            folders = self._folders.get(sighting.agent, ())
            channel = await join(sighting, self.state, folders, tmux_socket=self._tmux_socket)
            self._keep(key, channel)
        if known is not None:
            await known.close()
        return channel

    async def way_into(self, sighting: Sighting) -> Channel:
        """Return the channel to a session, and where there is none, the one by hand.

        It is what `c`, `r`, `h` and `k` act through: `attach` is tried first; only where nothing
        leads in, the person is asked. Then `act` publishes an errand in `live(key).errand` and
        waits for its evidence, up to ten minutes; `give_up` ends the waiting. Reach is `BY_HAND`,
        unless a part goes without the person (Codex outside tmux: all but `/clear`).

        Raises:
            NoChannel: there is nobody to ask either: the session has ended.
            Problem: what leads in cannot be used now.
        """
        from .by_hand import lacks

        try:
            found = await self.attach(sighting)
        except NoChannel:
            asked = await self._ask_person(sighting)
            if asked is None:
                raise
            return asked
        return await self._ask_person(sighting, found) or found if lacks(found) else found

    async def _ask_person(
        self, sighting: Sighting, beside: Channel | None = None
    ) -> Channel | None:
        """Return the channel by hand, which stands in for what `beside` cannot do."""
        from .by_hand import ByHand, by_hand

        key = (sighting.agent, sighting.session_id)
        known = self._channels.get(key)
        if not isinstance(known, ByHand):
            folders = self._folders.get(sighting.agent, ())
            known = by_hand(sighting, folders, beside)
            if known is None:
                return None
            self._keep(key, known)
        await known.look()
        return known

    def errands(self) -> tuple[tuple[Key, Errand], ...]:
        """Return what people are asked to do by hand now, with the session it is about."""
        lives = ((key, channel.live) for key, channel in self._channels.items())
        return tuple((key, live.errand) for key, live in lives if live.errand is not None)

    def give_up(self, key: Key) -> None:
        """Take back what the person was asked to do by hand."""
        from .by_hand import ByHand

        channel = self._channels.get(key)
        if isinstance(channel, ByHand):
            channel.give_up()

    async def detach(self, key: Key) -> None:
        """Let go of a session; it goes on by itself."""
        channel = self._channels.pop(key, None)
        self.arming.disarm(key)
        if channel is not None:
            await channel.close()
            self._changed(key)

    async def close(self) -> None:
        """Let go of every session. Nothing ends by it, and nobody is told any more."""
        self.listen(nobody)
        for hearer in (self._hearers or {}).values():
            hearer.close()
        for key in tuple(self._channels):
            await self.detach(key)

    def _keep(self, key: Key, channel: Channel) -> None:
        self._channels[key] = channel
        channel.listen(lambda: self._told(channel))
        self._changed(key)

    def take_moved(self) -> dict[Key, Key]:
        """Return, once, which sessions channels left and with which each went on."""
        moved, self._moved = self._moved, {}
        return moved

    def _told(self, channel: Channel) -> None:
        """Take up what a channel told; it may be on another session now."""
        old = next((key for key, known in self._channels.items() if known is channel), None)
        if old is None:
            return
        session_id = channel.live.session_id
        if session_id is not None and session_id != old[1]:
            del self._channels[old]
            new = (old[0], session_id)
            self._channels[new] = channel
            self._moved[old] = new
            self.arming.carry(old, new)
            self._changed(new)
        self._changed(old)

    # Acting

    async def act(self, key: Key, wanted: Action) -> Result:
        """Carry out one action and write down that it was asked and what came of it."""
        channel = self._channels.get(key)
        if channel is None:
            return refused(wanted, f"{WATCHING}.", remedy="Attach to it first.", session_id=key[1])
        why = channel.capabilities.get(wanted.verb, "this channel cannot do it")
        if why is not None:
            return refused(wanted, why, session_id=key[1])
        self._under_way[key] = wanted
        self._changed(key)
        try:
            return await self._written(key, channel, wanted)
        finally:
            self._under_way.pop(key, None)
            self._changed(key)

    async def _written(self, key: Key, channel: Channel, wanted: Action) -> Result:
        """Act on a channel; a driver keeps the journal of its own session itself."""
        if channel.reach is Reach.OWNED:
            return await _try(channel, key, wanted)
        try:
            self.journal.asked(*key, channel.name, wanted)
        except NotSaved as problem:
            return refused(wanted, problem.detail, remedy=problem.remedy, session_id=key[1])
        result = unknown(wanted, CANCELLED, session_id=key[1])
        try:
            result = await _try(channel, key, wanted)
        finally:
            with suppress(NotSaved):
                self.journal.ended(*key, channel.name, result)
        return result

    def left_open(self) -> tuple[Report, ...]:
        """Return what was under way when a clearhead ended, once, as problems."""
        return tuple(map(_report, self.journal.settle()))

    def moment(self, key: Key, state: State, snapshot: Snapshot, branch: str | None) -> Moment:
        """Return what an armed action of a session hangs on now."""
        return Moment(
            wall=time.time(),
            steady=time.monotonic(),
            session_id=key[1],
            branch=branch,
            prompts=snapshot.turns if snapshot.complete and snapshot.items_seen else None,
            prompted=snapshot.prompted_at,
            source=self.channel_name(key),
            state=state,
        )


def _is_replaceable(channel: Channel) -> bool:
    """Say whether a driver's channel takes the place of one: it can do little, or nothing."""
    return _is_makeshift(channel) or channel.live.problem is not None


def _is_makeshift(channel: Channel) -> bool:
    """Say whether there may be a better way into the session than this one."""
    return channel.reach in (Reach.BY_HAND, Reach.WATCHED)


async def _try(channel: Channel, key: Key, wanted: Action) -> Result:
    try:
        return await channel.act(wanted)
    except Problem as problem:
        return refused(wanted, problem.detail, remedy=problem.remedy, session_id=key[1])


def _report(entry: Entry) -> Report:
    at = time.strftime("%H:%M", time.localtime(entry.at))
    return Report(
        "It is not known what came of an action",
        f"{entry.verb} of {entry.agent} {short_id(entry.session_id)}: {entry.reason} ({at}).",
        "Look at the session before you ask again.",
    )
