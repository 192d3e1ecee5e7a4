"""Who spoke in a `user` record: a person, a program, a local command, or nobody worth showing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from ..fields import mapping, text
from .content import SPOKEN, Block, block_text, blocks_of

INTERRUPT = "[Request interrupted by user"
FEEDBACK = "Stop hook feedback:"
CAVEAT = "Caveat: The messages below"
SKILL = "Base directory for this skill:"

_WRAPPER = re.compile(r"\s*<([a-z][a-z_-]*)>")
_HIDDEN = {
    "command-args",
    "command-contents",
    "ide_diagnostics",
    "ide_opened_file",
    "ide_selection",
    "local-command-caveat",
    "system-reminder",
    "tool_use_error",
    "user-memory-input",
    "user-prompt-submit-hook",
}
_OUTPUT = {"bash-stderr", "bash-stdout", "local-command-stderr", "local-command-stdout"}
_COMMAND = re.compile(r"<command-name>(.*?)</command-name>", re.DOTALL)
_ARGUMENTS = re.compile(r"<command-args>(.*?)</command-args>", re.DOTALL)
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
_PASTED = re.compile(
    r"\s*<pasted_content id=\"([^\"]*)\">\n(.*?)\n</pasted_content id=\"\1\">\s*", re.DOTALL
)
"""What was pasted, as 2.1.330 marks it for the model."""
_INSIDE = re.compile(r"\s*<([a-z_-]+)>(.*?)(?:</\1>|\Z)", re.DOTALL)


class Voice(StrEnum):
    """Whose words they are."""

    PERSON = "person"
    PROGRAM = "program"
    """Words that start the agent working, but that no person typed."""
    NOTE = "note"
    INTERRUPT = "interrupt"
    SUMMARY = "summary"


class Words(msgspec.Struct, frozen=True):
    """What one voice says in a record, and the number of the block in which it begins.

    `name` says what a note is about; `size` counts the characters of the whole.
    """

    voice: Voice
    text: str
    part: int = 0
    name: str = ""
    size: int = 0


def words_of(record: Block, blocks: list[Block]) -> list[Words]:
    """Return everything that the blocks of a `user` record say beside tool results, in order."""
    if record.get("isCompactSummary") is True:
        whole = "\n".join(filter(None, map(block_text, blocks)))
        return [Words(Voice.SUMMARY, whole, size=len(whole))]
    found = [
        words
        for part, block in enumerate(blocks)
        if text(block.get("type")) in SPOKEN and (words := _judge(record, block_text(block), part))
    ]
    return list(_joined(found))


def command_of(wrapped: str) -> str:
    """Return a slash command as it was typed from the tags it is wrapped in."""
    name, arguments = _COMMAND.search(wrapped), _ARGUMENTS.search(wrapped)
    parts = (found[1].strip() for found in (name, arguments) if found)
    typed = " ".join(filter(None, parts))
    return typed if typed.startswith("/") or not typed else f"/{typed}"


def inside(wrapped: str) -> str:
    """Return what stands between the first tag of `wrapped` and its end, trimmed."""
    found = _INSIDE.match(wrapped)
    return (found[2] if found else wrapped).strip()


def is_human(record: Block) -> bool:
    """Say whether a person is named as the origin, or nobody is."""
    origin = mapping(record.get("origin")).get("kind")
    return text(origin) in {"", "human"} and record.get("promptSource") != "system"


def notice_of(wrapped: str) -> str:
    """Return the one sentence of a task notification."""
    found = _SUMMARY.search(wrapped)
    return found[1].strip() if found else inside(wrapped)


def _judge(record: Block, said: str, part: int) -> Words | None:
    if not said.strip():
        return None
    if said.startswith(INTERRUPT):
        return Words(Voice.INTERRUPT, said, part, size=len(said))
    tag = _WRAPPER.match(said)
    known = _wrapped(tag[1], said, part) if tag else None
    if known is not None:
        return known if known.text else None
    if said.startswith(CAVEAT):
        return None
    if said.startswith(FEEDBACK):
        return Words(Voice.PROGRAM, said.removeprefix(FEEDBACK).strip(), part, "hook", len(said))
    if record.get("isMeta") is True:
        name = "skill" if said.startswith(SKILL) else "context"
        return Words(Voice.NOTE, said.removeprefix(SKILL).strip(), part, name, len(said))
    voice = Voice.PERSON if is_human(record) else Voice.PROGRAM
    return Words(voice, as_pasted(said), part, size=len(said))


def as_pasted(said: str) -> str:
    """Return words without the marks around what was pasted."""
    return _PASTED.sub(r"\n\2\n", said).strip("\n") if "<pasted_content" in said else said


def _wrapped(tag: str, said: str, part: int) -> Words | None:
    """Return the words inside a tag the client writes, without text when they are to be hidden."""
    size = len(said)
    if tag == "command-message":
        return Words(Voice.PERSON, command_of(said), part, size=size)
    if tag == "command-name":
        return Words(Voice.NOTE, command_of(said), part, "command", size)
    if tag == "task-notification":
        return Words(Voice.PROGRAM, notice_of(said), part, "notification", size)
    if tag == "bash-input":
        return Words(Voice.NOTE, f"! {inside(said)}", part, "command", size)
    if tag in _OUTPUT:
        return Words(Voice.NOTE, inside(said), part, "output", size)
    return Words(Voice.NOTE, "", part) if tag in _HIDDEN else None


def _joined(found: list[Words]) -> Iterator[Words]:
    """Yield a person's words as one, however many blocks they are spread over."""
    spoken = [words for words in found if words.voice is Voice.PERSON]
    for words in found:
        if words.voice is not Voice.PERSON:
            yield words
        elif words is spoken[0]:
            whole = "\n".join(part.text for part in spoken)
            yield Words(Voice.PERSON, whole, words.part, size=sum(part.size for part in spoken))


def queued_words(record: Block) -> list[Words]:
    """Return the words of a `queued_command` attachment: typed or reported during a turn."""
    attachment = mapping(record.get("attachment"))
    if attachment.get("type") != "queued_command":
        return []
    whole = "\n".join(filter(None, map(block_text, blocks_of(attachment.get("prompt")))))
    if not whole.strip() or _WRAPPER.match(whole):
        words = _judge(record, whole, 0)
        return [] if words is None else [words]
    typed = text(attachment.get("commandMode")) in {"", "prompt"}
    human = typed and is_human(record) and is_human(attachment)
    voice = Voice.PERSON if human else Voice.PROGRAM
    return [Words(voice, as_pasted(whole), size=len(whole))]
