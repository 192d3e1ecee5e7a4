"""The core runs without a screen."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import grimp
import pytest

import clearhead.core

MODULES = sorted(m.name for m in pkgutil.walk_packages(clearhead.core.__path__, "clearhead.core."))


def loaded_by(modules: list[str]) -> set[str]:
    script = f"import sys\nfor m in {modules!r}: __import__(m)\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_no_module_of_the_core_loads_the_screen() -> None:
    loaded = loaded_by(MODULES)
    assert {"textual", "rich", "clearhead.tui"}.isdisjoint(loaded)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("clearhead.tui.cli.show", id="show"),
        pytest.param("clearhead.tui.cli.sessions", id="sessions"),
        pytest.param("clearhead.tui.cli.hooks", id="hooks"),
    ],
)
def test_a_command_of_scripts_loads_neither_screen_nor_prices_nor_tokenizer(command: str) -> None:
    heavy = {"textual", "genai_prices", "tiktoken", "git", "watchfiles"}
    assert heavy.isdisjoint(loaded_by([command]))


def test_no_module_needs_one_that_needs_it() -> None:
    """Also not later, in a function: whoever reads one of a circle has to read all of it."""
    graph = grimp.build_graph(
        "clearhead.core", "clearhead.tui", exclude_type_checking_imports=True, cache_dir=None
    )
    circles = {
        (module, needed)
        for module in graph.modules
        for needed in graph.find_modules_directly_imported_by(module)
        if graph.find_shortest_chain(importer=needed, imported=module)
    }
    assert not circles
