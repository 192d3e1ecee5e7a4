"""The pinned real clients: where they are, and what happens when one is missing.

`.ci/install-clients` puts each into a folder of its own, `<command>-<version>/`, under
`$CLEARHEAD_CLIENTS` (default: `.clients/` in the repository).
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
PINS = HERE / "pins.txt"
FOLDER = Path(os.environ.get("CLEARHEAD_CLIENTS") or HERE.parents[1] / ".clients").absolute()
"""Where the pinned clients are installed; read at once, for tests run without such variables."""
REQUIRED = any(
    os.environ.get(name, "").lower() not in {"", "0", "false"}
    for name in ("CI", "CLEARHEAD_REQUIRE_CLIENTS")
)
"""Whether a missing client is an error instead of a reason to skip."""


@dataclass(frozen=True, slots=True)
class Client:
    """One pinned version of one client."""

    command: str
    version: str

    def __str__(self) -> str:
        return f"{self.command} {self.version}"

    @property
    def program(self) -> Path:
        """Its program, whether or not it is there."""
        return FOLDER / f"{self.command}-{self.version}/node_modules/.bin/{self.command}"

    def reported_version(self) -> str:
        """What the program itself says, in a home of its own."""
        with TemporaryDirectory() as home:
            done = subprocess.run(
                [str(self.program), "--version"],
                env={"PATH": os.environ["PATH"], "HOME": home, "CODEX_HOME": home},
                capture_output=True,
                text=True,
                check=True,
            )
        return next(word for word in done.stdout.split() if word[0].isdigit())


def pinned() -> list[Client]:
    """All pinned clients, in the order of `pins.txt`."""
    lines = [line.split() for line in PINS.read_text().splitlines() if line[:1].isalpha()]
    return [Client(command, version) for command, version, _package in lines]


def chosen(command: str, version: str | None = None) -> Client:
    """The pinned client of this version, or the newest one that is pinned."""
    fits = [c for c in pinned() if c.command == command and version in {None, c.version}]
    assert fits, f"{command} {version or ''} is not pinned in {PINS.name}"
    return fits[-1]


def find(command: str, version: str | None = None) -> Client:
    """The chosen client; without its program the test is skipped, or fails if it is required."""
    client = chosen(command, version)
    if not client.program.exists():
        missing(f"{client} is not installed in {FOLDER}")
    return client


def missing(what: str) -> NoReturn:
    """Skip the test because of what is missing, or fail it where clients are required."""
    reason = f"{what}: run .ci/install-clients"
    if REQUIRED:
        pytest.fail(reason)
    pytest.skip(reason)
