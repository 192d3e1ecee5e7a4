"""The demo's own transcript: one JSON object a line, told apart by `type`, each with `at`.

    session      opens a file: id, folder, branch, title, model, window, and what it is
    state        idle, busy or waiting; what it waits for
    prompt       words given to the agent, and who gave them
    thought      thinking that the agent shows
    said         words for the person, in Markdown
    tool_call    a tool and its input
    allowed      someone gave the permission that a tool call waited for
    refused      someone refused it
    tool_result  what the tool gave back; answers the `tool_call` with its id
    usage        the tokens of one call to the model, and what it would have cost
    compacted    the context was summarised in place
    interrupted  a person stopped the turn
    retried      the vendor refused a call, and the agent tries again
    ended        the agent program ended

`at` is epoch seconds. `response` joins what one call to the (played) model gave: thought, said,
tool calls, usage. `subagent` names the sub-agent a record belongs to; it is "" on the main chain.
Fields at their default are left out. A reader skips types and fields that it does not know.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from ...tokens import Tokens

MODEL = "demo-1"
"""No vendor has such a model: no price list knows it, so the agent reports its own figure."""

WINDOW = 200_000
"""Size of the played context window, in tokens."""

ABOUT = "A script plays this session: no model is asked and nothing leaves this machine."
SUFFIX = ".jsonl"


class Status(StrEnum):
    """What the agent does, in its transcript and in its registry entry."""

    IDLE = "idle"
    BUSY = "busy"
    WAITING = "waiting"
    ENDED = "ended"


class Author(StrEnum):
    """Who gave the agent words: the person in the script, or a real one over the socket."""

    SCRIPT = "script"
    PERSON = "person"


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every record has: its time in epoch seconds."""

    at: float


class Session(Entry, frozen=True, kw_only=True, tag="session"):
    """The first record of a file; `previous` is the session that a reset ended."""

    id: str
    cwd: str
    branch: str
    title: str
    model: str
    window: int
    about: str
    previous: str | None = None


class State(Entry, frozen=True, kw_only=True, tag="state"):
    """The agent changed what it does; `waiting_for` is "permission" or nothing."""

    status: Status
    waiting_for: str | None = None


class Prompt(Entry, frozen=True, kw_only=True, tag="prompt"):
    """Words given to the agent."""

    id: str
    text: str
    author: Author


class Thought(Entry, frozen=True, kw_only=True, tag="thought"):
    """Thinking that the agent shows."""

    response: str
    text: str
    subagent: str = ""


class Said(Entry, frozen=True, kw_only=True, tag="said"):
    """Words for the person, in Markdown."""

    response: str
    text: str
    subagent: str = ""


class ToolCall(Entry, frozen=True, kw_only=True, tag="tool_call"):
    """A tool and its input."""

    id: str
    response: str
    name: str
    input: dict[str, str | int]
    subagent: str = ""


class Allowed(Entry, frozen=True, kw_only=True, tag="allowed"):
    """Someone gave the permission that the tool call `id` waited for."""

    id: str
    author: Author


class Refused(Entry, frozen=True, kw_only=True, tag="refused"):
    """Someone refused the permission that the tool call `id` waited for, and may have said why."""

    id: str
    author: Author
    reason: str = ""


class ToolResult(Entry, frozen=True, kw_only=True, tag="tool_result"):
    """What the tool call `id` gave back; `diff` (unified) is what an edit changed on disk.

    `denied` marks a call that was never carried out, because a person refused it.
    """

    id: str
    output: str
    is_error: bool = False
    denied: bool = False
    exit: int | None = None
    diff: str | None = None
    subagent: str = ""


class Usage(Entry, frozen=True, kw_only=True, tag="usage"):
    """The tokens of one call; `usd` at the rates that `context.RATES` states."""

    response: str
    tokens: Tokens
    usd: float
    model: str
    subagent: str = ""


class Compacted(Entry, frozen=True, kw_only=True, tag="compacted"):
    """The context was summarised in place; `before` and `after` in tokens."""

    trigger: str
    before: int
    after: int
    summary: str


class Interrupted(Entry, frozen=True, kw_only=True, tag="interrupted"):
    """A person stopped the turn; it goes on after the next prompt."""


class Retried(Entry, frozen=True, kw_only=True, tag="retried"):
    """The (played) vendor refused a call; attempt `attempt` of at most `limit` follows."""

    attempt: int
    limit: int
    reason: str


class Ended(Entry, frozen=True, kw_only=True, tag="ended"):
    """The last record of a file: the session is over."""

    reason: str


AnyEntry: TypeAlias = (
    Session
    | State
    | Prompt
    | Thought
    | Said
    | ToolCall
    | Allowed
    | Refused
    | ToolResult
    | Usage
    | Compacted
    | Interrupted
    | Retried
    | Ended
)

_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(AnyEntry).decode


def encode(entry: AnyEntry) -> bytes:
    """Return the line for `entry`, with its newline."""
    return _ENCODE(entry) + b"\n"


def decode(line: bytes) -> AnyEntry:
    """Return the entry in `line`.

    Raises:
        msgspec.MsgspecError: it is no JSON, its type is unknown, or a field is missing or wrong.
    """
    entry: AnyEntry = _DECODE(line)
    return entry
