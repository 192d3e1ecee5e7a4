"""One reset as the screen goes along with it. It lives on while no sheet shows it.

The core carries a reset out and writes it down; a course knows what the person has agreed to, asks
for what they have not, and tells whoever shows it that something has changed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ...core.acting.action import Action, Outcome, Verb, action
from ...core.acting.armed import Undertaking
from ...core.acting.errand import Errand
from ...core.agents.base import State
from ...core.problems import Problem, Report
from ...core.reset.boot import Check
from ...core.reset.carrying import Reset, checks_of
from ...core.reset.patience import Unable, chosen
from ...core.reset.rehearsal import rehearse
from ...core.reset.transaction import Begun, Step, Transaction
from ...core.task_chain import TaskChain
from ..act_reasons import FORBIDDEN
from .agreed import Agreed, Attention
from .facts import DECISIONS, Need, Receiver, ResetFacts
from .known import GONE, Known

if TYPE_CHECKING:
    from ...core.supervisor import Key
    from ..bridge import Bridge

Work = Coroutine[Any, Any, None]

LEFT_OUT = "left out by you"
STOPPED = "stopped on the screen"
WAITS = "The agent waits for your answer. Answer it first, then come back."


class Course:
    """The reset of one session, from the first look at it to its result."""

    def __init__(self, bridge: Bridge, key: Key, receiver: Receiver | None = None) -> None:
        self.key = key
        self.receiver = receiver or Receiver()
        self.need = Need.LOOK
        self.agreed, self.attention = Agreed(), Attention()
        self._bridge, self._known = bridge, Known(bridge)
        self._changed: list[Callable[[], None]] = []
        self._reset: Reset | None = None
        self._checks: tuple[Check, ...] = ()
        self._said_again = False
        self._chain: TaskChain | None = None
        self._rehearsing = False
        self._rehearsed: tuple[str, ...] | None = None
        self._problem: Report | None = None
        self._task: asyncio.Task[None] | None = None
        self._rehearsal: asyncio.Task[None] | None = None

    # What others see

    @property
    def facts(self) -> ResetFacts:
        """The reset as it stands now."""
        found, known = self.transaction, self._known
        begun = found.begun if found else known.begun
        return ResetFacts(
            need=self.need,
            receiver=self.receiver,
            agent=self._title(begun),
            begun=begun,
            transaction=found,
            notes_name=Path(begun.notes).name if begun and begun.notes else None,
            notes_ignored=known.notes_ignored,
            findings=known.review.findings,
            notes_before=known.notes[0],
            notes_after=known.notes[1],
            committable=known.committable,
            ticked=self.ticked,
            message=self.message,
            left_out=frozenset(self.agreed.left_out),
            new_hooks=known.hooks_are_new,
            brief_text=self.brief_text,
            edited=self.agreed.text is not None,
            weights=known.draft.weights,
            smart=known.smart,
            open_steps=known.draft.open_steps,
            chosen=known.draft.chosen,
            rehearsing=self._rehearsing,
            rehearsed=self._rehearsed,
            before=known.figures[0],
            after=known.figures[1],
            checks=self._checks,
            said_again=self._said_again,
            chain=self._chain,
            attention=self.attention.seconds,
            state=self._state,
            errand=self._errand,
            problem=self._problem,
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
        return found.begun.receiver, found.new_session_id

    @property
    def ticked(self) -> tuple[str, ...]:
        """The paths that would be committed."""
        found = self._known.review
        return self.agreed.ticked(found.committable, set(found.ticked))

    @property
    def message(self) -> str:
        """The message of the commit."""
        return self.agreed.message or self._known.review.message

    @property
    def brief_text(self) -> str:
        """The brief as it would be sent."""
        return self._known.draft.text if self.agreed.text is None else self.agreed.text

    def listen(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Tell `changed` from now on; the answer ends it."""
        self._changed.append(changed)
        return lambda: self._changed.remove(changed)

    def watch(self, *, watched: bool) -> None:
        """Say whether the person has the sheet before them: only then does a wait cost them."""
        self.attention.watched = watched
        self.attention.count(asked=self.need in DECISIONS)

    # Beginning

    async def prepare(self) -> None:
        """Read what the sheet shows: the plan of a new reset, or what one has before it."""
        if self._reset is None and self.need is Need.LOOK:
            await self._guarded(self._look(), None)
        elif self._reset is not None and self.need in {Need.COMMIT, Need.FAILED}:
            await self._look_again()

    async def _look(self) -> None:
        await self._known.plan(self.key, self.receiver)
        await self._draw_up()
        self._set(Need.BEGIN)

    def take_up(self, transaction: Transaction) -> None:
        """Go on with a reset whose process has gone; nothing is done before the person says so."""
        begun, bridge = transaction.begun, self._bridge
        self._known.take_up(begun)
        self.receiver = replace(
            self.receiver, agent=begun.target, model=begun.target_model, purpose=begun.purpose
        )
        agents = bridge.supervisor.agents
        self._reset = Reset.resume(transaction, bridge.acting, agents, self._told)
        self.need = Need.COMMIT if self._reset.failed is None else Need.FAILED

    async def _look_again(self) -> None:
        found = self.transaction
        assert found is not None
        with suppress(Problem):
            await self._known.look_again(found)
        await self._draw_up()

    def begin(self) -> str | None:
        """Begin, or arm it while the agent works; say why not where it cannot be."""
        look = self._bridge.look(self.key)
        if look is None:
            return GONE
        if look.standing.state is State.WAITING:
            return WAITS
        self._when_idle(self._begin)
        return None

    def _when_idle(self, work: Callable[[], Work]) -> None:
        """Do something now, or let it wait for the end of the turn that runs."""
        look = self._bridge.look(self.key)
        if look is None or look.standing.state is not State.BUSY:
            self._spawn(work())
            return

        async def run() -> None:
            if self.need is Need.TURN:
                self._when_idle(work)

        acting, snapshot = self._bridge.acting, look.seen.snapshot
        moment = acting.moment(self.key, look.standing.state, snapshot, look.branch)
        acting.arming.arm(self.key, Undertaking(str(self.receiver.purpose), run), moment)
        self._set(Need.TURN)

    def still_armed(self) -> None:
        """Ask anew where what was armed has been taken back."""
        if self.need is Need.TURN and self._bridge.acting.arming.armed(self.key) is None:
            self._set(Need.BEGIN if self._reset is None else Need.FAILED)

    async def _begin(self) -> None:
        """Begin with what is there now: the plan may have been read for long, or armed."""
        self._set(Need.EFFECT)
        prepared = await self._known.plan(self.key, self.receiver)
        begun = replace(prepared.begun, at=time.time())
        acting, agents = self._bridge.acting, self._bridge.supervisor.agents
        self._reset = Reset.begin(replace(prepared, begun=begun), acting, agents, self._told)
        self._known.begun, self.agreed.begun = begun, True
        for step in sorted(self.agreed.left_out & {Step.NOTES}):
            self._reset.runner.skip(step, LEFT_OUT)
        await self._carry()

    # Going on

    def go_on(self) -> str | None:
        """Do what Enter does now; say why not where it does nothing."""
        if self._bridge.forbidden:
            return FORBIDDEN
        if self.need is Need.BEGIN:
            return self.begin()
        if self.need is Need.FAILED:
            self.try_again()
        elif self.need is Need.BRIEF:
            self._spawn(self._send())
        elif self.need in {Need.NOTES, Need.HOOKS, Need.COMMIT}:
            self.agreed.begun = True
            self._spawn(self._carry())
        return None

    async def _carry(self) -> None:
        """Go on until nothing is left or the person is needed."""
        reset = self._reset
        assert reset is not None
        self._set(Need.EFFECT)
        if chosen(reset.transaction.step(Step.NOTES)) in {Unable.ASK, Unable.DRAFT}:
            reset.decide_unable(Unable.WAIT)  # what a script wanted; here the person sees it
        while (waits := await reset.go()) is not None:
            if reset.failed is not None:
                self._set(Need.FAILED)
                return
            if (needed := await self._needed(waits)) is not None:
                self._set(needed)
                return
            left_out = Step.COMMIT in self.agreed.left_out
            why = LEFT_OUT if left_out else self._known.committable.why_not
            reset.decide_commit(self.ticked, self.message, why)
        await self._finish(reset)

    async def _needed(self, waits: Step) -> Need | None:
        """Look again at what the person decides next; `None` when they have agreed already."""
        assert self._reset is not None
        known = self._known
        await known.look_again(self._reset.transaction)
        if waits is not Step.COMMIT:
            await self._draw_up()
            return Need.BRIEF
        if known.review.errors and Need.NOTES not in self.agreed.overruled:
            return Need.NOTES
        if known.hooks_are_new and self.ticked and Need.HOOKS not in self.agreed.overruled:
            return Need.HOOKS
        return None if self.agreed.begun else Need.COMMIT

    async def _send(self) -> None:
        reset = self._reset
        assert reset is not None
        if self._rehearsal is not None:
            self._rehearsal.cancel()
        self._set(Need.EFFECT)
        await self._known.in_pool(partial(reset.renew, self._known.draft.brief))
        reset.decide_brief(self.brief_text)
        await self._carry()

    async def _finish(self, reset: Reset) -> None:
        """Write the result line, then show what it brought and the task that it belongs to."""
        self._checks, begun = checks_of(reset.transaction), reset.begun
        bridge = self._bridge
        conclude = partial(reset.conclude, bridge.settings)
        self._known.concluded(await self._known.in_pool(conclude))
        bridge.changed(None)
        self._set(Need.OVER)
        self._chain = await bridge.resets.chain((begun.agent, begun.session_id))
        self._tell()

    # What the person decides

    def tick(self, path: str) -> None:
        """Tick a path, or take its tick away."""
        self.agreed.picks[path] = path not in self.ticked
        self._tell()

    def leave_out(self, step: Step) -> None:
        """Leave a step out, or take it in again."""
        self.agreed.left_out ^= {step}
        self._tell()

    def overrule(self) -> None:
        """Go on in spite of what stands in the way."""
        if self.need in {Need.NOTES, Need.HOOKS}:
            self.agreed.overruled.add(self.need)
            self.agreed.begun = True
            self._spawn(self._carry())

    def reword(self, text: str) -> None:
        """Take the person's words: the message of the commit, or the brief."""
        if self.need is Need.BRIEF:
            self.agreed.text = text
        else:
            self.agreed.message = text
        self._spawn(self._draw_up())

    def choose(self, step: int) -> None:
        """Take another of the next steps that the notes name."""
        if self._known.choose(step):
            self._spawn(self._draw_up())

    def rehearse(self) -> None:
        """Let a throw-away session say what the brief does not tell it."""
        self._rehearsing = True
        self._tell()
        self._rehearsal = asyncio.create_task(self._rehearse())

    async def _rehearse(self) -> None:
        begun = self._known.begun
        assert begun is not None
        try:
            self._rehearsed = await rehearse(begun, self.brief_text)
        except Problem as problem:
            self._rehearsed = (f"{problem.title}. {problem.detail} {problem.remedy}".strip(),)
        finally:
            self._rehearsing = False
            self._tell()

    def try_again(self) -> None:
        """Let the step that failed be done once more; what may have happened is looked into."""
        if self._reset is None:
            self.need = Need.LOOK
            self._spawn(self._look())
            return
        self.agreed.begun = True
        self._when_idle(self._carry_again)

    async def _carry_again(self) -> None:
        assert self._reset is not None
        self._reset.again()
        await self._carry()

    def skip_failed(self) -> None:
        """Leave out the step that failed."""
        step = self._reset.failed if self._reset else None
        if self._reset is not None and step is not None:
            self._reset.runner.skip(step, LEFT_OUT)
            self._spawn(self._carry())

    def draft(self) -> None:
        """Wait no longer for the agent: its turn ends, its transcript gives the notes."""
        reset = self._reset
        if reset is None:
            return
        reset.decide_unable(Unable.DRAFT_NOW)
        if reset.failed is Step.NOTES:
            self._spawn(self._carry_again())

    @property
    def interruption(self) -> Action:
        """What ends the turn that is waited for; it names the prompt where that is ours."""
        facts = self.transaction.step(Step.NOTES).facts if self.transaction else {}
        return action(Verb.INTERRUPT, facts.get("prompt", ""), request=facts.get("mark"))

    def abort(self) -> str:
        """Stop; what was done stays done. Say so."""
        self._bridge.acting.arming.disarm(self.key)
        self.close()
        if self._reset is None:
            self._set(Need.STOPPED)
            return "Nothing was done."
        with suppress(Problem):
            self._reset.runner.abort(STOPPED)
        self._set(Need.STOPPED)
        return "Stopped. What was done stays done: notes, commit, sessions."

    async def say_again(self) -> str:
        """Ask the fresh session for what it missed, then check it again; say what came of it."""
        if self._reset is None:
            return "There is no fresh session."
        try:
            result = await self._reset.runner.repeat_missed()
        except Problem as problem:
            return f"{problem.detail} {problem.remedy}".strip()
        if result is None:
            return "Nothing was missed."
        if result.outcome is not Outcome.CONFIRMED:
            return f"{result.reason} {result.remedy}".strip()
        self._said_again = True
        self._checks = checks_of(self._reset.transaction)
        self._tell()
        right = sum(check.done for check in self._checks)
        return f"Said again: {right} of {len(self._checks)} points hold now."

    def close(self) -> None:
        """Let go: clearhead ends. What is under way is found again at the next start."""
        for task in (self._task, self._rehearsal):
            if task is not None:
                task.cancel()

    # Inside

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

    def _title(self, begun: Begun | None) -> str:
        name = begun.receiver if begun else self.key[0]
        known = self._bridge.supervisor.agents.get(name)
        return self.receiver.title or (known.title if known else name)

    async def _draw_up(self) -> None:
        await self._known.draw_up(self.agreed.text)
        self._tell()

    def _spawn(self, work: Work) -> None:
        """Do one thing after the other: what is under way is waited for."""
        self._task = asyncio.create_task(self._guarded(work, self._task))

    async def _guarded(self, work: Work, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        try:
            await work
        except Problem as problem:
            self._problem = problem.report()
            self._set(Need.FAILED)

    def _set(self, need: Need) -> None:
        if need is not Need.FAILED:
            self._problem = None
        self.need = need
        self._tell()

    def _told(self, _: Transaction) -> None:
        self._tell()

    def _tell(self) -> None:
        self.attention.count(asked=self.need in DECISIONS)
        for changed in tuple(self._changed):
            changed()
