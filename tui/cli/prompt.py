"""`clearhead prompt`: give a session a prompt."""

from __future__ import annotations

import click

from ...core.acting.action import Verb, action
from . import acting
from .output import as_json


@click.command(name="prompt")
@click.argument("session")
@click.argument("text", metavar="TEXT|-")
@click.option("--queue", is_flag=True, help="Let the agent's own queue take it while it works.")
@acting.waiting
@acting.options
@as_json
def command(
    *,
    session: str,
    text: str,
    queue: bool,
    when: str,
    timeout: float,
    tmux_socket: str | None,
    as_json: bool,
) -> int:
    """Give SESSION a prompt; `-` reads it from standard input.

    SESSION is an id, the beginning of one, or a name. Exit status: 0 the agent has it, 1 refused,
    3 it was sent and nothing tells whether the agent has it.
    """
    wanted = action(Verb.PROMPT, acting.text_of(text), queue=queue)
    return acting.perform(
        session, wanted, as_json=as_json, tmux_socket=tmux_socket, when=when, timeout=timeout
    )
