"""Measure the claims and print one table.

    python -m benchmarks [NAME...] [--quick] [--data FOLDER]

Made-up sessions and the peer are kept in the data folder: `--data`, else $CLEARHEAD_BENCH_DATA,
else the cache folder of whoever runs it.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import SubprocessError

from . import acting, editor, hooks, keys, opening, reading, resetting, standing
from .bench import Bench
from .table import Row, table


def _window(bench: Bench) -> Iterator[Row]:
    """Aim prompts at opening dialogs of real clients; the kit of the tests is loaded only here."""
    from .window import window

    return window(bench)


MEASUREMENTS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "version": opening.version,
    "start": opening.start,
    "key": keys.key,
    "append": keys.append,
    "editor": editor.typing,
    "memory": standing.memory_row,
    "idle": standing.idle,
    "index": opening.index,
    "reading": reading.reading,
    "hook": hooks.hook,
    "stream": acting.stream,
    "socket": acting.socket,
    "tmux": acting.tmux,
    "grow": acting.grow,
    "reset": resetting.reset,
    "window": _window,
}

LONG = {"window"}
"""Measurements of hours, which run only when they are named."""


def main() -> int:
    """Run the measurements that were asked for, all by default; 1 when a target was missed."""
    parser = ArgumentParser("python -m benchmarks", formatter_class=RawDescriptionHelpFormatter)
    parser.description = __doc__
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="10k records, fewer samples")
    parser.add_argument("--data", type=Path, default=_kept())
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(MEASUREMENTS):
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")
    bench = Bench(asked.data.absolute(), asked.quick)
    rows = []
    for name in asked.names or [name for name in MEASUREMENTS if name not in LONG]:
        print(f"{name}: {MEASUREMENTS[name].__doc__}", flush=True)
        rows += _measured(name, bench)
    print(f"\n{table(rows)}\n\n{_machine()}")
    return int(any(row.held is False for row in rows))


def _measured(name: str, bench: Bench) -> list[Row]:
    """Return the rows of one measurement; what went wrong is a row as well."""
    try:
        return list(MEASUREMENTS[name](bench))
    except (RuntimeError, OSError, SubprocessError) as error:
        first = (str(error).splitlines() or [""])[0]
        return [Row(name, f"not measured: {type(error).__name__}: {first[:160]}", held=False)]


def _kept() -> Path:
    """Return the data folder when none is named."""
    if kept := os.environ.get("CLEARHEAD_BENCH_DATA"):
        return Path(kept)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "clearhead-bench"


def _machine() -> str:
    """Say on what was measured, and how busy it was."""
    load = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load} (1, 5, 15 min)"


if __name__ == "__main__":
    raise SystemExit(main())
