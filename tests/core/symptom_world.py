"""Conversations on disk, read by the real readers, for the detectors and for captures."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.symptoms.finder import found, found_now
from clearhead.core.thread import Thread
from clearhead.core.transcript import Transcript

from ..agents.claude_lines import Chat, call, said

if TYPE_CHECKING:
    from pathlib import Path

    from clearhead.core.agents.base import Agent, Body
    from clearhead.core.symptoms.symptom import Symptom

TESTS = "npm test"
FAILS = "FAIL src/list.test.ts\nTypeError: x is not a function\n1 failed"


class Talk:
    """A conversation with Claude Code, in few words."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s1.jsonl"
        self.chat = Chat()
        self.loads: list[int] = []
        self._numbers = count(1)

    def ask(self, text: str, **more: Any) -> Talk:
        self.chat.ask(text, **more)
        return self

    def say(self, text: str) -> Talk:
        self.chat.answer(said(text))
        return self

    def use(self, name: str, output: str, *, failed: bool = False, **given: Any) -> Talk:
        """Let the agent call a tool, and the tool answer."""
        more = given.pop("more", {})
        ident = f"t{next(self._numbers)}"
        self.chat.answer(call(name, ident, **given))
        self.chat.returned(ident, output, is_error=failed, **more)
        return self

    def bash(self, command: str, output: str = "", *, failed: bool = False) -> Talk:
        return self.use("Bash", output, failed=failed, command=command)

    def tests_fail(self, output: str = FAILS) -> Talk:
        return self.bash(TESTS, f"Exit code 1\n{output}", failed=True)

    def edit(
        self,
        path: str,
        old: str,
        new: str,
        *,
        failed: bool = False,
        counted: tuple[int, int] | None = None,
    ) -> Talk:
        """Let the agent edit a file; its result tells a patch with the lines that are `counted`."""
        given = {"file_path": f"/w/app/{path}", "old_string": old, "new_string": new}
        more = {}
        if counted is not None:
            before, after = old.split("\n"), new.split("\n")
            out = [f"-{line}" for line in before if line not in after]
            into = [f"+{line}" for line in after if line not in before]
            assert counted == (len(into), len(out))
            hunk = {"oldStart": 1, "newStart": 1, "lines": [*out, *into]}
            more = {"toolUseResult": {"structuredPatch": [hunk]}}
        return self.use("Edit", "done", failed=failed, more=more, **given)

    def steps(self, number: int) -> Talk:
        """Let the agent do other things."""
        for _ in range(number):
            step = next(self._numbers)
            self.bash(f"cat part{step}", f"part {step}")
        return self

    @property
    def transcript(self) -> Transcript:
        self.path.write_bytes(self.chat.data)
        return followed(ClaudeCode((self.path.parent,)), self.path)

    @property
    def thread(self) -> Thread:
        transcript = self.transcript
        return Thread(transcript.view, transcript.body)

    @property
    def found(self) -> list[tuple[str, int]]:
        """What the whole session shows: detectors and counts."""
        return [(symptom.detector, symptom.count) for symptom in self.symptoms()]

    def symptoms(self) -> tuple[Symptom, ...]:
        transcript = self.transcript
        return found(transcript.view, transcript.body)

    def now(self) -> tuple[Symptom, ...]:
        """What the last calls show; remembers which bodies were loaded for it."""
        transcript = self.transcript

        def load(item: int) -> Body:
            self.loads.append(item)
            return transcript.body(item)

        return found_now(transcript.view, load)

    def item(self, words: str) -> int:
        """The first item whose head holds these words."""
        thread = self.thread
        return next(n for n in range(thread.stop) if words in thread.items.head(n))


def followed(agent: Agent, path: Path) -> Transcript:
    transcript = Transcript(agent, path)
    transcript.catch_up()
    return transcript


def rollout(folder: Path, *lines: dict[str, Any]) -> Transcript:
    """A rollout of Codex on disk."""
    path = folder / "rollout.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return followed(Codex([folder]), path)
