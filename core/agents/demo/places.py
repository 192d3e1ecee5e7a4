"""Where the demo keeps what, below its throw-away root."""

from __future__ import annotations

from pathlib import Path

import msgspec

from . import workspace
from .format import SUFFIX


class Places(msgspec.Struct, frozen=True):
    """The files and folders of one demo."""

    root: Path

    @property
    def owner(self) -> Path:
        """Says whose root this is, so that leftovers can be told from what is in use."""
        return self.root / "owner.json"

    @property
    def repository(self) -> Path:
        """The git repository that the agent works in."""
        return self.root / workspace.NAME

    @property
    def transcripts(self) -> Path:
        """The folder of the transcripts."""
        return self.root / "state" / "transcripts"

    @property
    def sessions(self) -> Path:
        """The folder of the live registry."""
        return self.root / "state" / "sessions"

    @property
    def socket(self) -> Path:
        """The control socket."""
        return self.root / "control.sock"

    def own_socket(self, pid: int) -> Path:
        """Return the control socket of an agent process beside the first one."""
        return self.root / f"control-{pid}.sock"

    @property
    def log(self) -> Path:
        """What the agent program printed, should it fail."""
        return self.root / "agent.log"

    def transcript(self, session_id: str) -> Path:
        """Return the transcript of a session."""
        return self.transcripts / f"{session_id}{SUFFIX}"

    def registry(self, pid: int) -> Path:
        """Return the registry entry of an agent process."""
        return self.sessions / f"{pid}.json"
