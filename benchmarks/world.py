"""Where the measured programs live: made-up sessions that are kept, and a fresh home for each run.

No run sees the person's own folders, nor what an earlier run left in a cache.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from . import generate, texts, toolcalls

CLEARHEAD = str(Path(sys.executable).with_name("clearhead"))
"""The console script beside the Python that runs the benchmarks."""

NOTES = "claude-progress.md"

_NAME = "5e551000-0000-4000-8000-{:012d}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A made-up session: its transcript, its repository and its agent's folder.

    `size` is the length of the untouched transcript in bytes.
    """

    transcript: Path
    repository: Path
    agent_folder: Path
    records: int
    size: int

    @contextmanager
    def borrowed(self) -> Iterator[Path]:
        """Lend the transcript to someone who appends to it; it is as before afterwards."""
        self.restore()
        try:
            yield self.transcript
        finally:
            self.restore()

    def restore(self) -> None:
        """Take away what was appended."""
        if self.transcript.stat().st_size > self.size:
            os.truncate(self.transcript, self.size)


def subject(data: Path, records: int) -> Subject:
    """Return the made-up session of `records` lines in `data`, written there unless it is there."""
    place = data / f"session-{records}-{_recipe()}"
    agent_folder, repository = place / "claude", place / "shop"
    transcript = transcript_of(agent_folder, repository, _NAME.format(records))
    done = place / "done.json"
    if not done.exists():
        _make(place, transcript, repository, records)
        done.write_text(json.dumps({"size": transcript.stat().st_size}), encoding="utf-8")
    size = json.loads(done.read_text(encoding="utf-8"))["size"]
    return Subject(transcript, repository, agent_folder, records, size)


def transcript_of(agent_folder: Path, repository: Path, session_id: str) -> Path:
    """Return where Claude Code writes a session that was started in `repository`."""
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in str(repository))
    return agent_folder / "projects" / slug / f"{session_id}.jsonl"


def _recipe() -> str:
    """Name the generator's state: another generator makes another file."""
    sources = (Path(module.__file__).read_bytes() for module in (generate, texts, toolcalls))
    return sha256(b"".join(sources)).hexdigest()[:8]


def _make(place: Path, transcript: Path, repository: Path, records: int) -> None:
    for old in place.parent.glob(f"session-{records}-*"):
        shutil.rmtree(old)
    make_repository(repository, 200)
    begun = time.perf_counter()
    generate.write_session(transcript, records, str(repository))
    megabytes = transcript.stat().st_size / 1e6
    speed = megabytes / (time.perf_counter() - begun)
    print(f"made a session of {records:,} records, {megabytes:.0f} MB, at {speed:.0f} MB/s")


def make_repository(folder: Path, note_lines: int) -> None:
    """Make a repository whose progress file has so many lines, all of it committed."""
    folder.mkdir(parents=True)
    (folder / NOTES).write_text(notes(note_lines), encoding="utf-8")
    git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org")
    for command in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-q", "-m", "Begin")):
        subprocess.run([*git, *command], cwd=folder, check=True, capture_output=True)


def notes(lines: int) -> str:
    """Return a progress file of `lines` lines, with everything that is highlighted."""
    head = ["# Progress", "", "## Current status", "", "Wiring the filters.", "", "## Completed"]
    done = [f"- [x] step {number}: `src/filter_{number}.py` **works**" for number in range(lines)]
    tail = ["", "## Failed approaches", "", "- URL params: endless renders", "", "## Next step", ""]
    body = [*head, *done[: lines - len(head) - len(tail)], *tail]
    return "\n".join([*body[: lines - 1], "Wire the date range.", ""])


@contextmanager
def home(agent_folder: Path | None = None) -> Iterator[dict[str, str]]:
    """Make a throw-away home; yield the environment that leads into it and nowhere else."""
    with tempfile.TemporaryDirectory(prefix="clearhead-bench-", ignore_cleanup_errors=True) as path:
        root = Path(path)
        for name in ("home", "run"):
            (root / name).mkdir(mode=0o700)
        yield {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "HOME": f"{root}/home",
            "CLAUDE_CONFIG_DIR": str(agent_folder or root / "home/.claude"),
            "CODEX_HOME": f"{root}/home/.codex",
            "XDG_CONFIG_HOME": f"{root}/home/.config",
            "XDG_STATE_HOME": f"{root}/home/.local/state",
            "XDG_CACHE_HOME": f"{root}/home/.cache",
            "XDG_DATA_HOME": f"{root}/home/.local/share",
            "XDG_RUNTIME_DIR": f"{root}/run",
        }
