"""How long clearhead takes to act: from a key to bytes at the client, from its words to the screen.

Client and server are stand-ins of the same protocols, which note when a prompt reaches them; the
session in a terminal is a real Claude Code. The clock counts the same in every process.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from .bench import Bench
from .keys import first_seen
from .speaker import RATE
from .table import Row, once, percentile, spread
from .terminal import Terminal
from .world import CLEARHEAD, home, make_repository

STREAM_TARGET, SOCKET_TARGET, TERMINAL_TARGET = 0.020, 0.020, 0.500
PAINT_TARGET = 0.050

THREAD = "01a20796-01f3-7310-a3de-46ceebf0ef64"
HERE = Path(__file__).parent


@contextmanager
def owned(folder: Path) -> Iterator[Terminal]:
    """Run the screen, its composer open, on a session of our own whose client is the stand-in."""
    with home() as environment:
        program = Path(environment["HOME"]) / "bin/claude"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE}/speaker.py" "$@"\n')
        program.chmod(0o755)
        known = {
            **environment,
            "PATH": f"{program.parent}:{environment['PATH']}",
            "CLEARHEAD_BENCH_LOG": str(folder / "notes"),
        }
        repository = folder / "shop"
        make_repository(repository, 40)
        started = subprocess.run(
            [CLEARHEAD, "run", "claude", "--json"],
            cwd=repository,
            env=known,
            capture_output=True,
            text=True,
            check=True,
        )
        session = json.loads(started.stdout)["session_id"]
        try:
            with Terminal((CLEARHEAD, str(repository)), known, repository) as terminal:
                terminal.until("owned")
                terminal.settle()
                terminal.send(b"i")
                terminal.settle()
                yield terminal
        finally:
            subprocess.run(
                [CLEARHEAD, "stop", session], env=known, capture_output=True, check=False
            )


def notes(folder: Path) -> dict[str, float]:
    """Return when the stand-in took or gave words."""
    lines = (folder / "notes").read_text().splitlines()
    return {words: at for at, words in map(json.loads, lines)}


def stream(bench: Bench) -> Iterator[Row]:
    """Measure Enter in the composer → prompt at a client of our own."""
    random = Random(3)
    with bench.room() as folder, owned(folder) as terminal:
        sent: dict[str, float] = {}
        for number in range(bench.samples(100, 15)):
            words = f"prompt-{number:04}"
            sent[words] = prompt(terminal, words)
            terminal.settle(0.3, 5)
            terminal.watch(random.uniform(0.0, 0.05))
        known = notes(folder)
        taken = [known[words] - at for words, at in sent.items()]
    yield _row("key → bytes at an owned client (stream)", taken, STREAM_TARGET, "20 ms")


def prompt(terminal: Terminal, words: str) -> float:
    """Type a prompt into the open composer and press Enter; return when that was."""
    terminal.send(words.encode())
    terminal.settle(0.2, 3)
    return terminal.send(b"\r")


def grow(bench: Bench) -> Iterator[Row]:
    """Measure a piece of a growing reply → painted, 200 pieces a second."""
    count = bench.samples(1500, 300)
    with bench.room() as folder, owned(folder) as terminal:
        prompt(terminal, "begin")
        terminal.settle(0.5, 5)
        mark = len(terminal.painted)
        prompt(terminal, f"grow {count}")
        terminal.watch(count / RATE + 2.5)
        pieces = [(w.encode(), at) for w, at in notes(folder).items() if w.startswith("piece-")]
        if len(pieces) < count:
            raise RuntimeError(f"{len(pieces)} of {count} pieces were said")
        taken = first_seen(terminal.painted[mark:], pieces[::5])
    held = percentile(taken, 99) <= PAINT_TARGET
    what = f"streamed text → painted, {RATE} pieces/s"
    yield Row(what, spread(taken), "p99 50 ms", held=held)


def socket(bench: Bench) -> Iterator[Row]:
    """Measure an action → prompt at Codex's background server, the journal included."""
    with bench.room() as folder, home() as environment:
        command = [sys.executable, str(HERE / "codex_server.py"), environment["CODEX_HOME"], THREAD]
        os.environ["CLEARHEAD_BENCH_LOG"] = str(folder / "notes")
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            assert server.stdout is not None
            server.stdout.readline()
            try:
                count = bench.samples(100, 20)
                sent = asyncio.run(_to_codex(folder, Path(environment["CODEX_HOME"]), count))
            finally:
                server.kill()
        known = notes(folder)
        taken = [known[words] - at for words, at in sent.items()]
    yield _row("action → bytes at Codex's server (socket)", taken, SOCKET_TARGET, "20 ms")


async def _to_codex(state: Path, codex_home: Path, count: int) -> dict[str, float]:
    from clearhead.core.acting.action import Outcome, Verb, action
    from clearhead.core.acting.looking import until
    from clearhead.core.acting.service import Acting
    from clearhead.core.agents.base import Sighting, State

    service = Acting(state, {"codex": [codex_home]})
    channel = await service.attach(Sighting("codex", THREAD))
    sent = {}
    for number in range(count):
        await until(lambda: channel.live.state is State.IDLE, 10)
        await asyncio.sleep(0.1)
        words = f"prompt-{number:04}"
        sent[words] = time.perf_counter()
        result = await service.act(("codex", THREAD), action(Verb.PROMPT, words))
        if result.outcome is not Outcome.CONFIRMED:
            raise RuntimeError(f"{result.outcome}: {result.reason}")
    await service.close()
    return sent


def tmux(bench: Bench) -> Iterator[Row]:
    """Measure an action → Enter at a real Claude Code in tmux, the careful looks included."""
    from tests.real import claude
    from tests.real.anthropic_api import AnthropicApi
    from tests.real.clients import pinned
    from tests.real.lab import Lab
    from tests.real.tmux import Tmux

    client = [known for known in pinned() if known.command == "claude"][-1]
    what = f"action → Enter at {client} (tmux)"
    if not client.program.exists():
        yield Row(what, "not measured: `.ci/install-clients` installs it", "500 ms")
        return
    with Lab() as lab, Tmux(lab) as server, AnthropicApi() as api:
        claude.preset(lab)
        session = claude.ClaudeSession(client, lab, server, api)
        pid = int(session.registry_file.stem)
        taken = asyncio.run(_to_pane(lab.root, lab.claude_config, pid, bench.samples(40, 8)))
    yield _row(what, taken, TERMINAL_TARGET, "500 ms")


async def _to_pane(state: Path, folder: Path, pid: int, count: int) -> list[float]:
    from clearhead.core.acting.action import Outcome, Verb, action
    from clearhead.core.acting.looking import until
    from clearhead.core.acting.service import Acting
    from clearhead.core.agents.base import Sighting, State
    from clearhead.core.agents.claude import typing_in
    from clearhead.core.agents.claude.registry import read_registry

    entered: list[float] = []
    press = typing_in.press_once

    async def watched(*given: object) -> None:
        await press(*given)  # type: ignore[arg-type]
        entered.append(time.perf_counter())

    typing_in.press_once = watched  # type: ignore[assignment]
    entry = next(live for live in read_registry(folder).live if live.pid == pid)
    key = ("claude", entry.session_id)
    service, taken = Acting(state, {"claude": [folder]}), []
    channel = await service.attach(Sighting(*key, pid=pid))
    for number in range(count):
        await until(lambda: channel.live.state is State.IDLE, 30)
        await asyncio.sleep(0.5)
        begun = time.perf_counter()
        result = await service.act(key, action(Verb.PROMPT, f"prompt-{number:04} lab:say[Yes]"))
        if result.outcome is not Outcome.CONFIRMED:
            raise RuntimeError(f"{result.outcome}: {result.reason}")
        taken.append(entered[-1] - begun)
    await service.close()
    typing_in.press_once = press
    return taken


def _row(what: str, taken: list[float], target: float, words: str) -> Row:
    said = spread(taken) if len(taken) > 10 else once(taken)
    return Row(what, said, f"p50 {words}", held=percentile(taken, 50) <= target)
