"""`clearhead interrupt`: stop a session in its turn."""

from __future__ import annotations

import click

from ...core.acting.action import Verb, action
from . import acting
from .output import as_json


@click.command(name="interrupt")
@click.argument("session")
@acting.options
@as_json
def command(*, session: str, tmux_socket: str | None, as_json: bool) -> int:
    """Interrupt the turn of SESSION; what it did so far stays.

    Exit status: 0 it stopped, 1 refused, 3 unknown.
    """
    wanted = action(Verb.INTERRUPT)
    return acting.perform(session, wanted, as_json=as_json, tmux_socket=tmux_socket)
