"""An interactive Codex in a tmux window, against the scripted Responses API."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .clients import Client
from .jsonl import read_records
from .lab import Lab
from .openai_api import MODEL, OpenAiApi
from .tmux import WIDE, Pane, Size, Tmux
from .waiting import T, until

READY = f"{MODEL} default"
"""What the line under the input box says once the client has its thread."""
WINDOW = 200_000
"""The context window configured, if not told otherwise; Codex counts with 95 % of it."""
START = 30.0
"""Seconds until it must be ready; the background server copies 400 MB on its first start."""
PASTING = 0.3
"""Seconds after typed text in which Enter may count as a part of a paste."""
APPROVAL = "Would you like to run"

CONFIG = """\
model = "{model}"
model_provider = "lab"
model_context_window = {window}
approval_policy = "on-request"
sandbox_mode = "workspace-write"
check_for_update_on_startup = false

[features]
default_mode_request_user_input = {questions}

[model_providers.lab]
name = "lab"
base_url = "{url}/v1"
wire_api = "responses"

[projects."{folder}"]
trust_level = "trusted"
"""


def preset(
    lab: Lab,
    api: OpenAiApi,
    folder: Path | None = None,
    *,
    window: int = WINDOW,
    questions: bool = False,
) -> None:
    """Write the configuration: it knows the scripted API only, and asks nothing at the start.

    With `questions` the model may ask the person something outside the plan mode too.
    """
    text = CONFIG.format(
        model=MODEL,
        window=window,
        url=api.url,
        folder=folder or lab.repo,
        questions=str(questions).lower(),
    )
    (lab.codex_home / "config.toml").write_text(text)


class CodexSession:
    """One running client: what a person would do to it, and what its files say.

    With `daemon` the client starts its background server, as it does by default, and is
    only a window of it; without, it does everything itself. Each deed waits for its
    evidence in the client's own files before it returns.
    """

    def __init__(
        self,
        client: Client,
        lab: Lab,
        tmux: Tmux,
        api: OpenAiApi,
        *,
        daemon: bool = False,
        arguments: tuple[str, ...] = (),
        folder: Path | None = None,
        size: Size = WIDE,
    ) -> None:
        self.client = client
        self.lab = lab
        self.api = api
        command = [str(client.program), *([] if daemon else ["--no-daemon"]), *arguments]
        self.pane: Pane = tmux.window(command, env=lab.environment(), cwd=folder, size=size)
        self.pane.until(READY, within=START)

    # What its files say

    @property
    def thread_id(self) -> str:
        """The id of the thread now; `/clear` changes it. It is known before the first prompt."""
        locks = (self.lab.codex_home / "thread-writer-locks").glob("*.lock")
        return max((lock.stem for lock in locks), default="")

    @property
    def socket(self) -> Path:
        """Where the background server listens."""
        return self.lab.codex_home / "app-server-control/app-server-control.sock"

    def rollouts(self) -> list[Path]:
        """The transcripts of the lab, oldest first; each is made by its first prompt."""
        return sorted((self.lab.codex_home / "sessions").glob("*/*/*/rollout-*.jsonl"))

    @property
    def rollout(self) -> Path:
        """The newest transcript."""
        return self.rollouts()[-1]

    def records(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The records of all transcripts of the lab, of this type."""
        wanted = {"type": kind} if kind else {}
        return [record for path in self.rollouts() for record in read_records(path, **wanted)]

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """The payloads of all events of these types."""
        payloads = [record["payload"] for record in self.records("event_msg")]
        return [payload for payload in payloads if payload["type"] in kinds]

    def prompts(self) -> list[str]:
        """The prompts in the transcripts, as text."""
        items = [event["item"] for event in self.events("item_completed")]
        said = [item["content"] for item in items if item["type"] == "UserMessage"]
        return [part["text"] for content in said for part in content if part["type"] == "text"]

    # What a person does

    def prompt(self, text: str) -> None:
        """Type a prompt and send it; returns when the model has been asked."""
        before = len(self.api.turns())
        self.send(text)
        self.until(lambda: len(self.api.turns()) > before, "a model call")

    def run(self, text: str, within: float = 15.0) -> None:
        """Send a prompt and wait until its turn has ended."""
        self._and_turn_ends(lambda: self.prompt(text), within)

    def send(self, text: str) -> None:
        """Type text into the empty input box, look whether it stands there, press Enter."""
        self.pane.type(text)
        self.pane.until(text[:40])
        self.pane.until_still(PASTING)
        self.pane.keys("Enter")

    def compact(self) -> dict[str, Any]:
        """`/compact`; the `compacted` record that it wrote."""
        before = len(self.records("compacted"))
        self._and_turn_ends(lambda: self.send("/compact"))
        self.until(lambda: len(self.records("compacted")) > before, "a compacted record")
        return self.records("compacted")[-1]

    def clear(self) -> str:
        """`/clear`; the id of the thread that it began, whose transcript is yet to come."""
        before = self.thread_id
        self.send("/clear")
        self.until(lambda: self.thread_id != before, "a new thread")
        self.pane.until(READY)
        return self.thread_id

    def go_back(self) -> Path:
        """Escape twice, then one prompt further back: the transcript that the next prompt begins.

        The prompt that was gone back to stands in the box again; it is taken out.
        """
        before = len(self.rollouts())
        self.pane.until_still(PASTING)
        self.pane.keys("Escape")
        self.pane.until("esc again")
        self.pane.keys("Escape")
        self.pane.until("rewind")
        self.pane.keys("Left")
        self.pane.until_still(PASTING)
        self.pane.keys("Enter")
        self.pane.until("reverted")
        self.pane.keys("C-u")
        self.until(lambda: len(self.rollouts()) > before, "a new transcript")
        return self.rollout

    def fork(self) -> None:
        """`/fork`, in the same folder."""
        before = self.thread_id
        self.send("/fork")
        self.pane.until("Where should")
        self.pane.keys("Enter")
        self.until(lambda: self.thread_id != before, "a new thread")
        self.pane.until("Fork created")
        self.pane.until_still(PASTING)

    def interrupt(self) -> None:
        """Escape within a turn, once."""
        self._and_turn_ends(lambda: self.pane.keys("Escape"))

    def approve(self) -> None:
        """Answer the open approval dialog with yes."""
        self.pane.until(APPROVAL)
        self.pane.keys("y")
        self.pane.until_gone(APPROVAL)

    def refuse(self) -> None:
        """Answer the open approval dialog with no, which ends the turn."""
        self.pane.until(APPROVAL)
        self._and_turn_ends(lambda: self.pane.keys("Escape"))

    def quit(self) -> None:
        """`/quit`, and wait until the program has ended; a background server lives on."""
        self.send("/quit")
        self.pane.until_ended()

    # Waiting

    def ended_turns(self) -> int:
        """Turns that were completed or interrupted."""
        return len(self.events("task_complete", "turn_aborted"))

    def until(self, look: Callable[[], T | None], what: str, within: float = 10.0) -> T:
        """Wait for a true value; a failure shows the screen."""
        return until(look, within=within, what=what, detail=self.describe)

    def _and_turn_ends(self, deed: Callable[[], None], within: float = 15.0) -> None:
        before = self.ended_turns()
        deed()
        self.until(lambda: self.ended_turns() > before, "the end of the turn", within)

    def describe(self) -> str:
        """The screen and the transcripts' names, for a failure's text."""
        names = [path.name for path in self.rollouts()]
        return f"{self.client}, {names}\n{self.pane.describe()}"
