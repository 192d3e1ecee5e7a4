"""`clearhead [PATH]`: open the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ...core.agents.base import Agent, Sighting
from ...core.agents.registry import NAMES, agent_named
from ...core.config import Settings, load_config
from ...core.problems import Problem, Report
from .. import garbage
from . import which

if TYPE_CHECKING:
    from ..start import Start

BANNER = "demo: a scripted session"
NOTHING_FOUND = "demo: no agent session was found"


class NoTerminal(Problem):
    """The screen needs a terminal for its input and its output."""

    title = "Not a terminal"
    remedy = "Run it in a terminal, or use `clearhead show` and `clearhead sessions` in scripts."


@click.command(name="open")
@click.argument("path", default=".", metavar="[PATH]")
@click.option("--agent", metavar="NAME", help=f"Read PATH as one of: {', '.join(NAMES)}.")
def command(path: str, agent: str | None) -> None:
    """Open the screen: on the sessions of a repository folder, or on one transcript file."""
    need_terminal()
    settings, reports = load_config()
    if agent:
        agent_named(agent)
    run_screen(Path(path), agent, settings, reports)


def need_terminal() -> None:
    """Refuse to draw where nobody can see or type.

    Raises:
        NoTerminal: Standard input or output is no terminal.
    """
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output")):
        if stream is None or not stream.isatty():
            raise NoTerminal(f"Standard {name} is not a terminal.")


def run_screen(path: Path, name: str | None, settings: Settings, reports: Sequence[Report]) -> None:
    """Prepare what to open and run the app on it; on the demo when that is chosen there."""
    garbage.hold()
    from ..start import DEMO_WANTED, prepare_demo

    agents = which.agents_of(settings)
    start = _start_on(path, name, agents, settings, reports)
    if run_app(start) == DEMO_WANTED:
        run_app(prepare_demo(settings, 1.0, BANNER, agents, reports))


def _start_on(
    path: Path,
    name: str | None,
    agents: Sequence[Agent],
    settings: Settings,
    reports: Sequence[Report],
) -> Start:
    """Prepare a folder or a file; where no session is found at all, the demo."""
    from ..first_run import welcomed
    from ..start import prepare, prepare_demo, prepare_file

    if not path.is_dir():
        agent, sighting = which.of_file(path, agents, name)
        return prepare_file(agent, sighting, agents, settings, reports)
    start = prepare(agents, settings, path, reports)
    if start.supervisor.keys:
        return start
    start = prepare_demo(settings, 1.0, NOTHING_FOUND, agents, reports)
    start.welcome = not welcomed()
    return start


def run_app(start: Start) -> int | None:
    """Run the app and return its code; the frame rate must be set before Textual is imported."""
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from ..app import ClearheadApp

    app = ClearheadApp(start)
    try:
        app.run()
    finally:
        if start.demo is not None:
            start.demo.close()
    return app.return_code


def run_session(sighting: Sighting, folder: Path) -> int | None:
    """Open the screen on one session that the person has just started; attach to it."""
    garbage.hold()
    from ..start import prepare_session

    settings, reports = load_config()
    agents = which.agents_of(settings)
    return run_app(prepare_session(sighting, agents, settings, folder, reports))
