"""`clearhead stop`: end a session that clearhead started."""

from __future__ import annotations

import click

from ...core.acting.action import Verb, action
from . import acting
from .output import as_json


@click.command(name="stop")
@click.argument("session")
@acting.options
@as_json
def command(*, session: str, tmux_socket: str | None, as_json: bool) -> int:
    """End the program of SESSION. Its transcript stays, and `run AGENT --resume` goes on with it.

    Exit status: 0 it ended, 1 refused, 3 unknown.
    """
    return acting.perform(session, action(Verb.STOP), as_json=as_json, tmux_socket=tmux_socket)
