"""What the hooks in Claude Code's settings cost each tool call while nobody needs them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from .bench import Bench
from .table import Row, percentile
from .world import CLEARHEAD, home

TARGET = 0.010
"""Seconds from the start of the shell to its end."""

READS = "cat >/dev/null"
"""The least that a hook does: it takes its input."""

SESSION = "0be0637b-ca86-4329-a67f-7c1ffc0d794a"
CALL = json.dumps(
    {
        "session_id": SESSION,
        "hook_event_name": "PreToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": "/repo/a.py", "content": "x = 1\n" * 500},
    }
).encode()


def hook(bench: Bench) -> Iterator[Row]:
    """Measure the installed hook commands as the client runs them, beside one that only reads."""
    count = bench.samples(200, 50)
    with home() as clean:
        environment = {**clean, "CLAUDE_CODE_SESSION_ID": SESSION}
        folder = Path(environment["HOME"]) / ".claude"
        folder.mkdir(exist_ok=True)
        subprocess.run(
            [CLEARHEAD, "hooks", "install", "--yes", "--folder", str(folder)],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        installed = json.loads((folder / "settings.json").read_bytes())["hooks"]
        bare = _spread(_runs(READS, environment, count))
        for event, groups in installed.items():
            seconds = _runs(groups[0]["hooks"][0]["command"], environment, count)
            held = percentile(seconds, 50) <= TARGET
            what = f"{event} hook, nobody listens (sh start included)"
            yield Row(what, _spread(seconds), "10 ms", f"`{READS}`: {bare}", held)


def _runs(command: str, environment: dict[str, str], count: int) -> list[float]:
    """Return the seconds of so many runs."""
    seconds = []
    for _ in range(count):
        begun = time.perf_counter()
        subprocess.run(
            ["/bin/sh", "-c", command],
            input=CALL,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        seconds.append(time.perf_counter() - begun)
    return seconds


def _spread(seconds: Sequence[float]) -> str:
    middle, slow = (percentile(seconds, percent) * 1000 for percent in (50, 99))
    return f"p50 {middle:.1f} ms, p99 {slow:.1f} ms (n {len(seconds)})"
