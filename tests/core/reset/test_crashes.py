"""clearhead is killed before and after every line of a reset's journal; nothing is lost or doubled.

Each life is a process of its own that kills itself with SIGKILL at a line. The next life goes on.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import Status, Step, Transaction, next_step
from tests.core.reset.world import BRIEF_BEGINS, NOTES, World, git, make_repo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES = 13
"""Lines of a reset that nothing disturbs; `test_the_matrix_covers_every_line` counts them."""


def life(world: World, die_at: int | None = None, *, before: bool = False) -> None:
    """Begin or go on in a process of its own, which dies at the line number `die_at`."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert died if die_at is not None else status == 0
        return
    try:
        _live(world, die_at, before=before)
    except BaseException:  # noqa: BLE001
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _live(world: World, die_at: int | None, *, before: bool) -> None:
    count = itertools.count(1)
    write: Callable[..., None] = Store.write

    def dying(self: Store, name: str, line: Any) -> None:
        number = next(count)
        if number == die_at and before:
            os.kill(os.getpid(), signal.SIGKILL)
        write(self, name, line)
        if number == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    Store.write = dying  # type: ignore[method-assign]
    runner = world.runner() if world.store.read("t") else world.begin()
    found = asyncio.run(world.to_the_end(runner))
    assert next_step(found) is None, found
    if found.closed is None and all(found.step(s).status is not Status.FAILED for s in Step):
        runner.close()


def seen(world: World) -> dict[str, Any]:
    """Everything that must be the same however often clearhead died."""
    found = world.store.read("t")
    assert isinstance(found, Transaction)
    return {
        "closed": found.closed is not None,
        "steps": [found.step(step).status for step in Step],
        "notes asked": len(world.agent.prompts("Bring")),
        "briefs": len(world.agent.prompts(BRIEF_BEGINS)),
        "cleared": sum(line["what"] == "cleared" for line in world.agent.lines),
        "subjects": git(world.root, "log", "--format=%B"),
        "committed": git(world.root, "show", "--format=", "HEAD"),
        "status": git(world.root, "status", "--porcelain"),
        "files": {p.name: p.read_bytes() for p in sorted(world.root.iterdir()) if p.is_file()},
        "commit": found.commit == git(world.root, "rev-parse", "HEAD").strip(),
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    world = World(tmp_path_factory.mktemp("whole"))
    make_repo(world.root)
    life(world)
    found = seen(world)
    assert found["closed"]
    assert found["steps"] == [Status.DONE] * 5
    assert (found["notes asked"], found["briefs"], found["cleared"]) == (1, 1, 1)
    assert found["status"] == "?? stray.txt\n"
    assert found["files"]["claude-progress.md"] != NOTES.encode()
    return found


def test_the_matrix_covers_every_line(tmp_path: Path) -> None:
    world = World(tmp_path)
    make_repo(world.root)
    life(world)
    written = (world.state / "transactions" / "t.jsonl").read_text().splitlines()
    assert len(written) == LINES


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("line", range(1, LINES + 1))
def test_a_death_at_any_line(
    tmp_path: Path, undisturbed: dict[str, Any], line: int, *, before: bool
) -> None:
    world = World(tmp_path)
    make_repo(world.root)
    life(world, line, before=before)
    if line == LINES and not before:
        assert seen(world) == undisturbed
        return
    life(world)
    assert seen(world) == undisturbed


@pytest.mark.parametrize("line", range(2, LINES, 2))
def test_a_death_and_another_one_while_going_on(
    tmp_path: Path, undisturbed: dict[str, Any], line: int
) -> None:
    world = World(tmp_path)
    make_repo(world.root)
    life(world, line, before=True)
    life(world, 1)
    life(world, 1, before=True)
    life(world)
    assert seen(world) == undisturbed


@pytest.mark.parametrize("line", range(1, LINES))
def test_a_reset_that_was_cut_off_can_be_left_as_it_is(tmp_path: Path, line: int) -> None:
    world = World(tmp_path)
    make_repo(world.root)
    life(world, line)
    before = {key: value for key, value in seen(world).items() if key not in ("closed", "steps")}
    world.runner().abort()
    found = seen(world)
    assert {key: found[key] for key in before} == before
    assert not world.store.open()


@pytest.mark.parametrize("line", [2, 3, 4, 5, 7, 8, 9, 10, 11])
def test_the_client_dies_with_clearhead(tmp_path: Path, line: int) -> None:
    world = World(tmp_path)
    make_repo(world.root)
    life(world, line)
    world.agent.note("died")
    life(world)
    found = seen(world)
    assert found["closed"]
    assert found["briefs"] == 1, "a fresh client got it, or the old one had taken it"
    assert found["notes asked"] <= 1
    assert found["commit"]
    assert found["files"]["stray.txt"] == b"nobody ticks this\n"
    assert found["status"] == "?? stray.txt\n"
