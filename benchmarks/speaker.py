"""A stand-in for `claude -p` with stream-json that notes when bytes reach it.

    speaker.py [ARGUMENT...]     notes go to the file $CLEARHEAD_BENCH_LOG

A prompt "grow N" is answered in N pieces, `RATE` a second; any other at once. It writes the
transcript that a screen reads. Run by itself, so that it shares no interpreter with who measures.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from itertools import pairwise
from pathlib import Path
from typing import Any

RATE = 200
"""Pieces of a growing reply in a second."""

CLOCK = time.perf_counter


class Speaker:
    """One session, spoken to over standard input and output."""

    def __init__(self, session: str) -> None:
        self.session = session
        slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in str(Path.cwd()))
        place = Path(os.environ["CLAUDE_CONFIG_DIR"]) / "projects" / slug
        place.mkdir(parents=True, exist_ok=True)
        self.transcript = place / f"{session}.jsonl"
        self.notes = Path(os.environ["CLEARHEAD_BENCH_LOG"])
        self.parent: str | None = None

    def run(self) -> None:
        """Answer every line until there are no more."""
        for line in sys.stdin:
            at = CLOCK()
            message = json.loads(line)
            if message["type"] == "control_request":
                self.say("control_response", response=_success(message))
            elif message["type"] == "user":
                self.note(at, message["message"]["content"])
                self.turn(message)

    def turn(self, message: dict[str, Any]) -> None:
        """Take a prompt and answer it."""
        words = message["message"]["content"]
        self.say("system", subtype="init", model="claude-opus-4-5", permissionMode="default")
        self.say("user", message=message["message"], uuid=message["uuid"], isReplay=True)
        self.write("user", {"role": "user", "content": words})
        self.say("system", subtype="session_state_changed", state="running")
        grows = words.startswith("grow ")
        said = self.grow(int(words.split()[1])) if grows else "Yes."
        reply = {
            "id": f"msg_{uuid.uuid4().hex[:12]}",
            "role": "assistant",
            "model": "claude-opus-4-5",
            "content": [{"type": "text", "text": said}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 3, "cache_read_input_tokens": 20_000, "output_tokens": 9},
        }
        self.write("assistant", reply)
        self.say("assistant", message=reply)
        self.say("result", subtype="success", total_cost_usd=0.01, result=said)
        self.say("system", subtype="session_state_changed", state="idle")

    def grow(self, count: int) -> str:
        """Say so many words one by one, each at its own moment; return them all."""
        start = {"type": "message_start", "message": {"id": "msg_grows"}}
        self.say("stream_event", event=start)
        begun, said = CLOCK(), []
        for number in range(count):
            word = f"piece-{number:05} "
            time.sleep(max(0.0, begun + number / RATE - CLOCK()))
            self.note(CLOCK(), word.strip())
            delta = {"type": "text_delta", "text": word}
            self.say("stream_event", event={"type": "content_block_delta", "delta": delta})
            said.append(word)
        time.sleep(0.5)
        return "".join(said)

    def say(self, kind: str, **fields: Any) -> None:
        """Write one message."""
        message = {"type": kind, "session_id": self.session, **fields}
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()

    def write(self, kind: str, message: dict[str, Any]) -> None:
        """Add one record to the transcript."""
        name = str(uuid.uuid4())
        record = {
            "type": kind,
            "uuid": name,
            "parentUuid": self.parent,
            "sessionId": self.session,
            "cwd": str(Path.cwd()),
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            "message": message,
        }
        self.parent = name
        with self.transcript.open("a") as file:
            file.write(json.dumps(record) + "\n")

    def note(self, at: float, words: str) -> None:
        """Keep when something came or went."""
        with self.notes.open("a") as file:
            file.write(json.dumps([at, words]) + "\n")


def _success(request: dict[str, Any]) -> dict[str, Any]:
    name = request["request_id"]
    return {"subtype": "success", "request_id": name, "response": {"models": []}}


def main(arguments: list[str]) -> None:
    """Speak until standard input ends."""
    given = dict(pairwise(arguments))
    Speaker(given.get("--session-id") or str(uuid.uuid4())).run()


if __name__ == "__main__":
    main(sys.argv[1:])
