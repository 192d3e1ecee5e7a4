"""A stand-in for Codex's background server that notes when a prompt reaches it.

codex_server.py HOME THREAD     notes go to the file $CLEARHEAD_BENCH_LOG
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, unix_serve

SOCKET = Path("app-server-control", "app-server-control.sock")


async def serve(home: Path, thread: str) -> None:
    """Listen at a home's socket until ended; say so on standard output."""
    place = home / SOCKET
    place.parent.mkdir(parents=True, mode=0o700)

    async def meet(connection: ServerConnection) -> None:
        async for line in connection:
            at = time.perf_counter()
            for answer in answers(json.loads(line), thread, at):
                await connection.send(json.dumps(answer))

    async with unix_serve(meet, str(place), compression=None):
        print("ready", flush=True)
        await asyncio.Event().wait()


def answers(message: dict[str, Any], thread: str, at: float) -> list[dict[str, Any]]:
    """Return what the server says to a message that came at `at`."""
    method, given = message.get("method"), message.get("params") or {}
    if "id" not in message:
        return []
    state = {"id": thread, "cwd": "/", "status": {"type": "idle"}}
    known = {"thread/loaded/list": {"data": [thread]}, "thread/resume": {"thread": state}}
    said = [{"id": message["id"], "result": known.get(str(method), {})}]
    if method != "turn/start":
        return said
    with Path(os.environ["CLEARHEAD_BENCH_LOG"]).open("a") as file:
        file.write(json.dumps([at, given["input"][0]["text"]]) + "\n")
    name, mark = f"turn-{at}", given.get("clientUserMessageId")
    item = {"id": f"item-{at}", "type": "userMessage", "clientId": mark}
    turn = {"id": name, "status": "completed"}
    told = [
        ("thread/status/changed", {"status": {"type": "active", "activeFlags": []}}),
        ("turn/started", {"turn": {"id": name}}),
        ("item/completed", {"item": item, "turnId": name}),
        ("turn/completed", {"turn": turn}),
        ("thread/status/changed", {"status": {"type": "idle"}}),
    ]
    return [*said, *({"method": m, "params": {"threadId": thread, **p}} for m, p in told)]


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2]))
