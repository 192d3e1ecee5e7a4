"""`clearhead prompt`: give a session a prompt."""

from __future__ import annotations

import click

from ...core.acting.action import Verb, action
from ...core.problems import UsageProblem
from . import acting
from .output import as_json

BOTH = "A prompt is said into the running turn or waits for its end, not both."


@click.command(name="prompt")
@click.argument("session")
@click.argument("text", metavar="TEXT|-")
@click.option("--queue", is_flag=True, help="Let the agent's own queue take it while it works.")
@click.option("--steer", is_flag=True, help="Say it into the turn that runs (Codex).")
@acting.waiting
@acting.options
@as_json
def command(
    *,
    session: str,
    text: str,
    queue: bool,
    steer: bool,
    when: str,
    timeout: float,
    tmux_socket: str | None,
    as_json: bool,
) -> int:
    """Give SESSION a prompt; `-` reads it from standard input.

    SESSION is an id, the beginning of one, or a name. Exit status: 0 the agent has it, 1 refused,
    3 it was sent and nothing tells whether the agent has it.
    """
    if steer and (queue or when == "idle"):
        raise UsageProblem(BOTH, remedy="Leave one of the two out.")
    verb = Verb.STEER if steer else Verb.PROMPT
    wanted = action(verb, acting.text_of(text), queue=queue)
    return acting.perform(
        session, wanted, as_json=as_json, tmux_socket=tmux_socket, when=when, timeout=timeout
    )
