"""The one way clearhead runs git in the background.

Repositories are untrusted: their configuration can name programs that git runs while it merely
reads. GitPython is kept for commits; for reading, the git program alone is as safe, and its
import is spared.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
from pathlib import Path

import msgspec

from .clock import SystemClock
from .problems import NotFound, Unreadable

TIMEOUT = 5.0
"""Seconds that one call may take."""
LIMIT = 8 * 1024 * 1024
"""Bytes of output that are read before git is ended."""

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "log.showSignature=false",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "LC_ALL": "C",
}
_KEPT = (
    "GIT_CONFIG_",
    "GIT_EXEC_PATH",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
)
_DROPPED = ("GIT_", "SSH_ASKPASS", "LC_", "LANGUAGE")
_CLOCK = SystemClock()
_SHOWS_CONTENT = {"diff", "log", "show"}


class Output(msgspec.Struct, frozen=True):
    """What one git call answered; `cut` when there was more output than is read."""

    code: int
    out: bytes
    err: bytes
    cut: bool = False

    @property
    def text(self) -> str:
        """The output as text, without its last line end; undecodable bytes survive as paths do."""
        return os.fsdecode(self.out).removesuffix("\n")

    @property
    def reason(self) -> str:
        """What git complained about last, warnings left out; several lines where it wrote them."""
        return os.fsdecode(self.err).strip().rpartition("fatal: ")[2]


def run_git(cwd: Path, *args: str, timeout: float = TIMEOUT, limit: int = LIMIT) -> Output:
    """Run git in `cwd` so that nothing is changed, asked, locked, fetched, or run by a hook.

    Filters are the one thing that cannot be switched off here: a call that compares contents
    (`status`, `diff`) is only for repositories that `gittrust` has let pass.

    Args:
        cwd: where to look; git's own `-C` goes there, so that it may be gone.
        args: the subcommand and its arguments.
        timeout: seconds until git and everything it started are ended.
        limit: bytes of output that are read at most; what is beyond is dropped.

    Raises:
        NotFound: git is not installed.
        Unreadable: git took longer than `timeout`.
    """
    try:
        child = subprocess.Popen(
            _command(cwd, args),
            cwd="/",
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise NotFound("git is not installed.", remedy="Install git to see branches.") from None
    with child:
        try:
            return _collect(child, _CLOCK.monotonic() + timeout, limit)
        except TimeoutError:
            raise Unreadable(
                f"git {args[0]} took longer than {timeout:g} s.",
                remedy="Run it yourself in the repository to see what keeps it.",
            ) from None
        finally:
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)


def _command(cwd: Path, args: tuple[str, ...]) -> list[str]:
    """Return the whole command line: the settings first, then what was asked for."""
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    guard = ["--no-ext-diff", "--no-textconv"] if args[0] in _SHOWS_CONTENT else []
    return ["git", "-C", str(cwd.absolute()), "--no-pager", *settings, args[0], *guard, *args[1:]]


def _environment() -> dict[str, str]:
    """Return our environment without variables that would point git elsewhere or run programs."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_KEPT) or not name.startswith(_DROPPED)
    }
    return kept | _ENVIRONMENT


def _collect(child: subprocess.Popen[bytes], deadline: float, limit: int) -> Output:
    """Read both pipes to their ends, to the limit or to the deadline, whichever is first."""
    assert child.stdout is not None
    assert child.stderr is not None
    out, err = bytearray(), bytearray()
    with selectors.DefaultSelector() as pipes:
        pipes.register(child.stdout, selectors.EVENT_READ, out)
        pipes.register(child.stderr, selectors.EVENT_READ, err)
        while pipes.get_map():
            ready = pipes.select(max(0.0, deadline - _CLOCK.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                chunk = os.read(key.fd, 65536)
                key.data.extend(chunk)
                if not chunk:
                    pipes.unregister(key.fileobj)
                elif len(key.data) > limit:
                    return Output(0, bytes(out[:limit]), bytes(err[:limit]), cut=True)
    try:
        code = child.wait(max(0.0, deadline - _CLOCK.monotonic()))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return Output(code, bytes(out), bytes(err))
