"""How `reset`, `handoff` and `undo` are told on the command line: the plan, the steps, the end."""

from __future__ import annotations

from typing import Any

import click

from ...core.reset.boot import missed
from ...core.reset.carrying import checks_of
from ...core.reset.preparing import Prepared
from ...core.reset.transaction import STEPS, Status, Step, Transaction
from ...core.task_chain import TaskChain
from ...core.text import clean
from .. import numbers
from .output import print_json
from .task_words import task_json, words_of

EXIT = {"confirmed": 0, "refused": 1, "unknown": 3}


def show(prepared: Prepared, *, as_json: bool) -> None:
    """Print every step as it would be done."""
    if as_json:
        print_json(_plan(prepared))
        return
    begun = prepared.begun
    click.echo(f"1 notes   {_of_notes(prepared)}")
    for finding in prepared.errors:
        click.echo(f"          {finding.severity}: {clean(finding.message)}")
    click.echo(f"2 commit  {_of_commit(prepared)}")
    for path in prepared.ticked:
        click.echo(f"          {clean(path)}")
    for words in _left_out(prepared):
        click.echo(f"          not ticked: {clean(words)}")
    if prepared.committable.hooks and prepared.ticked:
        click.echo(f"          hooks that will run: {', '.join(prepared.committable.hooks)}")
    stays = "it stays open beside the new one" if begun.elsewhere else "the session ends"
    click.echo(f"3 close   {stays}, its transcript stays")
    share = prepared.start_tokens / prepared.smart
    tokens = f"{numbers.tokens(prepared.start_tokens)} tokens = {numbers.percent(share)}"
    click.echo(f"4 open    {begun.receiver}: starts at about {tokens} of the smart zone, and its")
    click.echo("          client's own start; with this brief:")
    for line in prepared.brief_text.splitlines():
        click.echo(f"          {clean(line)}".rstrip())
    for words in _warnings(prepared):
        click.echo(f"          {words}")
    click.echo("5 check   map, notes and log read, next step named")


def _of_notes(prepared: Prepared) -> str:
    begun = prepared.begun
    if begun.notes is None:
        return "none"
    name = begun.notes.rpartition("/")[2]
    made = "" if prepared.notes_path else f"make {name} from its template, "
    return f"{made}ask the agent to bring {name} up to date"


def _of_commit(prepared: Prepared) -> str:
    found = prepared.committable
    if found.why_not:
        return f"none: {found.why_not}"
    if not prepared.ticked:
        return "nothing but the notes, where they change"
    default = ", the default branch" if found.default_branch else ""
    where = "a detached HEAD" if found.detached else found.branch or "no branch"
    return f"on {where}{default}, with git's own checks"


def _left_out(prepared: Prepared) -> list[str]:
    """Return which changes are left out by themselves, and why."""
    words = []
    for change in prepared.committable.changes:
        why = (
            (change.partly and "only a part of it is staged")
            or (change.conflicted and "it is in conflict")
            or (change.submodule and "it is a submodule")
        )
        if why:
            words.append(f"{change.path}: {why}")
    if prepared.notes_ignored:
        words.append("the progress file: git ignores it, so it stays on this disk alone")
    return words


def _warnings(prepared: Prepared) -> list[str]:
    words = []
    if prepared.heavy:
        words.append("That is more than a fifth of the smart zone: shorten map or notes.")
    if len(prepared.next_steps) > 1:
        words.append("The notes name several next steps; the first is taken (--next chooses):")
        words += [f"  {at} {clean(step)}" for at, step in enumerate(prepared.next_steps, 1)]
    return words


def _plan(prepared: Prepared) -> dict[str, Any]:
    begun = prepared.begun
    return {
        "action": begun.purpose,
        "outcome": "planned",
        "session_id": begun.session_id,
        "steps": [
            {"step": "notes", "detail": _of_notes(prepared)},
            {"step": "commit", "detail": _of_commit(prepared), "paths": prepared.ticked},
            {"step": "close", "detail": "stays open" if begun.elsewhere else "ends"},
            {"step": "open", "detail": begun.receiver, "model": begun.target_model},
            {"step": "check", "detail": "map, notes and log read, next step named"},
        ],
        "brief": prepared.brief_text,
        "start_tokens": prepared.start_tokens,
        "heavy": prepared.heavy,
        "next_steps": prepared.next_steps,
        "not_ticked": _left_out(prepared),
        "hooks": prepared.committable.hooks,
        "findings": [{"level": f.severity, "message": f.message} for f in prepared.findings],
    }


class Teller:
    """Prints each step once when it changes."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._said = quiet, set[tuple[Step, Status, str]]()

    def __call__(self, transaction: Transaction) -> None:
        """Print what is new in `transaction`."""
        for number, step in enumerate(STEPS, 1):
            found = transaction.step(step)
            told = (step, found.status, found.words)
            if found.status is Status.TODO or told in self._said or self._quiet:
                continue
            self._said.add(told)
            words = f": {clean(found.words)}" if found.words else ""
            click.echo(f"{number} {step:<7} {found.status}{words}")


def outcome_of(transaction: Transaction) -> str:
    """Return what came of it as scripts read it."""
    if transaction.closed is not None:
        return "confirmed"
    steps = [transaction.step(step) for step in STEPS]
    unsure = any(found.status is Status.BEGUN or found.facts.get("unknown") for found in steps)
    return "unknown" if unsure else "refused"


def tell(transaction: Transaction, chain: TaskChain | None, *, as_json: bool) -> int:
    """Tell what came of it; return the exit status."""
    outcome = outcome_of(transaction)
    if as_json:
        print_json(_json(transaction, outcome) | {"task": task_json(chain)})
        return EXIT[outcome]
    checks, begun = checks_of(transaction), transaction.begun
    for check in checks:
        click.echo(f"  {'✓' if check.done else '✗'} {check.point}: {clean(check.evidence)}")
    if any(not check.done for check in checks):
        click.echo(f"  Ask for what was missed: clearhead reset --repeat {begun.id}")
    if transaction.closed:
        click.echo(result_line(transaction))
        click.echo(f"new session {transaction.new_session_id or 'unknown'}")
        if chain is not None:
            click.echo(f"task {words_of(chain)}")
    else:
        click.echo(f"It is not over. Go on with: clearhead reset --go-on {begun.id}", err=True)
        click.echo(f"Leave it as it is with: clearhead reset --abort {begun.id}", err=True)
    return EXIT[outcome]


def result_line(transaction: Transaction) -> str:
    """Return what it took and brought: "reset in 48 s, 161k → 9k, next turn $0.31 → $0.03"."""
    begun, closed = transaction.begun, transaction.closed
    assert closed is not None
    fills, costs = (begun.fill, closed.fill), (begun.next_usd, closed.next_usd)
    fill = " → ".join("?" if one is None else numbers.tokens(one) for one in fills)
    usd = " → ".join("?" if one is None else numbers.dollars(one) for one in costs)
    return f"{begun.purpose} in {closed.seconds:.0f} s, {fill}, next turn {usd}"


def _json(transaction: Transaction, outcome: str) -> dict[str, Any]:
    begun, closed = transaction.begun, transaction.closed
    steps = [(step, transaction.step(step)) for step in STEPS]
    return {
        "action": begun.purpose,
        "outcome": outcome,
        "evidence": [
            {
                "kind": step,
                "detail": f"{found.status}: {found.words}",
                "at": found.ended or found.began or begun.at,
            }
            for step, found in steps
        ],
        "session_id": begun.session_id,
        "new_session_id": transaction.new_session_id,
        "commit": transaction.commit,
        "checks": [
            {"point": c.point, "done": c.done, "evidence": c.evidence}
            for c in checks_of(transaction)
        ],
        "missed": missed(checks_of(transaction)) or None,
        "seconds": closed.seconds if closed else None,
        "fill": {"before": begun.fill, "after": closed.fill if closed else None},
        "next_usd": {"before": begun.next_usd, "after": closed.next_usd if closed else None},
        "transaction": begun.id,
    }
