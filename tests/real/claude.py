"""An interactive Claude Code in a tmux window, against the scripted Messages API."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .anthropic_api import AnthropicApi
from .clients import Client
from .jsonl import read_records
from .lab import Lab
from .tmux import WIDE, Pane, Size, Tmux
from .waiting import T, until

KEY = "sk-ant-scripted-not-a-key-0000000000"
MODEL = "claude-opus-4-5"
"""A model whose window is 200k in every pinned version; their own defaults have a million."""
READY = "❯"
"""The mark before the input box."""
START = 30.0
"""Seconds until it must be ready."""
INTERRUPTED = "[Request interrupted by user"
SETTLED = 0.3
"""Seconds after `/clear` in which a prompt would still be queued behind it."""
DEAF = 0.4
"""Seconds after its opening in which a dialog may ignore keys."""

ANSWERS = {
    "hasCompletedOnboarding": True,
    "hasSeenAutoDefaultNudge": True,
    "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
}


def preset(lab: Lab, folder: Path | None = None, **settings: Any) -> None:
    """Answer every first-run question for a folder, and write the user's settings."""
    answers = lab.claude_config / ".claude.json"
    known = json.loads(answers.read_bytes()) if answers.exists() else dict(ANSWERS)
    known.setdefault("projects", {})[str(folder or lab.repo)] = {"hasTrustDialogAccepted": True}
    answers.write_text(json.dumps(known))
    own = lab.claude_config / "settings.json"
    if settings or not own.exists():
        own.write_text(json.dumps({"permissions": {"defaultMode": "default"}, **settings}))


def environment(lab: Lab, api: AnthropicApi) -> dict[str, str]:
    """The whole environment of a client that knows only the scripted API."""
    return lab.environment(
        ANTHROPIC_BASE_URL=api.url,
        ANTHROPIC_API_KEY=KEY,
        DISABLE_TELEMETRY="1",
        DISABLE_ERROR_REPORTING="1",
        DISABLE_AUTOUPDATER="1",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
    )


class ClaudeSession:
    """One running client: what a person would do to it, and what its files say.

    Each deed waits for its evidence in the client's own files before it returns.
    """

    def __init__(
        self,
        client: Client,
        lab: Lab,
        tmux: Tmux,
        api: AnthropicApi,
        *,
        model: str = MODEL,
        arguments: tuple[str, ...] = (),
        env: Mapping[str, str] = MappingProxyType({}),
        folder: Path | None = None,
        size: Size = WIDE,
    ) -> None:
        self.client = client
        self.lab = lab
        self.api = api
        self.folder = folder or lab.repo
        command = [str(client.program), "--model", model, *arguments]
        whole = {**environment(lab, api), **env}
        self.pane: Pane = tmux.window(command, env=whole, cwd=self.folder, size=size)
        self.pane.until(READY, within=START)
        self.until_status("idle")

    # What its files say

    @property
    def registry_file(self) -> Path:
        """`sessions/<pid>.json`, which the client keeps up to date while it runs."""
        return self.lab.claude_config / f"sessions/{self.pane.pid}.json"

    def registry(self) -> dict[str, Any]:
        """What the client says of itself; empty while it has no file or writes it."""
        try:
            said: dict[str, Any] = json.loads(self.registry_file.read_bytes())
        except (OSError, ValueError):
            return {}
        return said

    @property
    def status(self) -> str | None:
        """`idle`, `busy` or `waiting`."""
        return self.registry().get("status")

    @property
    def waiting_for(self) -> str | None:
        """Why it waits: `permission prompt`, `input needed`, `dialog open`."""
        return self.registry().get("waitingFor")

    @property
    def session_id(self) -> str:
        """The id of the session now; `/clear` changes it."""
        return str(self.registry()["sessionId"])

    @property
    def transcript(self) -> Path:
        """Where the session's transcript is; it does not exist before the first prompt."""
        slug = re.sub(r"[^A-Za-z0-9-]", "-", str(self.folder))
        return self.lab.claude_config / f"projects/{slug}/{self.session_id}.jsonl"

    def records(self, kind: str | None = None, **values: Any) -> list[dict[str, Any]]:
        """The records of the transcript of this type and with these values."""
        wanted = {"type": kind, **values} if kind else values
        return read_records(self.transcript, **wanted)

    def prompts(self) -> list[str]:
        """The prompts in the transcript, as text, without what the client adds of its own."""
        said = [r["message"]["content"] for r in self.records("user") if not r.get("isMeta")]
        return [text for text in said if isinstance(text, str) and not text.startswith("<")]

    # What a person does

    def prompt(self, text: str) -> None:
        """Type a prompt and send it; returns when the model has been asked."""
        self.until_status("idle")
        before = len(self.api.turns())
        self.send(text)
        self.until(lambda: len(self.api.turns()) > before, "a model call")

    def run(self, text: str, within: float = 15.0) -> None:
        """Send a prompt and wait until its turn has ended."""
        before, asked = len(self.last_words()), len(self.prompts())
        self.prompt(text)
        self.until(lambda: len(self.last_words()) > before, "the end of the turn", within)
        self.until(lambda: len(self.prompts()) > asked, "the prompt in the transcript")
        self.until_status("idle")

    def begin(self, text: str) -> None:
        """Run the first prompt; its reply waits until the prompt stands in the transcript.

        2.1.197 may write a first reply that comes at once before the prompt it answers.
        """
        self.prompt(f"{text} lab:hold")
        self.until(self.prompts, "the prompt in the transcript")
        self.api.release()
        self.until(self.last_words, "the end of the turn")
        self.until_status("idle")

    def last_words(self) -> list[dict[str, Any]]:
        """The assistant records that end a turn: the last reply of each, or its error.

        A short turn can pass without the registry ever saying `busy`; these tell for sure.
        The half of an interrupted reply, which 2.1.197 calls synthetic, is none.
        """
        replies = [r for r in self.records("assistant") if not _is_half(r)]
        return [r for r in replies if r["message"]["stop_reason"] not in {None, "tool_use"}]

    def send(self, text: str) -> None:
        """Type text into the empty input box, look whether it stands there, press Enter."""
        self.pane.type(text)
        self.pane.until(text[:40])
        self.pane.keys("Enter")

    def compact(self, instructions: str = "") -> dict[str, Any]:
        """`/compact`; the `compact_boundary` record that it wrote."""
        before = len(self.boundaries())
        self.send(f"/compact {instructions}".strip())
        self.until(lambda: len(self.boundaries()) > before, "a compact_boundary record")
        self.until_status("idle")
        return self.boundaries()[-1]

    def boundaries(self) -> list[dict[str, Any]]:
        """The compactions that the transcript records."""
        return self.records("system", subtype="compact_boundary")

    def clear(self) -> str:
        """`/clear`; the id of the session that it began."""
        before = self.session_id
        self.send("/clear")
        self.until(lambda: self.registry().get("sessionId", before) != before, "a new session id")
        self.until_status("idle")
        self.pane.until_still(SETTLED)
        return self.session_id

    def interrupt(self) -> None:
        """Escape within a turn, once; waits for the record of it.

        Before the reply's first byte Escape would only put the prompt back into the box.
        """
        before = len(self.interruptions())
        self.until_status("busy")
        self.pane.keys("Escape")
        self.until(lambda: len(self.interruptions()) > before, "the record of the interruption")
        self.until_status("idle")

    def interruptions(self) -> list[dict[str, Any]]:
        """The records that say that a person interrupted or refused."""
        return [r for r in self.records("user") if INTERRUPTED in json.dumps(r["message"])]

    def approve(self) -> None:
        """Answer the open permission dialog with yes."""
        self.until_dialog()
        self.pane.keys("1")
        self.until(lambda: self.status != "waiting", "the end of the dialog")

    def refuse(self) -> None:
        """Answer the open permission dialog with no, which ends the turn."""
        before = len(self.interruptions())
        self.until_dialog()
        self.pane.keys("Escape")
        self.until(lambda: len(self.interruptions()) > before, "the record of the refusal")
        self.until_status("idle")

    def quit(self) -> None:
        """`/exit`, and wait until the program has ended."""
        self.send("/exit")
        self.pane.until_ended()

    # Waiting

    def until(self, look: Callable[[], T | None], what: str, within: float = 10.0) -> T:
        """Wait for a true value; a failure shows the screen and the registry."""
        return until(look, within=within, what=what, detail=self.describe)

    def until_status(self, status: str, within: float = 10.0) -> None:
        """Wait until the registry says that the client is idle, busy or waiting."""
        self.until(lambda: self.status == status, f"status {status!r}", within)

    def until_dialog(self) -> None:
        """Wait until a permission dialog is open and takes keys.

        2.1.330 swallows what is pressed in the first fifth of a second.
        """
        self.until_status("waiting")
        self.pane.until("1. Yes")
        self.pane.until_still(DEAF)

    def describe(self) -> str:
        """The screen and the registry, for a failure's text."""
        return f"{self.client}, registry {self.registry()}\n{self.pane.describe()}"


def _is_half(record: dict[str, Any]) -> bool:
    return record["message"]["model"] == "<synthetic>" and not record.get("isApiErrorMessage")
