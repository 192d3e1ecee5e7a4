"""How long a whole reset takes beyond the model's own replies, with a real Claude Code.

The stand-in of the vendor answers at once, so all that is left is the client's time and ours: the
notes, the commit, the close, the brief, the boot check; from the first line of its journal to the
last one.
"""

from __future__ import annotations

from collections.abc import Iterator

from .bench import Bench
from .table import Row, once, percentile

TARGET = 3.0
"""Seconds."""

FLAGS = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")


def reset(bench: Bench) -> Iterator[Row]:
    """Measure resets of a real Claude Code, ours and in tmux; the model answers at once."""
    from tests.real import claude
    from tests.real.anthropic_api import AnthropicApi
    from tests.real.clients import pinned
    from tests.real.lab import Lab
    from tests.real.openai_api import OpenAiApi
    from tests.real.resetting import begun, good_boot, prepared, script_notes
    from tests.real.tmux import Tmux

    client = [known for known in pinned() if known.command == "claude"][-1]
    if not client.program.exists():
        raise RuntimeError(f"{client} is not installed: run .ci/install-clients")
    count = bench.samples(10, 3)
    with Lab() as lab, Tmux(lab) as server, AnthropicApi() as api, OpenAiApi() as other:
        shell = prepared(lab, api, other, client)
        script_notes(api, lab.repo)
        good_boot(api, lab.repo)
        owned = _resets(shell, begun(shell), count)
        session = claude.ClaudeSession(client, lab, server, api, arguments=FLAGS, size=(120, 40))
        session.prompt("begin lab:say[Yes]")
        attached = _resets(shell, session.session_id, count)
    yield _row(f"a whole reset of a session of ours ({client})", owned)
    yield _row(f"a whole reset in a tmux pane ({client})", attached)


def _resets(shell: object, session: str, count: int) -> list[float]:
    """Reset a session again and again, each time the one that came of it."""
    taken = []
    for _ in range(count):
        answer = shell.json("reset", session, "--yes", "--when", "idle")  # type: ignore[attr-defined]
        if answer["outcome"] != "confirmed":
            raise RuntimeError(f"the reset was {answer['outcome']}")
        taken.append(answer["seconds"])
        session = answer["new_session_id"]
    return taken


def _row(what: str, taken: list[float]) -> Row:
    held = percentile(taken, 90) <= TARGET
    return Row(f"{what}, beyond the model's replies", once(taken), "3 s", held=held)
