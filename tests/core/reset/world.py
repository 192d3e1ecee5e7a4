"""A world for resets without a real client: a real repository, and an agent that is all on disk.

What the agent took, said and did stands in one file, so it outlives the process that asked for it,
as a real client does.
"""

from __future__ import annotations

import json
import subprocess
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clearhead.core.acting.action import (
    Action,
    Evidence,
    Outcome,
    Result,
    Verb,
    confirmed,
    refused,
    unknown,
)
from clearhead.core.acting.live import Live
from clearhead.core.agents.base import State
from clearhead.core.items import Item, Kind, Span
from clearhead.core.reset.notes_hands import NotesHands
from clearhead.core.reset.place import brief_of
from clearhead.core.reset.preparing import message_of
from clearhead.core.reset.runner import NeedsPerson, Runner
from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import Begun, Step, Transaction
from clearhead.core.snapshot import Activity, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEP = "Wire the date range filter"
NOTES = f"""# Progress

## Current status
Half way through the filters.

## Completed
- [x] List query

## Failed approaches
- URL query params — endless re-render

## Next step
{STEP}
"""
BRIEF_BEGINS = "You continue a task in"
SPAN = Span(0, 0, 0)


def git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def make_repo(root: Path, *, notes: str | None = NOTES) -> Path:
    """Make a repository with a map, notes and a changed file."""
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.email", "a@b.c")
    git(root, "config", "user.name", "A")
    (root / "AGENTS.md").write_text("# Map\n")
    (root / "work.py").write_text("old\n")
    if notes is not None:
        (root / "claude-progress.md").write_text(notes)
    git(root, "add", ".")
    git(root, "commit", "-qm", "Begin")
    (root / "work.py").write_text("new\n")
    (root / "stray.txt").write_text("nobody ticks this\n")
    return root


class Agent:
    """An agent whose whole life stands in `path`: one line for each thing that happened."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path, self.root = path, root
        self.answers: Callable[[str], list[tuple[Kind, str]]] = self._answer
        self.outcome = Outcome.CONFIRMED
        self.takes = True

    # What a channel needs

    @property
    def live(self) -> Live:
        state = State.ENDED if self.gone else State.IDLE
        return Live(session_id=self.session_id, state=state)

    @property
    def capabilities(self) -> dict[Verb, str | None]:
        return dict.fromkeys(Verb)

    async def act(self, wanted: Action) -> Result:
        if self.outcome is Outcome.REFUSED:
            return refused(wanted, "It is busy.")
        if wanted.verb is Verb.CLEAR:
            old, new = self.session_id, uuid.uuid4().hex
            self.note("cleared", new)
            return confirmed(wanted, Evidence("test", new, 1.0), session_id=old, new=new)
        if self.takes:
            self.note("item", wanted.text, Kind.PROMPT)
            for kind, text in self.answers(wanted.text):
                self.note("item", text, kind)
        if self.outcome is Outcome.UNKNOWN:
            return unknown(wanted, "Nobody knows.", session_id=self.session_id)
        return confirmed(wanted, Evidence("test", "taken", 1.0), session_id=self.session_id)

    # Its life

    def note(self, what: str, text: str = "", kind: Kind | None = None) -> None:
        line = {"what": what, "session": self.session_id, "text": text, "kind": kind}
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    @property
    def lines(self) -> list[dict[str, Any]]:
        if not self.path.exists():
            return []
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    @property
    def session_id(self) -> str:
        cleared = [line["text"] for line in self.lines if line["what"] == "cleared"]
        return cleared[-1] if cleared else "old"

    @property
    def gone(self) -> bool:
        return any(line["what"] == "died" for line in self.lines)

    def prompts(self, begins: str) -> list[str]:
        """The prompts that begin so, of all sessions."""
        said = [line["text"] for line in self.lines if line["kind"] == Kind.PROMPT]
        return [text for text in said if text.startswith(begins)]

    def _answer(self, prompt: str) -> list[tuple[Kind, str]]:
        if prompt.startswith("Bring"):
            notes = self.root / "claude-progress.md"
            notes.write_text(notes.read_text().replace("- [x] List query", "- [x] List query (1)"))
            return [(Kind.SAID, "The notes are up to date.")]
        calls = ("Read AGENTS.md", "Read claude-progress.md", "Bash git log --oneline -10")
        return [*((Kind.TOOL_CALL, call) for call in calls), (Kind.SAID, f"Next: {STEP}.")]


class Reading:
    """The transcript of one session of an agent."""

    def __init__(self, agent: Agent, session_id: str) -> None:
        self._agent, self._id = agent, session_id

    def refresh(self) -> None:
        """Everything is read anew each time."""

    @property
    def _items(self) -> list[dict[str, Any]]:
        lines = self._agent.lines
        return [ln for ln in lines if ln["what"] == "item" and ln["session"] == self._id]

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(activity=Activity.IDLE)

    @property
    def count(self) -> int:
        return len(self._items)

    def took(self, prompt: str, start: int = 0) -> int | None:
        return next((n for n, text in self.prompts(start) if text == prompt), None)

    def prompts(self, start: int = 0) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(self._items):
            if number >= start and line["kind"] == Kind.PROMPT:
                yield number, line["text"]

    def since(self, start: int) -> Iterator[tuple[int, Item]]:
        for number, line in enumerate(self._items):
            if number >= start:
                yield number, Item(Kind(line["kind"]), SPAN, head=line["text"])

    def text(self, item: int) -> str:
        return str(self._items[item]["text"])

    def failed(self, call: int) -> bool:
        return False


class World:
    """The hands of a runner, and the runner itself, over folders that outlive the process."""

    def __init__(self, folder: Path, **begun: Any) -> None:
        self.folder, self.root = folder, folder / "project"
        self.state = folder / "state"
        self.agent = Agent(folder / "agent.jsonl", self.root)
        known = {
            "at": 1.0,
            "id": "t",
            "agent": "claude",
            "session_id": "old",
            "cwd": str(self.root),
            "root": str(self.root),
            "notes": str(self.root / "claude-progress.md"),
        }
        self.begun = Begun(**(known | begun))
        self.store = Store(self.state)
        self._notes = NotesHands(self.begun, self.state)

    # The hands

    async def channel(self) -> Agent | None:
        return None if self.agent.gone else self.agent

    async def fresh(self, transaction: Transaction, *, start: bool) -> Agent | None:
        if self.agent.gone and start:
            self.agent.note("cleared", uuid.uuid4().hex)
            self.agent = Reborn(self.agent.path, self.root)
        return await self.channel()

    def reading(self, agent: str, session_id: str) -> Reading:
        return Reading(self.agent, session_id)

    def notes(self) -> tuple[Path, str] | None:
        return self._notes.read()

    def make_notes(self) -> None:
        self._notes.make()

    def draft_notes(self, why: str) -> str:
        return self._notes.draft(why, None)

    # The runner

    def runner(self) -> Runner:
        notes = self._notes.read()
        path, text = notes or (None, None)
        brief = brief_of(self.root, self.root, path, text)
        return Runner(self.store, "t", self, brief)

    def begin(self) -> Runner:
        self.store.write("t", self.begun)
        return self.runner()

    async def to_the_end(self, runner: Runner, paths: list[str] | None = None) -> Transaction:
        """Go on with what is ticked by itself, until nothing is left or a step failed."""
        ticked = ["work.py", "claude-progress.md"] if paths is None else paths
        while True:
            try:
                found = await runner.go()
            except NeedsPerson as needs:
                if needs.step is Step.COMMIT:
                    message = message_of(self.begun, "project")
                    runner.choose(Step.COMMIT, paths=ticked, message=message)
                else:
                    runner.choose(Step.OPEN, brief=f"{BRIEF_BEGINS} project. Next: {STEP}.\n")
                continue
            return found


class Reborn(Agent):
    """A client that was started after another one died."""

    gone = False
