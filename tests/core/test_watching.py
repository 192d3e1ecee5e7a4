"""Watching folders: what is seen, and that one watch does not disturb the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from clearhead.core.watching import changes, places

from ..helpers import until_async


class Watch:
    """A watch that runs, and what it told."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self.told: list[set[Path]] = []

    @property
    def paths(self) -> set[Path]:
        return set().union(*self.told)

    async def run(self, trees: set[Path], folders: set[Path]) -> None:
        async with aclosing(changes(trees, folders, self.stop)) as news:
            async for changed in news:
                self.told.append(changed)


@asynccontextmanager
async def watching(*trees: Path, folders: tuple[Path, ...] = ()) -> AsyncIterator[Watch]:
    watch = Watch()
    task = asyncio.create_task(watch.run(set(trees), set(folders)))
    await until_async(lambda: watch.told == [set()])
    yield watch
    watch.stop.set()
    await asyncio.wait_for(task, 5)


async def test_a_file_deep_in_a_tree_is_told(tmp_path: Path) -> None:
    async with watching(tmp_path) as watch:
        deep = tmp_path / "2026/07/a.jsonl"
        deep.parent.mkdir(parents=True)
        await until_async(lambda: deep.parent.parent in watch.paths)
        deep.write_text("x")
        await until_async(lambda: deep in watch.paths)


async def test_a_flat_folder_tells_nothing_of_what_lies_below(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    async with watching(folders=(tmp_path,)) as watch:
        (below / "a").write_text("x")
        (tmp_path / "b").write_text("x")
        await until_async(lambda: tmp_path / "b" in watch.paths)
        assert below / "a" not in watch.paths


async def test_a_missing_tree_is_told_when_it_appears_and_nothing_else_beside_it(
    tmp_path: Path,
) -> None:
    tree = tmp_path / "home/projects"
    async with watching(tree) as watch:
        (tmp_path / "noise").write_text("x")
        tree.mkdir(parents=True)
        await until_async(lambda: tree.parent in watch.paths)
        assert watch.paths == {tree.parent}


async def test_a_watch_that_was_stopped_does_not_stop_the_next_one(tmp_path: Path) -> None:
    stop = asyncio.Event()
    for number in range(3):
        news = changes({tmp_path}, set(), stop)
        assert await anext(news) == set()
        (tmp_path / str(number)).write_text("x")
        assert tmp_path / str(number) in await asyncio.wait_for(anext(news), 5)
        stop.set()
        await news.aclose()
        stop.clear()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stop.wait(), 0.1)


def test_a_tree_that_appears_changes_what_there_is_to_watch(tmp_path: Path) -> None:
    tree = tmp_path / "home/projects"
    before = places({tree}, set())
    tree.parent.mkdir()
    between = places({tree}, set())
    tree.mkdir()
    assert len({before, between, places({tree}, set())}) == 3
    assert places({tree}, set()) == places({tree}, {tmp_path / "nowhere"})
