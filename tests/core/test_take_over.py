"""Taking a session over: only once it was left, with what it was started with and no more."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from clearhead.core.acting.action import Outcome, Verb, action
from clearhead.core.acting.channel import Reach
from clearhead.core.acting.in_tmux import command_of, exports
from clearhead.core.acting.journal import Journal, Stage
from clearhead.core.acting.live import Live
from clearhead.core.acting.plan import Plan
from clearhead.core.acting.service import CANCELLED, Acting
from clearhead.core.acting.take_over import NotLeft, TakeOver, kept_arguments
from clearhead.core.agents.base import Sighting
from tests.helpers import until_async

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.mark.parametrize(
    ("agent", "words", "kept"),
    [
        ("claude", "claude --model opus --resume x -c", "--model opus"),
        ("claude", "claude --permission-mode=plan 'a --model b'", "--permission-mode=plan"),
        ("claude", "claude --dangerously-skip-permissions --model", ""),
        ("codex", "codex -m o3 -a never -s read-only resume x", "-m o3 -a never -s read-only"),
        ("codex", "codex --no-daemon -c model=x", "-c model=x"),
        ("demo", "demo --model x", ""),
    ],
)
def test_only_known_arguments_are_kept(agent: str, words: str, kept: str) -> None:
    assert kept_arguments(agent, shlex.split(words)) == tuple(shlex.split(kept))


@pytest.fixture
def running() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends when its input does."""
    code = "import sys; sys.stdin.read()"
    command = [sys.executable, "-c", code, "--model", "opus"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process


async def test_it_waits_for_the_process_that_ran_it(
    tmp_path: Path, running: subprocess.Popen[bytes]
) -> None:
    sighting = Sighting("claude", "one", cwd=str(tmp_path), pid=running.pid, place="VS Code")
    taken = TakeOver(sighting)
    assert "/exit" in taken.todo
    assert "VS Code" in taken.todo
    with pytest.raises(NotLeft):
        await taken.until_left(0.0)
    waiting = asyncio.create_task(taken.until_left(20))
    assert running.stdin is not None
    running.stdin.close()
    await asyncio.to_thread(running.wait)
    await waiting
    plan = taken.plan("claude")
    assert (plan.resume, plan.cwd, plan.args) == ("one", str(tmp_path), ("--model", "opus"))


def test_a_session_without_a_process_can_be_taken_at_once() -> None:
    assert TakeOver(Sighting("codex", "one")).left


@pytest.mark.parametrize(
    ("agent", "fork", "command"),
    [
        ("claude", False, "claude --resume one --model opus"),
        ("claude", True, "claude --resume one --fork-session --model opus"),
        ("codex", False, "codex resume one --model opus"),
        ("codex", True, "codex fork one --model opus"),
    ],
)
def test_an_agents_own_screen_is_opened_its_own_way(agent: str, fork: bool, command: str) -> None:
    plan = Plan(
        agent=agent, cwd="/", program=agent, args=("--model", "opus"), resume="one", fork=fork
    )
    assert command_of(plan) == command.split()


def test_a_pane_gets_the_shells_variables_and_keeps_its_own(tmp_path: Path) -> None:
    given = {"KEY": "it's\n$HOME `x`", "TMUX": "/tmp/x,1,2", "BASH_FUNC_f%%": "() { :; }"}
    script = tmp_path / "environment"
    script.write_text(exports(given))
    done = subprocess.run(
        ["/bin/sh", "-c", '. "$0"; printf %s "$KEY|$TMUX"', str(script)],
        env={"PATH": os.environ["PATH"], "TMUX": "its own"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == given["KEY"] + "|its own"


class Endless:
    """A channel whose evidence never comes."""

    name, reach, queues = "attached %1", Reach.ATTACHED, False
    live = Live(session_id="one")
    capabilities = dict.fromkeys(Verb)

    def listen(self, changed: object) -> None:
        """Nothing changes."""

    async def act(self, _: object) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is held."""


async def test_a_cancelled_action_is_written_down_as_unknown(tmp_path: Path) -> None:
    acting, key = Acting(tmp_path), ("claude", "one")
    acting._keep(key, Endless())  # type: ignore[arg-type]
    task = asyncio.create_task(acting.act(key, action(Verb.PROMPT, "go")))
    await until_async(lambda: acting.under_way(key))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    last = list(Journal(tmp_path).entries())[-1]
    assert (last.stage, last.reason) == (Stage.UNKNOWN, CANCELLED)
    assert Outcome(last.stage.value) is Outcome.UNKNOWN
    assert acting.under_way(key) is None
    assert acting.left_open() == ()
