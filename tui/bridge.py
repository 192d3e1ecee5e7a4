"""The only crossing from the core to the screen: sessions in, one message for each frame out."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.app import App

from ..core.acting.action import Action, Result
from ..core.acting.armed import Moment, Undertaking
from ..core.acting.channel import Reach
from ..core.acting.live import Live
from ..core.acting.peers import why_not_act
from ..core.acting.service import Acting
from ..core.agents.base import Body, Feed, Sighting, State
from ..core.config import Settings
from ..core.figures import Costs, costs_of, gauge_of
from ..core.problems import Problem, Report
from ..core.session import Standing, standing
from ..core.snapshot import Snapshot
from ..core.supervisor import Key, Seen, Supervisor
from .look import Look
from .messages import (
    ArmedEnded,
    ReplyGrown,
    SessionBegan,
    SessionChanged,
    SessionsChanged,
    SessionSucceeded,
)
from .repos import Repos

if TYPE_CHECKING:
    from .resets.open import Resets

FRAME = 1 / 60
"""Seconds over which changes are gathered: the screen is painted no more often."""

BREATH = 0.25
"""Seconds between two readings of what takes time, while a session goes on changing."""


class Bridge:
    """Gathers what the supervisor reports and posts it to the app, at most once for each frame.

    Money, git and the status-line feed are read in the thread pool; a look at a session goes out
    at once with what was known of them before, and again when they are there.
    """

    def __init__(
        self,
        app: App[None],
        supervisor: Supervisor,
        settings: Settings,
        state: Path,
        *,
        reports: Sequence[Report] = (),
        acting: Acting | None = None,
    ) -> None:
        self._app = app
        self.acting = acting or Acting(state)
        self.acting.listen(self._told, self._armed_ended)
        self.forbidden: str | None = None
        """Why this clearhead may look and not act: an agent's session started it."""
        self.settings = settings
        self.state = state
        self._reports = tuple(reports)
        self.supervisor = supervisor
        self._dirty: set[Key | None] = set()
        self._lives: dict[Key, Live | None] = {}
        self._due: asyncio.TimerHandle | None = None
        self._costs: dict[Key, tuple[Snapshot, Costs]] = {}
        self._feeds: dict[Key, Feed | None] = {}
        self._repos = Repos(state, settings.git_seconds)
        self._working: set[Key] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._resets: Resets | None = None
        self._closed = False

    def changed(self, key: Key | None) -> None:
        """Take note that a session, or the list of them, has changed."""
        self._dirty.add(key)
        if self._due is None and not self._closed:
            self._due = asyncio.get_running_loop().call_later(FRAME, self._flush)

    async def find_out_whether_it_may_act(self) -> None:
        """Find out whether an agent's session started this clearhead; then it only looks."""
        self.forbidden = await self.supervisor.in_pool(partial(why_not_act, os.getpid()))

    def _armed_ended(self, key: Key, wanted: Action | Undertaking, result: Result | None) -> None:
        self._app.post_message(ArmedEnded(key, wanted, result))

    def _told(self, key: Key) -> None:
        """Take note of what a channel told; words of a growing reply go out at once.

        They cost no look at the rest, and the channel has gathered them for a frame already.
        """
        for old, new in self.acting.take_moved().items():
            self._follow(old, new)
        before, now = self._lives.get(key), self.acting.live(key)
        self._lives[key] = now
        if before is None or now is None or not only_grown(before, now):
            self.changed(key)
            return
        self._app.post_message(ReplyGrown(key, now.reply))

    def _follow(self, old: Key, new: Key) -> None:
        """Go over to the session that a channel went on with; no file may tell of it yet."""
        seen = self.supervisor.seen(old)
        if seen is None:
            return
        agent, cwd = self.supervisor.agents[old[0]], _cwd_of(seen)
        self.supervisor.adopt(agent, Sighting(*new, cwd=cwd, pid=seen.sighting.pid))
        self._app.post_message(SessionSucceeded(old, new))

    def look(self, key: Key) -> Look | None:
        """Return a session with what is known of it now; reads nothing."""
        seen = self.supervisor.seen(key)
        if seen is None:
            return None
        feed = self._feeds.get(key)
        costs = self._costs.get(key)
        live = self.acting.live(key)
        gauge = gauge_of(seen.snapshot, self.settings, feed, live.window if live else None)
        return Look(
            seen=seen,
            standing=_told(live, self.acting.reach(key))
            or standing(seen.sighting, seen.snapshot, time.time()),
            gauge=replace(gauge, fill=None) if seen.snapshot.settling else gauge,
            title=self.supervisor.agents[key[0]].title,
            feed=feed,
            costs=costs[1] if costs and bool(costs[0].calls) == bool(seen.snapshot.calls) else None,
            repo=self._repos.of(_cwd_of(seen)),
            live=live,
            reach=self.acting.reach(key),
            channel=self.acting.channel_name(key),
            capabilities=self.acting.capabilities(key),
            queues=self.acting.queues(key),
            armed=self.acting.arming.armed(key),
            asking=self.acting.arming.asking(key),
            under_way=self.acting.under_way(key),
            forbidden=self.forbidden,
        )

    @property
    def resets(self) -> Resets:
        """The resets that are under way, and those that were left open; loaded when asked for."""
        if self._resets is None:
            from .resets.open import Resets

            self._resets = Resets(self)
        return self._resets

    @property
    def known_resets(self) -> Resets | None:
        """The resets, if they were asked for already: nothing is loaded before the first paint."""
        return self._resets

    def close(self) -> None:
        """Let go of what is under way, and begin nothing more: clearhead ends."""
        self._closed = True
        if self._due is not None:
            self._due.cancel()
        for task in self._tasks:
            task.cancel()
        if self._resets is not None:
            self._resets.close()

    def looks(self) -> tuple[Look, ...]:
        """Return every session that is known."""
        return tuple(look for key in self.supervisor.keys if (look := self.look(key)))

    def problems(self, shown: Key | None = None) -> tuple[Report, ...]:
        """Return what went wrong: settings, folders, git, transcripts, and lines of one of them."""
        folders = [r for found in self.supervisor.discoveries.values() for r in found.reports]
        sessions = [self.supervisor.seen(key) for key in self.supervisor.keys]
        files = [seen.report for seen in sessions if seen and seen.report]
        own = self.supervisor.seen(shown) if shown else None
        lines = own.snapshot.problems if own else ()
        resets = self._resets.reports if self._resets else ()
        return (*self._reports, *resets, *folders, *self._repos.reports, *files, *lines)

    def report(self, *reports: Report) -> None:
        """Keep what went wrong for the list of problems, each once."""
        fresh = [report for report in reports if report not in self._reports]
        if fresh:
            self._reports = (*self._reports, *fresh)
            self.changed(None)

    def load(self, key: Key, item: int) -> Body | None:
        """Load a body now; for short ones, while drawing."""
        return self.supervisor.body_now(key, item)

    def work_out(self, key: Key) -> None:
        """Read money, git and feed of a session in the background, then post a new look."""
        if key in self._working or self._closed:
            return
        self._working.add(key)
        self._run(self._work_out(key))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _flush(self) -> None:
        self._due = None
        dirty, self._dirty = self._dirty, set()
        if None in dirty:
            self._run(self.acting.refresh())
            self._run(self.acting.hear(self._live()))
            self._app.post_message(SessionsChanged())
            for old, new in self.supervisor.take_succeeded().items():
                self._app.post_message(SessionSucceeded(old, new))
            for begun in self.supervisor.take_begun():
                self._app.post_message(SessionBegan(begun))
        for key in dirty:
            if key is not None:
                self._post(key)
                self.work_out(key)

    def _live(self) -> list[Sighting]:
        """Return the sessions that a program runs."""
        seen = map(self.supervisor.seen, self.supervisor.keys)
        return [one.sighting for one in seen if one is not None and one.sighting.pid is not None]

    def _post(self, key: Key) -> None:
        look = self.look(key)
        if look is not None:
            self._notice(look)
            self._app.post_message(SessionChanged(look))

    def arm(self, look: Look, wanted: Action | Undertaking) -> None:
        """Let something wait for the end of the turn of a session, as it stands now."""
        self.acting.arming.arm(look.key, wanted, self._moment(look))

    def _notice(self, look: Look) -> None:
        """Let what is armed run or ask, as the session and the time have it now."""
        self.acting.arming.noticed(look.key, self._moment(look))

    def _moment(self, look: Look) -> Moment:
        snapshot, state = look.seen.snapshot, look.standing.state
        return self.acting.moment(look.key, state, snapshot, look.branch)

    def notice_armed(self) -> None:
        """See whether the time of what is armed is over, in every session."""
        for key in self.acting.arming.keys:
            if (look := self.look(key)) is not None:
                self._notice(look)

    async def _work_out(self, key: Key) -> None:
        """Work out one session again and again until nothing new came meanwhile."""
        try:
            while (seen := self.supervisor.seen(key)) is not None:
                before = self._known(key)
                await self.supervisor.in_pool(partial(self._read, key, seen))
                if (repo := self._repos.of(_cwd_of(seen))) is not None:
                    self.supervisor.watch_beside(key, repo.git_dir)
                if self._known(key) != before:
                    self._post(key)
                after = self.supervisor.seen(key)
                if after is None or after.snapshot is seen.snapshot:
                    return
                await asyncio.sleep(BREATH)
        finally:
            self._working.discard(key)
            self._ask_git_later(key)

    def _ask_git_later(self, key: Key) -> None:
        """Work out a session once more when git was not asked because it just had been."""
        seen = self.supervisor.seen(key)
        wait = self._repos.put_off(_cwd_of(seen)) if seen else None
        if wait is not None:
            asyncio.get_running_loop().call_later(wait, self.work_out, key)

    def _known(self, key: Key) -> tuple[object, ...]:
        """Return what was read of a session beside its transcript."""
        look = self.look(key)
        return (look.feed, look.costs, look.repo) if look else ()

    def _read(self, key: Key, seen: Seen) -> None:
        """Read what takes time; runs in the thread pool."""
        agent, snapshot = self.supervisor.agents[key[0]], seen.snapshot
        with suppress(Problem):
            self._feeds[key] = agent.feed(key[1])
        known = self._costs.get(key)
        if snapshot.complete and (known is None or known[0] is not snapshot):
            self._costs[key] = (snapshot, costs_of(snapshot, self.settings))
        if cwd := _cwd_of(seen):
            self._repos.read(cwd)


def only_grown(before: Live, now: Live) -> bool:
    """Say whether a reply has grown between the two, and nothing else is different."""
    return before is not now and replace(before, reply=None) == replace(now, reply=None)


def _cwd_of(seen: Seen) -> str | None:
    """Return the folder of a session: the transcript's word first, else the registry's."""
    return seen.snapshot.cwd or seen.sighting.cwd


def _told(live: Live | None, reach: Reach) -> Standing | None:
    """Return what the channel says that a session does: it knows better than any file.

    Where a person is the channel, the files are all there is.
    """
    if live is None or live.state is None or reach is Reach.BY_HAND:
        return None
    waits = live.requests[0].kind if live.requests and live.state is State.WAITING else None
    return Standing(live.state, waits, asserted=True, since=live.since)
