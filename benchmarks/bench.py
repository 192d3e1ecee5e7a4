"""What every measurement is given: where its data lies, how long it may take."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .generate import LAST_WORDS
from .processes import family
from .terminal import Terminal
from .world import CLEARHEAD, Subject, home, subject


@dataclass(frozen=True, slots=True)
class Bench:
    """One run of the benchmarks; `quick` takes a smaller session and fewer samples."""

    data: Path
    quick: bool = False

    @property
    def subject(self) -> Subject:
        """The made-up session that is opened."""
        return subject(self.data, 10_000 if self.quick else 100_000)

    def samples(self, full: int, quick: int) -> int:
        """Return how many samples to take."""
        return quick if self.quick else full

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Lend an empty folder for what one measurement keeps."""
        with tempfile.TemporaryDirectory(prefix="clearhead-bench-") as folder:
            yield Path(folder)

    @property
    def size(self) -> str:
        """The session in words, as the table names it."""
        return f"{self.subject.records // 1000}k records, {self.subject.size / 1e6:.0f} MB"


@contextmanager
def opened(subject: Subject, *, whole: bool = False) -> Iterator[Terminal]:
    """Run clearhead on the transcript of `subject`; wait for its end to be painted.

    With `whole`, wait also until it was read from its start and the reader has ended.
    """
    with (
        home(subject.agent_folder) as environment,
        Terminal((CLEARHEAD, str(subject.transcript)), environment, subject.repository) as terminal,
    ):
        terminal.until(LAST_WORDS)
        if whole:
            wait_whole(terminal)
        yield terminal


def wait_whole(terminal: Terminal) -> float:
    """Wait until the whole transcript was read; return when the total cost was painted."""
    at = terminal.until(TOTALS, seconds=120)
    while len(family(terminal.pid)) > 1:
        terminal.watch(0.2)
    terminal.settle()
    return at


TOTALS = r"\$[\d.,]+ session"
"""How the cost row writes the total, once it is known."""
