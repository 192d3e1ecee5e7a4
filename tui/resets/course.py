"""One reset as the screen goes along with it. It lives on while no sheet shows it.

The core carries a reset out and writes it down; a course knows what the person has agreed to, asks
for what they have not, and tells whoever shows it that something has changed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from ...core.acting.action import Outcome, Verb, action
from ...core.acting.armed import Undertaking
from ...core.acting.errand import Errand
from ...core.agents.base import State
from ...core.figures import gauge_of
from ...core.followed import Followed
from ...core.gauge import Zone
from ...core.next_turn import next_usd
from ...core.problems import NotFound, Problem, Report
from ...core.reset.boot import Check, missed
from ...core.reset.carrying import Reset, checks_of
from ...core.reset.preparing import Prepared, Review, prepare, review
from ...core.reset.transaction import Begun, Status, Step, Transaction
from ...core.tasks import Tasks
from ..act_reasons import FORBIDDEN
from .drafting import Draft, draft
from .facts import DECISIONS, Figures, Need, Receiver, ResetFacts

if TYPE_CHECKING:
    from ...core.supervisor import Key
    from ..bridge import Bridge
    from ..look import Look

T = TypeVar("T")

LEFT_OUT = "left out by you"
STOPPED = "stopped on the screen"
GONE = "This session is gone."
WAITS = "The agent waits for your answer. Answer it first, then come back."

LOOK = 0.2
"""Seconds between two looks at a fresh session that was told something again."""

PATIENCE = 15 * 60.0
"""Seconds that an answer to what was said again may take."""


class Course:
    """The reset of one session, from the first look at it to its result."""

    def __init__(self, bridge: Bridge, key: Key, receiver: Receiver | None = None) -> None:
        self.key = key
        self.receiver = receiver or Receiver()
        self.need = Need.LOOK
        self.problem: Report | None = None
        self._bridge = bridge
        self._changed: list[Callable[[], None]] = []
        self._prepared: Prepared | None = None
        self._reset: Reset | None = None
        self._begun: Begun | None = None
        self._review: Review | None = None
        self._draft = Draft()
        self._picks: dict[str, bool] = {}
        self._message: str | None = None
        self._text: str | None = None
        self._notes: tuple[str | None, str | None] = (None, None)
        self._left_out: set[Step] = set()
        self._overruled: set[Need] = set()
        self._agreed = False
        self._smart: int | None = None
        self._figures = (Figures(), Figures())
        self._checks: tuple[Check, ...] = ()
        self._said_again = False
        self._chain: tuple[str, ...] = ()
        self._rehearsing = False
        self._rehearsed: tuple[str, ...] | None = None
        self._attention = 0.0
        self._attending: float | None = None
        self._watched = False
        self._task: asyncio.Task[None] | None = None

    # What others see

    @property
    def facts(self) -> ResetFacts:
        """The reset as it stands now."""
        found = self.transaction
        begun = found.begun if found else self._begun
        seen = self._review
        return ResetFacts(
            need=self.need,
            receiver=self.receiver,
            agent=self._title(begun),
            begun=begun,
            transaction=found,
            notes_name=Path(begun.notes).name if begun and begun.notes else None,
            findings=seen.findings if seen else (),
            notes_before=self._notes[0],
            notes_after=self._notes[1],
            committable=seen.committable if seen else ResetFacts().committable,
            ticked=self.ticked,
            message=self.message,
            left_out=frozenset(self._left_out),
            new_hooks=self._hooks_are_new,
            brief_text=self.brief_text,
            edited=self._text is not None,
            weights=self._draft.weights,
            smart=self._smart,
            open_steps=self._draft.open_steps,
            chosen=self._draft.chosen,
            rehearsing=self._rehearsing,
            rehearsed=self._rehearsed,
            before=self._figures[0],
            after=self._figures[1],
            checks=self._checks,
            said_again=self._said_again,
            chain=self._chain,
            attention=self.attention,
            state=self._state,
            errand=self._errand,
            problem=self.problem,
        )

    @property
    def transaction(self) -> Transaction | None:
        """The reset as it stands on the disk; `None` before it began."""
        return self._reset.transaction if self._reset else None

    @property
    def live(self) -> bool:
        """Whether it has begun or is armed, and is not over."""
        return self.need not in {Need.LOOK, Need.BEGIN, Need.OVER, Need.STOPPED}

    @property
    def new_key(self) -> Key | None:
        """The fresh session, once it is known."""
        found = self.transaction
        if found is None or found.new_session_id is None:
            return None
        return found.begun.target or found.begun.agent, found.new_session_id

    @property
    def ticked(self) -> tuple[str, ...]:
        """The paths that would be committed: what is ticked at first, and the person's picks."""
        if self._review is None or Step.COMMIT in self._left_out:
            return ()
        first = set(self._review.ticked)
        changes = self._review.committable.changes
        return tuple(c.path for c in changes if self._picks.get(c.path, c.path in first))

    @property
    def message(self) -> str:
        """The message of the commit."""
        return self._message or (self._review.message if self._review else "")

    @property
    def brief_text(self) -> str:
        """The brief as it would be sent."""
        return self._text if self._text is not None else self._draft.text

    @property
    def attention(self) -> float:
        """Seconds for which the person was shown something that only they could decide."""
        now = time.monotonic()
        return self._attention + (now - self._attending if self._attending is not None else 0.0)

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Tell `changed` from now on; the answer ends it."""
        self._changed.append(changed)
        return lambda: self._changed.remove(changed)

    def watch(self, *, watched: bool) -> None:
        """Say whether the person has the sheet before them: only then does a wait cost them."""
        self._watched = watched
        self._count_attention()

    # Beginning

    async def prepare(self) -> None:
        """Read what the sheet shows: the plan of a new reset, or what one has before it."""
        if self._reset is None and self.need is Need.LOOK:
            await self.look()
        elif self._reset is not None and not self._agreed and self.need is not Need.EFFECT:
            await self.look_again()

    async def look(self) -> None:
        """Look at the session, its repository and its notes, and say what would be done."""
        look = self._bridge.look(self.key)
        if look is None:
            self._fail(Report("Nothing to reset", GONE))
            return
        try:
            self._prepared = await self._in_pool(partial(self._prepare, look))
        except Problem as problem:
            self._fail(problem.report())
            return
        found = self._prepared
        self._begun = found.begun
        self._review = Review(found.committable, found.ticked, found.message, found.findings)
        self._notes = (found.notes_text if found.notes_path else None, None)
        await self._draw_up(found.begun)
        self._set(Need.BEGIN)

    async def _prepared_now(self) -> Prepared:
        """Look once more: the person may have read the plan for long, or it was armed."""
        look = self._bridge.look(self.key)
        if look is None:
            raise NotFound(GONE)
        self._prepared = found = await self._in_pool(partial(self._prepare, look))
        self._notes = (found.notes_text if found.notes_path else None, None)
        return found

    def _prepare(self, look: Look) -> Prepared:
        settings, snapshot = self._bridge.settings, look.seen.snapshot
        self._smart = look.gauge.edges.edge(Zone.DUMB).at
        usd = next_usd(snapshot, settings)
        fill = snapshot.fill.tokens if snapshot.fill else None
        self._figures = (Figures(fill, look.gauge.window, usd), Figures())
        return prepare(
            look.seen.sighting,
            snapshot,
            self._bridge.state,
            self._smart,
            today=_today(),
            names=settings.progress_files,
            purpose=self.receiver.purpose,
            target=self.receiver.agent,
            target_model=self.receiver.model,
            next_usd=usd,
        )

    def take_up(self, transaction: Transaction) -> None:
        """Go on with a reset whose process has gone; nothing is done before the person says so."""
        begun = transaction.begun
        self._begun = begun
        self.receiver = replace(
            self.receiver, agent=begun.target, model=begun.target_model, purpose=begun.purpose
        )
        before = transaction.step(Step.NOTES).facts.get("before")
        self._notes = (before if isinstance(before, str) else None, None)
        self._figures = (Figures(begun.fill, None, begun.next_usd), Figures())
        bridge = self._bridge
        self._reset = Reset.resume(
            transaction, bridge.acting, bridge.supervisor.agents, lambda _: self._tell()
        )
        self.need = Need.FAILED if self._failed_step else Need.COMMIT

    async def look_again(self) -> None:
        """Look at what a reset that was taken up has before it."""
        begun = self._begun
        if begun is None:
            return
        with suppress(Problem):
            await self._review_now(begun)
            await self._draw_up(begun)
        self._tell()

    def begin(self) -> str | None:
        """Begin, or arm it while the agent works; say why not where it cannot be."""
        look = self._bridge.look(self.key)
        if look is None:
            return GONE
        if look.forbidden:
            return FORBIDDEN
        if look.standing.state is State.WAITING:
            return WAITS
        if look.standing.state is State.BUSY:
            self._arm(look)
        else:
            self._spawn(self._begin())
        return None

    def _arm(self, look: Look) -> None:
        acting, snapshot = self._bridge.acting, look.seen.snapshot
        moment = acting.moment(self.key, look.standing.state, snapshot, look.branch)
        acting.arm(self.key, Undertaking(str(self.receiver.purpose), self._begin_armed), moment)
        self._set(Need.TURN)

    async def _begin_armed(self) -> None:
        if self.need is Need.TURN:
            self._spawn(self._begin())

    def still_armed(self) -> bool:
        """Say whether it still waits for the turn; what was disarmed asks anew."""
        armed = self.need is Need.TURN and self._bridge.acting.armed(self.key) is not None
        if self.need is Need.TURN and not armed:
            self._set(Need.BEGIN)
        return armed

    async def _begin(self) -> None:
        self._set(Need.EFFECT)
        prepared = await self._prepared_now()
        begun = replace(prepared.begun, at=time.time())
        bridge = self._bridge
        self._reset = Reset.begin(
            replace(prepared, begun=begun),
            bridge.acting,
            bridge.supervisor.agents,
            lambda _: self._tell(),
        )
        self._begun = begun
        self._agreed = True
        for step in sorted(self._left_out):
            self._reset.runner.skip(step, LEFT_OUT)
        await self._carry()

    # Going on

    def go_on(self) -> str | None:
        """Do what Enter does now; say why not where it does nothing."""
        if self._bridge.forbidden:
            return FORBIDDEN
        if self.need is Need.BEGIN:
            return self.begin()
        if self.need is Need.COMMIT:
            self._agreed = True
            self._spawn(self._carry())
        elif self.need is Need.BRIEF:
            self._spawn(self._send())
        elif self.need is Need.FAILED:
            return self.try_again()
        elif self.need in {Need.NOTES, Need.HOOKS}:
            self._spawn(self._carry())
        return None

    async def _carry(self) -> None:
        """Go on until nothing is left or the person is needed."""
        reset = self._reset
        assert reset is not None
        self._set(Need.EFFECT)
        while True:
            waits = await reset.go()
            if waits is None:
                await self._finish(reset)
                return
            if reset.transaction.step(waits).status is Status.FAILED:
                self._set(Need.FAILED)
                return
            needed = await self._before_commit() if waits is Step.COMMIT else Need.BRIEF
            if needed is Need.BRIEF:
                await self._draw_up(reset.transaction.begun)
            if needed is not None:
                self._set(needed)
                return
            assert self._review is not None
            reset.decide_commit(self.ticked, self.message, self._review.committable.why_not)

    async def _before_commit(self) -> Need | None:
        """Look at the notes and the repository again; say what has to be decided first."""
        assert self._begun is not None
        await self._review_now(self._begun)
        assert self._review is not None
        if self._review.errors and Need.NOTES not in self._overruled:
            return Need.NOTES
        if self._hooks_are_new and self.ticked and Need.HOOKS not in self._overruled:
            return Need.HOOKS
        return None if self._agreed else Need.COMMIT

    async def _send(self) -> None:
        reset = self._reset
        assert reset is not None
        reset.renew(self._draft.brief or reset.brief)
        reset.decide_brief(self.brief_text)
        await self._carry()

    async def _finish(self, reset: Reset) -> None:
        """Read the figures after, write the result line, and let everyone's text go."""
        found = reset.transaction
        self._checks = checks_of(found)
        new = self.new_key
        if new is not None:
            after = await self._in_pool(partial(self._figures_of, new))
            self._figures = (self._figures[0], after)
        reset.close(fill=self._figures[1].fill, next_usd=self._figures[1].next_usd)
        self._chain = await self._in_pool(partial(self._chain_of, found.begun))
        self._bridge.changed(None)
        self._set(Need.OVER)

    def _figures_of(self, key: Key) -> Figures:
        """Return how full a session is now; reads its transcript."""
        agent, settings = self._bridge.supervisor.agents[key[0]], self._bridge.settings
        sighting = next((s for s in agent.discover().sightings if s.session_id == key[1]), None)
        if sighting is None:
            return Figures()
        followed = Followed(agent, sighting)
        with suppress(Problem):
            followed.read_whole()
        snapshot = followed.snapshot
        fill = snapshot.fill.tokens if snapshot.fill else None
        return Figures(fill, gauge_of(snapshot, settings).window, next_usd(snapshot, settings))

    def _chain_of(self, begun: Begun) -> tuple[str, ...]:
        tasks = Tasks(self._bridge.state)
        task = tasks.of(begun.agent, begun.session_id)
        return tuple(link.session_id for link in tasks.chain(task)) if task else ()

    # What the person decides

    def tick(self, path: str) -> None:
        """Tick a path, or take its tick away."""
        self._picks[path] = path not in self.ticked
        self._tell()

    def leave_out(self, step: Step) -> None:
        """Leave a step out, or take it in again; only before it began."""
        self._left_out ^= {step}
        if self._reset is not None and self.need in {Need.COMMIT, Need.HOOKS, Need.NOTES}:
            self._agreed = True
        self._tell()

    def overrule(self) -> None:
        """Go on in spite of what stands in the way."""
        if self.need in {Need.NOTES, Need.HOOKS}:
            self._overruled.add(self.need)
            self._spawn(self._carry())

    def reword(self, text: str) -> None:
        """Take the person's words: the message of the commit, or the brief."""
        if self.need is Need.BRIEF:
            self._text = text
        else:
            self._message = text
        self._spawn(self._draw_up(self._begun)) if self._begun else self._tell()

    def choose(self, step: int) -> None:
        """Take another of the next steps that the notes name."""
        count = len(self._draft.open_steps)
        if count > 1 and self._begun is not None:
            self._draft = replace(self._draft, chosen=(self._draft.chosen + step) % count)
            self._spawn(self._draw_up(self._begun))

    def try_again(self) -> str | None:
        """Let the step that failed be done once more."""
        step = self._failed_step
        if self._reset is None:
            self._spawn(self.look())
            return None
        if step is None:
            self._spawn(self._carry())
            return None
        self._reset.runner.again(step)
        self._spawn(self._carry())
        return None

    def skip_failed(self) -> None:
        """Leave out the step that failed."""
        step = self._failed_step
        if self._reset is not None and step is not None:
            self._reset.runner.skip(step, LEFT_OUT)
            self._spawn(self._carry())

    def abort(self) -> str:
        """Stop; what was done stays done. Say so."""
        self._bridge.acting.disarm(self.key)
        if self._task is not None:
            self._task.cancel()
        if self._reset is None:
            self._set(Need.STOPPED)
            return "Nothing was done."
        with suppress(Problem):
            self._reset.runner.abort(STOPPED)
        self._set(Need.STOPPED)
        return "Stopped. What was done stays done: notes, commit, sessions."

    def rehearse(self) -> None:
        """Let a throw-away session say what the brief does not tell it."""

    async def say_again(self) -> str:
        """Ask the fresh session for what it missed, then check it again; say what came of it."""
        new, reset = self.new_key, self._reset
        if new is None or reset is None:
            return "There is no fresh session."
        acting = self._bridge.acting
        await acting.refresh()
        result = await acting.act(new, action(Verb.PROMPT, missed(self._checks)))
        if result.outcome is not Outcome.CONFIRMED:
            return " ".join(filter(None, (result.reason, result.remedy)))
        self._said_again = True
        self._tell()
        await self._rest(new)
        self._checks = await self._in_pool(reset.runner.checks)
        self._tell()
        right = sum(check.done for check in self._checks)
        return f"Said again: {right} of {len(self._checks)} points hold now."

    async def _rest(self, key: Key) -> None:
        """Wait until a session is idle again."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            await asyncio.sleep(LOOK)
            live = self._bridge.acting.live(key)
            if live is None or live.state not in {State.BUSY, State.WAITING}:
                return

    def close(self) -> None:
        """Let go: clearhead ends. What is under way is found again at the next start."""
        if self._task is not None:
            self._task.cancel()

    # Inside

    @property
    def _failed_step(self) -> Step | None:
        found = self.transaction
        if found is None:
            return None
        return next((s for s in Step if found.step(s).status is Status.FAILED), None)

    @property
    def _keys(self) -> tuple[Key, ...]:
        """The sessions that are acted on, the fresh one first."""
        new = self.new_key
        return (new, self.key) if new else (self.key,)

    @property
    def _state(self) -> State:
        looks = (self._bridge.look(key) for key in self._keys)
        return next((look.standing.state for look in looks if look), State.UNKNOWN)

    @property
    def _errand(self) -> Errand | None:
        lives = (self._bridge.acting.live(key) for key in self._keys)
        return next((live.errand for live in lives if live and live.errand), None)

    @property
    def _hooks_are_new(self) -> bool:
        if self._review is None or self._begun is None:
            return False
        changed = self._review.committable.hooks_changed_at
        return changed is not None and changed > (self._begun.session_began or self._begun.at)

    def _title(self, begun: Begun | None) -> str:
        name = (begun.target or begun.agent) if begun else self.key[0]
        known = self._bridge.supervisor.agents.get(name)
        return self.receiver.title or (known.title if known else name)

    async def _review_now(self, begun: Begun) -> None:
        found = partial(review, begun, self._bridge.state, _today())
        self._review = await self._in_pool(found)
        text = await self._in_pool(partial(_text_of, begun))
        self._notes = (self._notes[0], text)

    async def _draw_up(self, begun: Begun) -> None:
        """Make the brief anew from what is there, but for what the person wrote."""
        make = partial(draft, begun, self._bridge.supervisor.agents, self._draft.chosen, self._text)
        with suppress(Problem):
            self._draft = await self._in_pool(make)
        self._tell()

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await self._bridge.supervisor.in_pool(work)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do one thing after the other: what is under way is waited for."""
        self._task = asyncio.create_task(self._guarded(work, self._task))

    async def _guarded(
        self, work: Coroutine[Any, Any, None], before: asyncio.Task[None] | None
    ) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        try:
            await work
        except Problem as problem:
            self._fail(problem.report())

    def _fail(self, report: Report) -> None:
        self.problem = report
        self._set(Need.FAILED)

    def _set(self, need: Need) -> None:
        if need is not Need.FAILED:
            self.problem = None
        self.need = need
        self._tell()

    def _tell(self) -> None:
        self._count_attention()
        for changed in tuple(self._changed):
            changed()

    def _count_attention(self) -> None:
        """Count the time that a decision stands before the person, and no other."""
        now, asked = time.monotonic(), self._watched and self.need in DECISIONS
        if asked and self._attending is None:
            self._attending = now
        elif not asked and self._attending is not None:
            self._attention += now - self._attending
            self._attending = None


def _text_of(begun: Begun) -> str | None:
    try:
        return Path(begun.notes).read_text(errors="replace") if begun.notes else None
    except OSError:
        return None


def _today() -> date:
    return datetime.now().astimezone().date()
