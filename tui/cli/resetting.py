"""What `reset` and `handoff` have in common on the command line: show, carry out, tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click

from ...core.acting.service import Acting
from ...core.agents.base import Agent, Sighting, State
from ...core.config import Settings
from ...core.figures import gauge_of
from ...core.followed import Followed
from ...core.gauge import Zone
from ...core.paths import state_folder
from ...core.problems import Problem, UsageProblem
from ...core.reset.brief import render
from ...core.reset.carrying import Reset, checks_of
from ...core.reset.preparing import Prepared, Review, prepare, review, template
from ...core.reset.store import Store
from ...core.reset.transaction import STEPS, Begun, Status, Step, Transaction
from ...core.text import clean
from .. import numbers
from .output import print_json

EXIT = {"confirmed": 0, "refused": 1, "unknown": 3}


class Undecided(Problem):
    """Something has to be decided by a person, and a script cannot."""

    title = "A person has to decide"


def look(sighting: Sighting, agent: Agent, settings: Settings, **to: Any) -> Prepared:
    """Return what a reset of a session would do now; `to` says for whom, see `prepare`.

    Raises:
        Problem: git or the progress file cannot be read, or an earlier reset is not over.
    """
    _none_open(sighting)
    followed = Followed(agent, sighting)
    followed.refresh()
    snapshot = followed.snapshot
    smart = gauge_of(snapshot, settings).edges.edge(Zone.DUMB).at
    return prepare(
        sighting,
        snapshot,
        state_folder(),
        smart,
        today=_today(),
        names=settings.progress_files,
        **to,
    )


def _none_open(sighting: Sighting) -> None:
    for found in Store(state_folder()).open():
        if (found.begun.agent, found.begun.session_id) == (sighting.agent, sighting.session_id):
            raise UsageProblem(
                f"A {found.begun.purpose} of this session is not over: {found.begun.id}.",
                remedy=f"Go on with `clearhead reset --go-on {found.begun.id}`, "
                f"or leave it with `clearhead reset --abort {found.begun.id}`.",
            )


def _today() -> date:
    return datetime.now().astimezone().date()


def show(prepared: Prepared) -> None:
    """Print every step as it would be done."""
    found, begun = prepared.committable, prepared.begun
    notes = prepared.notes_path.name if prepared.notes_path else None
    click.echo(f"1 notes   {f'ask the agent to bring {notes} up to date' if notes else 'none'}")
    for finding in prepared.errors:
        click.echo(f"          {finding.severity}: {clean(finding.message)}")
    click.echo(f"2 commit  {_of_commit(prepared)}")
    for path in prepared.ticked:
        click.echo(f"          {clean(path)}")
    if found.hooks:
        click.echo(f"          hooks that will run: {', '.join(found.hooks)}")
    same = begun.target in ("", begun.agent) and begun.target_model is None
    click.echo(f"3 close   {'the session ends, its transcript stays' if same else 'it stays open'}")
    who = begun.target or begun.agent
    tokens = numbers.tokens(prepared.start_tokens)
    click.echo(f"4 open    {who}: starts at about {tokens} beyond its own, with this brief:")
    for line in prepared.brief_text.splitlines():
        click.echo(f"          {clean(line)}".rstrip())
    if prepared.heavy:
        click.echo("          That is more than a fifth of the smart zone: shorten map or notes.")
    if len(prepared.next_steps) > 1:
        count = len(prepared.next_steps)
        click.echo(f"          The notes name {count} next steps; the first one is taken.")
    click.echo("5 check   map, notes and log read, next step named")


def _of_commit(prepared: Prepared) -> str:
    found = prepared.committable
    if found.why_not:
        return f"none: {found.why_not}"
    if not prepared.ticked:
        return "none: nothing to commit"
    default = ", the default branch" if found.default_branch else ""
    return f"on {found.branch or 'no branch'}{default}, with git's own checks"


def free(sighting: Sighting) -> None:
    """Refuse to begin while the agent works or waits: that is the person's to end.

    Raises:
        Undecided: it does.
    """
    if sighting.state is State.WAITING:
        raise Undecided("The agent waits for you.", remedy="Answer it, then try again.")
    if sighting.state is State.BUSY:
        raise Undecided("The agent works.", remedy="Wait, or interrupt it: clearhead interrupt.")


async def carry_out(
    prepared: Prepared,
    acting: Acting,
    agents: Mapping[str, Agent],
    skip: Sequence[Step],
    **how: bool,
) -> Transaction:
    """Begin a reset and take it to its end; `how` is as in `finish`."""
    reset = Reset.begin(prepared, acting, agents, Teller(quiet=how["quiet"]))
    reset.decide_brief(prepared.brief_text)
    for step in skip:
        reset.runner.skip(step)
    return await finish(reset, overrule=how["overrule"])


async def finish(reset: Reset, *, overrule: bool) -> Transaction:
    """Go on until nothing is left, with what is ticked by itself.

    Raises:
        Undecided: notes with errors, or hooks that have changed; the reset can be gone on with.
    """
    while (waits := await reset.go()) is not None:
        if reset.transaction.step(waits).status is Status.FAILED:
            return reset.transaction
        _decide(reset, waits, overrule=overrule)
    reset.close()
    return reset.transaction


def _decide(reset: Reset, step: Step, *, overrule: bool) -> None:
    begun = reset.transaction.begun
    if step is not Step.COMMIT:
        reset.decide_brief(render(reset.brief, template()))
        return
    found = review(begun, state_folder(), _today())
    on = f"clearhead reset --go-on {begun.id} --overrule"
    if found.errors and not overrule:
        words = "; ".join(finding.message for finding in found.errors)
        raise Undecided(f"The notes have errors: {words}", remedy=f"Mend them, then {on}.")
    if _hooks_are_new(found, begun) and not overrule:
        raise Undecided("A hook that git will run is new.", remedy=f"Look at it, then {on}.")
    reset.decide_commit(found.ticked, found.message)


def _hooks_are_new(found: Review, begun: Begun) -> bool:
    changed = found.committable.hooks_changed_at
    return changed is not None and changed > (begun.session_began or begun.at)


class Teller:
    """Prints each step once when it changes."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._said = quiet, set[tuple[Step, Status]]()

    def __call__(self, transaction: Transaction) -> None:
        """Print what is new in `transaction`."""
        for number, step in enumerate(STEPS, 1):
            found = transaction.step(step)
            if found.status is Status.TODO or (step, found.status) in self._said or self._quiet:
                continue
            self._said.add((step, found.status))
            words = f": {clean(found.words)}" if found.words else ""
            click.echo(f"{number} {step:<7} {found.status}{words}")


def outcome_of(transaction: Transaction) -> str:
    """Return what came of it as scripts read it."""
    if transaction.closed is not None:
        return "confirmed"
    begun = any(transaction.step(step).status is Status.BEGUN for step in STEPS)
    return "unknown" if begun else "refused"


def tell(transaction: Transaction, *, as_json: bool) -> int:
    """Tell what came of it; return the exit status."""
    outcome = outcome_of(transaction)
    checks = checks_of(transaction)
    if as_json:
        print_json(_json(transaction, outcome))
        return EXIT[outcome]
    for check in checks:
        click.echo(f"  {'✓' if check.done else '✗'} {check.point}: {clean(check.evidence)}")
    if transaction.closed:
        new = transaction.new_session_id or "unknown"
        seconds = transaction.closed.seconds
        click.echo(f"{transaction.begun.purpose}: {outcome} in {seconds:.0f} s, new session {new}")
    return EXIT[outcome]


def _json(transaction: Transaction, outcome: str) -> dict[str, Any]:
    steps = [(step, transaction.step(step)) for step in STEPS]
    return {
        "action": transaction.begun.purpose,
        "outcome": outcome,
        "evidence": [
            {"kind": step, "detail": f"{found.status}: {found.words}", "at": transaction.begun.at}
            for step, found in steps
        ],
        "session_id": transaction.begun.session_id,
        "new_session_id": transaction.new_session_id,
        "commit": transaction.commit,
        "checks": [
            {"point": c.point, "done": c.done, "evidence": c.evidence}
            for c in checks_of(transaction)
        ],
        "transaction": transaction.begun.id,
    }
