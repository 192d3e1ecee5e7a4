"""What `reset` and `handoff` have in common on the command line: wait, carry out, decide."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click
import msgspec

from ...core.acting.action import Verb, action
from ...core.acting.by_hand import ByHand
from ...core.acting.channel import Channel
from ...core.acting.peers import why_not_act
from ...core.acting.plan import PROGRAMS
from ...core.acting.service import Acting
from ...core.agents.base import Agent, Sighting, State
from ...core.config import Settings
from ...core.figures import gauge_of
from ...core.followed import Followed
from ...core.gauge import Zone
from ...core.next_turn import next_usd
from ...core.paths import state_folder
from ...core.problems import Problem, UsageProblem
from ...core.reset.brief import render
from ...core.reset.carrying import Reset
from ...core.reset.patience import Unable, asks_you, is_stuck
from ...core.reset.place import open_steps
from ...core.reset.preparing import Prepared, Review, prepare, review, template
from ...core.reset.store import Store
from ...core.reset.transaction import Begun, Purpose, Status, Step, Transaction
from ...core.task_chain import TaskChain, chain_of
from . import acting as actions
from .reset_words import Teller

AT_REST = 30.0
"""Seconds that an interrupted turn may take to end."""


class Undecided(Problem):
    """Something has to be decided by a person, and a script cannot."""

    title = "A person has to decide"


class How(msgspec.Struct, frozen=True, kw_only=True):
    """What the person said about how it is to be done; `timeout` in seconds."""

    as_json: bool = False
    overrule: bool = False
    no_notes: bool = False
    no_commit: bool = False
    when: str = "now"
    timeout: float = 0.0
    interrupt: bool = False
    by_hand: bool = False
    draft: bool = False
    next: int = 1
    tmux_socket: str | None = None

    @property
    def left_out(self) -> tuple[Step, ...]:
        """The steps that the person wants left out."""
        left = {Step.NOTES: self.no_notes, Step.COMMIT: self.no_commit}
        return tuple(step for step, out in left.items() if out)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a reset or a hand-off is done."""
    flags = (
        click.option("--dry-run", is_flag=True, help="Show every step and do nothing."),
        click.option("--yes", is_flag=True, help="Do it; refused where a person must decide."),
        click.option("--overrule", is_flag=True, help="Go on in spite of errors in the notes."),
        click.option("--no-notes", is_flag=True, help="Leave the notes as they are."),
        click.option("--no-commit", is_flag=True, help="Commit nothing."),
        click.option("--interrupt", is_flag=True, help="Interrupt the agent where it works."),
        click.option("--draft", is_flag=True, help="Draft the notes if the agent cannot answer."),
        click.option("--by-hand", is_flag=True, help="Say what to paste where nothing leads in."),
        click.option("--next", default=1, metavar="N", help="Which next step of the notes."),
    )
    for option in reversed(flags):
        command = option(command)
    return actions.options(actions.waiting(command))


def allowed(*, yes: bool) -> None:
    """Refuse what nobody said yes to, and what an agent asks.

    Raises:
        Problem: `--yes` is missing, or a process of an agent's session asks.
    """
    if why := why_not_act(os.getpid()):
        raise actions.NotByAnAgent(why)
    if not yes:
        raise UsageProblem(
            "Nothing was done.", remedy="See the steps with --dry-run, then say --yes."
        )


def look(sighting: Sighting, agent: Agent, settings: Settings, how: How, **to: Any) -> Prepared:
    """Return what a reset of a session would do now; `to` says for whom, see `prepare`.

    Raises:
        Problem: git or the progress file cannot be read, or an earlier reset is not over.
    """
    _none_open(sighting)
    followed = Followed(agent, sighting)
    followed.refresh()
    snapshot = followed.snapshot
    smart = gauge_of(snapshot, settings).edges.edge(Zone.DUMB).at
    found = prepare(
        sighting,
        snapshot,
        state_folder(),
        smart,
        today=today(),
        names=settings.progress_files,
        next_usd=next_usd(snapshot, settings),
        **to,
    )
    return found if how.next == 1 else _with_step(found, how.next)


def _with_step(found: Prepared, number: int) -> Prepared:
    brief = msgspec.structs.replace(found.brief, next_step=_chosen(found.next_steps, number))
    text = render(brief, template())
    return msgspec.structs.replace(found, brief=brief, brief_text=text)


def _chosen(steps: Sequence[str], number: int) -> str:
    if not 1 <= number <= len(steps):
        raise UsageProblem(
            f"The notes name {len(steps)} next steps, and no number {number}.",
            remedy="See them with --dry-run.",
        )
    return steps[number - 1]


def _none_open(sighting: Sighting) -> None:
    for found in Store(state_folder()).open():
        if (found.begun.agent, found.begun.session_id) == (sighting.agent, sighting.session_id):
            raise UsageProblem(
                f"A {found.begun.purpose} of this session is not over: {found.begun.id}.",
                remedy=f"Go on with `clearhead reset --go-on {found.begun.id}`, "
                f"or leave it with `clearhead reset --abort {found.begun.id}`.",
            )


def today() -> date:
    """Return the day it is here."""
    return datetime.now().astimezone().date()


# Before it begins


async def ready(acting: Acting, sighting: Sighting, how: How) -> None:
    """Wait, or interrupt, as the person said, until the session can be reset.

    One whose program has gone can be reset at once.

    Raises:
        Undecided: it works or waits, and nobody said what to do; or it takes a person's hands.
    """
    if sighting.pid is None and sighting.state in (None, State.ENDED):
        return
    channel = await acting.way_into(sighting)
    if isinstance(channel, ByHand) and not how.by_hand:
        raise Undecided(
            "Nothing leads into this session, or not for every step.",
            remedy="With --by-hand clearhead says what to paste there, and looks for it.",
        )
    if isinstance(channel, ByHand):
        _tell_errands(acting, channel)
    await _free(channel, how)


def _tell_errands(acting: Acting, channel: ByHand) -> None:
    """Print what the person is asked to do, each errand once."""
    said = set[str]()

    def changed(_: object) -> None:
        errand = channel.live.errand
        if errand is not None and errand.action not in said:
            said.add(errand.action)
            click.echo(f"→ {errand.todo} ({errand.where})\n\n{errand.text}\n", err=True)

    acting.listen(changed)


async def _free(channel: Channel, how: How) -> None:
    state = channel.live.state
    if state in (State.IDLE, None):
        return
    if state is State.BUSY and how.interrupt:
        await channel.act(action(Verb.INTERRUPT))
        if await actions.idle(channel, AT_REST):
            return
        raise Undecided("It was interrupted, and has not come to rest.", remedy="Look at it.")
    if how.when == "idle" and await actions.idle(channel, how.timeout):
        return
    if state is State.WAITING:
        raise Undecided("The agent waits for you.", remedy="Answer it, then try again.")
    raise Undecided(
        f"The agent is {channel.live.state}, not idle.",
        remedy="Wait for it with --when idle, or stop it with --interrupt.",
    )


# Carrying it out


async def carry_out(
    sighting: Sighting,
    agents: Mapping[str, Agent],
    settings: Settings,
    how: How,
    **to: Any,
) -> tuple[Transaction, TaskChain | None]:
    """Wait until it can begin, begin it, and take it to its end; `to` as in `prepare`."""
    acting = actions.acting_with(settings, how.tmux_socket)
    elsewhere = to.get("purpose") is Purpose.HAND_OFF
    try:
        await asyncio.to_thread(_none_open, sighting)
        if not (elsewhere and how.no_notes):
            await ready(acting, sighting, how)
        agent = agents[sighting.agent]
        prepared = await asyncio.to_thread(look, sighting, agent, settings, how, **to)
        reset = Reset.begin(prepared, acting, agents, Teller(quiet=how.as_json))
        return await finish(reset, agents, settings, how)
    finally:
        await acting.close()


async def go_on(
    found: Transaction, agents: Mapping[str, Agent], settings: Settings, how: How
) -> tuple[Transaction, TaskChain | None]:
    """Go on with what was cut off, or with the step that failed."""
    acting = actions.acting_with(settings, how.tmux_socket)
    try:
        reset = Reset.resume(found, acting, agents, Teller(quiet=how.as_json))
        notes = found.step(Step.NOTES)
        stopped = reset.failed is Step.NOTES or is_stuck(notes) or asks_you(notes)
        reset.again()
        way = Unable.DRAFT_NOW if how.draft and stopped else None
        return await finish(reset, agents, settings, how, way)
    finally:
        await acting.close()


async def finish(
    reset: Reset,
    agents: Mapping[str, Agent],
    settings: Settings,
    how: How,
    unable: Unable | None = None,
) -> tuple[Transaction, TaskChain | None]:
    """Go on until nothing is left, with what is ticked by itself.

    `unable` is what is done about an agent that cannot answer, where that is not the usual.

    Raises:
        Undecided: an agent that cannot answer, notes with errors, or hooks that have changed; the
            reset can be gone on with.
    """
    if reset.transaction.step(Step.NOTES).status in (Status.TODO, Status.BEGUN):
        reset.decide_unable(unable or (Unable.DRAFT if how.draft else Unable.ASK))
    for step in (*how.left_out, *_not_on_paper(reset.begun)):
        if reset.transaction.step(step).status in (Status.TODO, Status.BEGUN):
            reset.runner.skip(step)
    try:
        while (waits := await reset.go()) is not None:
            if reset.failed is not None:
                return reset.transaction, None
            _decide(reset, waits, how)
        done = reset.transaction
        closed = await asyncio.to_thread(reset.conclude, settings)
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo(f"Cut off. Go on with: clearhead reset --go-on {reset.name}", err=True)
        raise
    begun = reset.begun
    chain = await asyncio.to_thread(
        chain_of, begun.agent, begun.session_id, state_folder(), agents, settings
    )
    return msgspec.structs.replace(done, closed=closed), chain


def _not_on_paper(begun: Begun) -> tuple[Step, ...]:
    """Return the steps that fall away where no agent of ours goes on: a person, another machine."""
    return () if begun.receiver in PROGRAMS else (Step.CLOSE, Step.OPEN, Step.CHECK)


def _decide(reset: Reset, step: Step, how: How) -> None:
    if step is Step.NOTES:
        raise _without_an_answer(reset)
    if step is Step.COMMIT:
        _decide_commit(reset, how)
        return
    brief = reset.renew()
    notes = reset.hands.notes()
    if how.next != 1:
        step_text = _chosen(open_steps(notes[1]) if notes else (), how.next)
        brief = reset.renew(msgspec.structs.replace(brief, next_step=step_text))
    reset.decide_brief(render(brief, template()))


def _without_an_answer(reset: Reset) -> Undecided:
    """Return why the notes do not come, and the ways on."""
    on, found = f"clearhead reset --go-on {reset.name}", reset.transaction.step(Step.NOTES)
    ways = f"go on without it with `{on} --draft`, or leave it with `clearhead reset --abort "
    if asks_you(found):
        why, first = "The agent waits for your answer.", f"Answer it, then `{on}`"
    else:
        why = f"The agent cannot answer: {found.words}. It goes on trying."
        first = f"Wait on with `{on}`"
    return Undecided(why, remedy=f"{first}, {ways}{reset.name}`.")


def _decide_commit(reset: Reset, how: How) -> None:
    begun = reset.begun
    found = review(begun, state_folder(), today())
    on = f"clearhead reset --go-on {begun.id} --overrule"
    if found.errors and not how.overrule:
        words = "; ".join(finding.message for finding in found.errors)
        raise Undecided(f"The notes have errors: {words}", remedy=f"Mend them, then {on}.")
    if found.ticked and _hooks_are_new(found, begun) and not how.overrule:
        raise Undecided("A hook that git will run is new.", remedy=f"Look at it, then {on}.")
    reset.decide_commit(found.ticked, found.message, found.committable.why_not)


def _hooks_are_new(found: Review, begun: Begun) -> bool:
    changed = found.committable.hooks_changed_at
    return changed is not None and changed > (begun.session_began or begun.at)
