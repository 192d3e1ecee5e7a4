"""A throw-away place for one test: folders, a git repository, clean environments.

Nothing here sees the user's own home. Every process started in a lab carries the lab's
folder in its environment, so that the end of the test finds those processes, and only
those, even when a client left a server in the background.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from .waiting import until

MARK = "CLEARHEAD_LAB"
PATH = "/usr/local/bin:/usr/bin:/bin"
PATIENCE = 5.0
"""Seconds that killed processes may need to be gone."""


class Lab:
    """The folders of one test, directly in `/tmp`: a socket's path may have 100 characters.

    Attributes:
        home: the home folder of everything in the lab.
        temporary: `TMPDIR`, apart from the rest: Codex distrusts a home inside of it.
        claude_config: `CLAUDE_CONFIG_DIR`.
        codex_home: `CODEX_HOME`.
        repo: a git repository with one commit on `main`, where the clients start.
    """

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="lab-", dir="/tmp"))
        self.home = self.root / "home"
        self.temporary = self.root / "tmp"
        self.claude_config = self.root / "claude"
        self.codex_home = self.root / "codex"
        self.repo = self.root / "project"

    def __enter__(self) -> Self:
        for folder in (self.home, self.temporary, self.claude_config, self.codex_home):
            folder.mkdir()
        (self.home / ".gitconfig").write_text(
            "[user]\nname = Dev\nemail = dev@example.com\n[init]\ndefaultBranch = main\n"
        )
        self.make_repo(self.repo.name)
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.end_processes()
        finally:
            shutil.rmtree(self.root, ignore_errors=True)

    def environment(self, **more: str) -> dict[str, str]:
        """A whole environment for a program of this lab; nothing is inherited."""
        return {
            "PATH": ":".join([*tool_folders(), PATH]),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "tmux-256color",
            "COLORTERM": "truecolor",
            "SHELL": "/bin/bash",
            "TMPDIR": str(self.temporary),
            "CLAUDE_CONFIG_DIR": str(self.claude_config),
            "CODEX_HOME": str(self.codex_home),
            MARK: str(self.root),
            **more,
        }

    def git(self, *arguments: str, repo: Path | None = None) -> str:
        """Run git in the repository and return what it printed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=repo or self.repo,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def make_repo(self, name: str) -> Path:
        """Make a git repository with one commit on `main`, and return its folder."""
        repo = self.root / name
        repo.mkdir()
        (repo / "README.md").write_text(f"# {name}\n")
        self.git("init", "--quiet", repo=repo)
        self.git("add", ".", repo=repo)
        self.git("commit", "--quiet", "--message", "Begin", repo=repo)
        return repo

    def processes(self) -> Iterator[psutil.Process]:
        """The live processes that were started in this lab; the dead have no environment."""
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.root):
                    yield process
            except (psutil.Error, OSError):
                continue

    def kill(self, pid: int) -> None:
        """Kill one process of this lab, so that it can tidy up nothing."""
        assert pid in {process.pid for process in self.processes()}
        psutil.Process(pid).kill()

    def end_processes(self) -> None:
        """Kill what still runs in this lab: nothing here is worth a farewell."""
        until(self._killed, within=PATIENCE, what="the end of the lab's processes")

    def _killed(self) -> bool:
        left = list(self.processes())
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        return not left


def tool_folders() -> list[str]:
    """The folders of the programs that clients and tests call, wherever they are installed."""
    found = (shutil.which(tool) for tool in ("node", "tmux", "git"))
    return list(dict.fromkeys(str(Path(tool).parent) for tool in found if tool))
