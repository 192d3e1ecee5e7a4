"""What a tool answered: its text, how it ended, whether it was refused.

The answer is a string, a list of parts or an object, by version. Commands come with a preamble
of figures, in one of three formats, that is cut off and read for the exit code.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from ..fields import mapping, text
from .calls import written
from .lines import Payload
from .memory import Outcome
from .words import words

_PREAMBLE = re.compile(
    r"(?:Chunk ID: \w+\n)?(?:Exit code: (?P<code>-?\d{1,10})\n)?Wall time: [\d.]+ seconds?\n"
    r"(?:Process exited with code (?P<ended>-?\d{1,10})\n)?"
    r"(?P<runs>Process running with session ID \w+\n)?"
    r"(?:Original token count: \d+\n)?(?:Total output lines: \d+\n)?Output:\n?"
)
_FAILURES = (
    "apply_patch verification failed",
    "exec_command failed",
    "execution error",
    "failed to parse",
    "failed in sandbox",
    "tool call error",
    "unable to ",
    "unsupported call",
)
_REFUSALS = ("rejected by user", "rejected by the user", "denied by the user")
_ABORTED = re.compile(r"(?:Wall time: [\d.]+ seconds?\n)?(?=aborted by user)")
_NESTED = 2
"""How many preambles can stand before an output; the inner one has the exit code."""

_LOOK = 400
"""Characters at the start of an answer that say how it went."""


class Answer(msgspec.Struct, frozen=True):
    """What a tool answered: the text without its preamble, and how the call ended."""

    said: str
    exit_code: int | None = None
    failed: bool = False
    denied: bool = False
    aborted: bool = False
    runs: bool = False
    """The command still runs in the background."""

    @property
    def meta(self) -> str:
        """How it went, as a row shows it; "" when there is nothing to say."""
        if self.denied:
            return "denied"
        if self.aborted:
            return "interrupted"
        if self.exit_code:
            return f"exit {self.exit_code}"
        if self.failed:
            return "failed"
        return "in background" if self.runs else "ok" if self.exit_code == 0 else ""


def answer_of(payload: Payload, known: Outcome | None = None) -> Answer:
    """Return what an output item says, together with what an event told of its end before."""
    said, told = _text_of(payload.get("output", payload.get("tools")))
    known, told = known or Outcome(), told or Outcome()
    exit_code = known.exit_code if told.exit_code is None else told.exit_code
    runs = False
    for _ in range(_NESTED):
        found = _PREAMBLE.match(said)
        if found is None:
            break
        said, runs = said[found.end() :], bool(found["runs"])
        code = found["code"] or found["ended"]
        if code or runs:
            exit_code = int(code) if code else exit_code
            break
    broken_off = _ABORTED.match(said)
    said = said[broken_off.end() :] if broken_off else said
    aborted, start = broken_off is not None, said[:_LOOK]
    failed = (
        known.failed or told.failed or start.startswith(_FAILURES) or aborted or bool(exit_code)
    )
    denied = known.denied or (failed and any(refusal in start for refusal in _REFUSALS))
    return Answer(said, exit_code, failed and not denied, denied, aborted and not denied, runs)


def outcome_of(payload: Payload) -> Outcome:
    """Return what a completed item, or an `…_end` event, says of its call's end."""
    status = text(payload.get("status"))
    code = _whole(payload.get("exit_code"))
    result = mapping(payload.get("result"))
    failed = (
        status == "failed"
        or bool(code)
        or payload.get("success") is False
        or bool(payload.get("error"))
        or "Err" in result
        or True in (result.get("isError"), mapping(result.get("Ok")).get("isError"))
    )
    return Outcome(code, failed, status == "declined")


def _whole(value: Any) -> int | None:
    """Return an exit code; a signal makes it negative."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text_of(output: Any) -> tuple[str, Outcome | None]:
    """Return the text of an output of any make, and what it says of the end."""
    if isinstance(output, str):
        return _from_json(output) if output.startswith("{") else (output, None)
    if isinstance(output, list):
        return words(output) or written(output), None
    if not isinstance(output, dict):
        return written(output), None
    inner = output.get("output", output.get("content", output.get("body", output.get("text"))))
    code = _whole(mapping(output.get("metadata")).get("exit_code"))
    said = words(inner) if isinstance(inner, str | list) else written(output)
    return said, Outcome(code, bool(code) or output.get("success") is False)


def _from_json(output: str) -> tuple[str, Outcome | None]:
    """Take apart the older form, in which text and figures stand in JSON inside a string."""
    if '"output"' not in output or '"metadata"' not in output:
        return output, None
    try:
        value = msgspec.json.decode(output)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return output, None
    return _text_of(value) if isinstance(value, dict) else (output, None)
