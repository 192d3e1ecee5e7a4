"""The commands, loaded one by one as they are used, and how their problems end."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from ...core import __version__
from ...core.problems import Problem

COMMANDS = {
    "open": "Open the screen on a repository or a transcript (the default command).",
    "demo": "Watch a scripted agent at real work in a throw-away repository.",
    "sessions": "List the sessions of every agent.",
    "show": "Print one session or transcript in figures.",
    "run": "Start an agent and supervise it.",
    "prompt": "Give a session a prompt.",
    "interrupt": "Stop a session in its turn.",
    "compact": "Have a session summarise its context in place.",
    "checkpoint": "Have the agent bring its notes up to date, and commit.",
    "stop": "End the program of a session; its transcript stays.",
    "reset": "End a session with its notes in order and begin a fresh one.",
    "handoff": "Hand a task to another agent, model, person or machine.",
    "pickup": "Take up a task that was handed off from another machine.",
    "undo": "Bring the session from before a reset back.",
    "init": "Make a progress file, and have agents keep it.",
    "check": "Check the health of a progress file, and mend it.",
    "forget": "Erase the versions and unsaved texts that are kept.",
    "hooks": "Install, remove or check the status-line feed and the hooks of Claude Code.",
}
"""Every command with its one-line help; the modules have the same names."""

INTERRUPTED = 130
"""Exit status after ctrl+c, as shells expect it."""


class Commands(click.Group):
    """A group that knows its commands by name and imports only the one that runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names, in the order people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".{cmd_name}", __package__)
        command: click.Command = module.command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take anything that is no command as what to open."""
        if not args or (args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version")):
            args = ["open", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="[PATH] | COMMAND [ARGUMENTS]",
)
@click.version_option(__version__, message="clearhead %(version)s")
def cli() -> None:
    """Supervise live coding-agent sessions.

    `clearhead` opens the screen on the sessions of the repository in this folder;
    `clearhead PATH` on those of another folder, or on one transcript file.
    """


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit status: 0 done, 1 problem, 2 wrong usage."""
    try:
        done: Any = cli.main(arguments, prog_name="clearhead", standalone_mode=False)
    except Problem as problem:
        tell(problem)
        return problem.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return done if isinstance(done, int) else 0


def tell(problem: Problem) -> None:
    """Say what went wrong, why, and what to do."""
    click.echo(f"clearhead: {problem.title}: {problem.detail}", err=True)
    if problem.remedy:
        click.echo(f"  {problem.remedy}", err=True)
