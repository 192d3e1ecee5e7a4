"""The resets that this clearhead goes along with, and those that an earlier one left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.problems import Report
from ...core.reset.store import Store
from ...core.reset.transaction import STEPS, Status, Transaction, next_step
from ...core.session_id import short_id
from ...core.task_chain import TaskChain, chain_of
from .course import Course
from .facts import DECISIONS, Need, Receiver, ResetFacts

if TYPE_CHECKING:
    from textual.app import App

    from ...core.supervisor import Key
    from ..bridge import Bridge


class Resets:
    """Courses by session; a reset that was cut off is found in the state folder."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._courses: list[Course] = []
        self._left: tuple[Transaction, ...] = ()

    async def look(self) -> None:
        """Read which resets are not over."""
        store = Store(self._bridge.state)
        self._left = await self._bridge.supervisor.in_pool(store.open)

    def of(self, key: Key) -> Course | None:
        """Return the course of a session that is under way: the one it leaves or leads to."""
        return next((c for c in self._courses if c.live and key in (c.key, c.new_key)), None)

    def left_open(self, key: Key) -> Transaction | None:
        """Return a reset of a session that an earlier clearhead left open."""
        mine = {c.transaction.begun.id for c in self._courses if c.transaction}
        return next((t for t in self._left if t.begun.id not in mine and key in keys_of(t)), None)

    @property
    def reports(self) -> tuple[Report, ...]:
        """Return the resets that were left open, as problems."""
        mine = {c.transaction.begun.id for c in self._courses if c.transaction}
        return tuple(_report(t) for t in self._left if t.begun.id not in mine)

    async def course(self, key: Key, receiver: Receiver | None = None) -> Course:
        """Return the course to show for a session: the one under way, one left open, or a new."""
        known = self.of(key)
        if known is not None:
            return known
        await self.look()
        left = self.left_open(key)
        course = Course(self._bridge, key, receiver)
        if left is not None:
            course.take_up(left)
        self._courses = [c for c in self._courses if c.live]
        self._courses.append(course)
        return course

    async def chain(self, key: Key) -> TaskChain | None:
        """Return the sessions of the task that a session serves, with what they cost."""
        bridge = self._bridge
        agents, settings = bridge.supervisor.agents, bridge.settings
        return await bridge.supervisor.in_pool(
            lambda: chain_of(*key, bridge.state, agents, settings)
        )

    def open(self, app: App[None], key: Key) -> None:
        """Show a session that may be too new to be known."""
        app.run_worker(self._open(app, key), exit_on_error=False)

    async def _open(self, app: App[None], key: Key) -> None:
        from ..messages import SessionWanted

        await self.know(key)
        app.post_message(SessionWanted(key))

    async def know(self, key: Key) -> None:
        """Make a session known that is too new, or too old, to be followed already."""
        supervisor = self._bridge.supervisor
        agent = supervisor.agents.get(key[0])
        if agent is None or supervisor.seen(key) is not None:
            return
        found = await supervisor.in_pool(agent.discover)
        sighting = next((s for s in found.sightings if s.session_id == key[1]), None)
        if sighting is not None and supervisor.seen(key) is None:
            supervisor.adopt(agent, sighting)

    def close(self) -> None:
        """Let go of all: clearhead ends."""
        for course in self._courses:
            course.close()


def keys_of(transaction: Transaction) -> tuple[Key, ...]:
    """Return the sessions that a reset leaves and leads to."""
    begun, new = transaction.begun, transaction.new_session_id
    old = (begun.agent, begun.session_id)
    return (old, (begun.target or begun.agent, new)) if new else (old,)


def standing_of(facts: ResetFacts) -> tuple[str, tuple[str, ...]]:
    """Say in a headline and a detail where a reset stands that is under way."""
    name = f"{str(facts.receiver.purpose).capitalize()}"
    if facts.need is Need.TURN:
        return f"{name} is armed", ("it begins when the turn ends",)
    number = STEPS.index(facts.step) + 1
    where = f"step {number} of {len(STEPS)}"
    if facts.need in DECISIONS:
        waits = {Need.BRIEF: "the brief waits for you", Need.FAILED: "a step failed"}
        return f"{name} is not over", (where, waits.get(facts.need, "it waits for you"))
    return f"{name} is under way", (where,)


def where_it_stopped(transaction: Transaction) -> str:
    """Say at which step an open reset stands."""
    failed = next((s for s in STEPS if transaction.step(s).status is Status.FAILED), None)
    if failed is not None:
        return f"step {STEPS.index(failed) + 1} of {len(STEPS)}: {failed} failed"
    upcoming = next_step(transaction)
    if upcoming is None:
        return "every step is done, its result was not written"
    word = "was cut off" if upcoming.recover else "comes next"
    return f"step {STEPS.index(upcoming.step) + 1} of {len(STEPS)}: {upcoming.step} {word}"


def _report(transaction: Transaction) -> Report:
    begun = transaction.begun
    return Report(
        f"A {begun.purpose} is not over",
        f"{begun.agent} {short_id(begun.session_id)}, {where_it_stopped(transaction)}.",
        "Open that session and press r: it is gone on with, or stopped there with X.",
    )
