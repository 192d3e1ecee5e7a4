"""Append to a made-up session as a working agent would: so many records in a second.

    python -m benchmarks.live FILE FOLDER RATE

Runs in a process of its own until it is ended, so that it shares no interpreter with who measures.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .generate import SEED, Session
from .texts import Texts


def follow_on(path: Path, folder: str, seed: int = SEED + 1) -> Session:
    """Return a session that goes on, now, where the one in `path` ends."""
    last = _last_line(path)
    return Session(
        Texts(seed),
        seed,
        folder,
        session_id=path.stem,
        parent=msgspec.json.decode(last)["uuid"],
        begin=time.time(),
    )


def _last_line(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, 1 << 16), os.SEEK_END)
        return file.read().splitlines()[-1]


@contextmanager
def streaming(path: Path, folder: Path, rate: float) -> Iterator[None]:
    """Append `rate` records a second to `path` meanwhile."""
    command = (sys.executable, "-m", __name__, str(path), str(folder), str(rate))
    root = Path(__file__).parent.parent
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        try:
            yield
            if process.poll() is not None:
                raise RuntimeError("the stream of records ended early")
        finally:
            process.kill()


def main(path: Path, folder: str, rate: float) -> None:
    """Append until ended, each record at its own moment."""
    records = follow_on(path, folder).records()
    with path.open("ab", buffering=0) as file:
        print("begun", flush=True)
        begun = time.perf_counter()
        for count, record in enumerate(records, 1):
            file.write(msgspec.json.encode(record) + b"\n")
            time.sleep(max(0.0, begun + count / rate - time.perf_counter()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
