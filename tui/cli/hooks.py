"""`clearhead hooks`: the status-line feed, and the hooks for permissions and safe typing."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click
import msgspec

from ...core.agents.claude import hooks
from ...core.config import load_config
from ...core.problems import UsageProblem
from ...core.text import clean
from .. import numbers
from .output import as_json, print_facts, print_json, warn

SETTINGS = "settings.json"

of_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="The settings folder of Claude Code, where there are several.",
)
without_asking = click.option("--yes", is_flag=True, help="Do it without asking.")


@click.group(name="hooks")
def command() -> None:
    """Install, remove or check clearhead's feed and hooks in Claude Code's settings.

    The feed tells clearhead the size of the context window and the client's own cost. The
    permission hook lets you answer from clearhead what a session in any terminal asks for. The
    hold keeps dialogs shut while clearhead sends a prompt. Your own status line and hooks stay
    as they are.
    """


@command.command()
@of_folder
@without_asking
@as_json
def install(folder: Path | None, yes: bool, as_json: bool) -> None:
    """Show the change of the settings file, ask, and make it."""
    _carry_out(hooks.plan_install(_settings(folder)), yes=yes, as_json=as_json)


@command.command()
@of_folder
@without_asking
@as_json
def remove(folder: Path | None, yes: bool, as_json: bool) -> None:
    """Put the settings file back as it was, to the byte."""
    _carry_out(hooks.plan_remove(_settings(folder)), yes=yes, as_json=as_json)


@command.command()
@of_folder
@as_json
def status(folder: Path | None, as_json: bool) -> None:
    """Say which parts are installed, whether they work, and when the feed last told something."""
    found = hooks.status(_settings(folder))
    warn(found.problems)
    if as_json:
        print_json(msgspec.to_builtins(found, enc_hook=str))
        return
    age = None if found.last_feed is None else time.time() - found.last_feed
    print_facts(
        [
            ("settings", str(found.settings)),
            ("feed", "installed" if found.installed else "not installed"),
            ("your own", found.own_command or "no status line of your own"),
            ("script", str(found.script)),
            ("last told", "never" if age is None else f"{numbers.span(age)} ago"),
            ("permissions", _hook(found.permission)),
            ("hold", _hook(found.hold)),
        ]
    )


def _hook(found: hooks.HookStatus) -> str:
    return f"installed, script {found.script}" if found.installed else "not installed"


def _settings(folder: Path | None) -> Path:
    if folder is not None and not folder.is_dir():
        raise UsageProblem(f"There is no folder {folder}.", remedy="Check --folder.")
    if folder is not None:
        return folder / SETTINGS
    settings, reports = load_config()
    warn(reports)
    return settings.claude_folders[0] / SETTINGS


def _carry_out(plan: hooks.Plan, *, yes: bool, as_json: bool) -> None:
    """Show a plan, ask for it where a person is there to answer, and apply it."""
    done = not plan.already
    if done:
        if not as_json:
            click.echo(clean(plan.diff))
        if not (yes or _agreed()):
            raise UsageProblem("Nothing was changed.", remedy="Say --yes to do it without asking.")
        hooks.apply(plan)
    warn(plan.problems)
    if as_json:
        print_json({"settings": str(plan.settings), "changed": done, "diff": plan.diff})
    elif done:
        click.echo("Done. Sessions that run take it up by themselves.")
    else:
        click.echo("Nothing to do: " + ("it is installed." if plan.install else "it is not there."))


def _agreed() -> bool:
    """Ask; where nobody can answer, the answer is no."""
    return sys.stdin.isatty() and click.confirm("Make this change?")
