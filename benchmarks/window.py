"""How often a prompt approves a tool whose dialog opens between the last look and Enter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.real import claude
from tests.real.clients import Client, pinned
from tests.real.lab import Lab
from tests.real.script import Growth
from tests.real.tmux import Tmux
from tests.real.window import LATE, SETTINGS, STANDS, NotifiedApi, Trial, Window, install_hooks

from .bench import Bench
from .table import Row


def window(bench: Bench) -> Iterator[Row]:
    """Aim prompts at opening dialogs of every pinned Claude Code, without and with the hooks."""
    count = bench.samples(1000, 25)
    for client in pinned():
        if client.command == "claude":
            yield _row(client, _trials(client, count // 5, hooks=False), hooks=False)
            yield _row(client, _trials(client, count, hooks=True), hooks=True)


def _row(client: Client, trials: list[Trial], *, hooks: bool) -> Row:
    approved = sum(trial.approved for trial in trials)
    sent = sum(trial.sent for trial in trials)
    said = f"{approved} of {len(trials)} approved a tool; Enter went out in {sent}"
    words = "with the hold" if hooks else "without hooks"
    what = f"Enter {LATE:g} s late into an opening dialog, {words} ({client})"
    return Row(what, said, "0" if hooks else "", held=approved == 0 if hooks else None)


def _trials(client: Client, count: int, *, hooks: bool) -> list[Trial]:
    if not client.program.exists():
        raise RuntimeError(f"{client} is not installed: run .ci/install-clients")
    with Lab() as lab, Tmux(lab) as tmux, NotifiedApi() as api:
        api.script.growth = Growth(per_message=10)
        mail = install_hooks(lab) if hooks else None
        claude.preset(lab, **({} if hooks else SETTINGS))
        start = partial(claude.ClaudeSession, client, lab, tmux, api)
        trials = Window(start, api, stands=STANDS, gap=LATE, mail=mail)
        return [trials.trial() for _ in range(count)]
