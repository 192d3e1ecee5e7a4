"""What is said in a rollout: prompts, answers, thinking, each shown once.

Every message stands there twice: as the item that goes to the model and as an event for the
screen, in either order. Events are trusted where a file has them, because among the items of a
user there is also context that the client puts in.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from ...events import AnyEvent, Noted, Prompted, Said, Thought
from ...items import Flag, Item, Kind
from ..fields import text
from .lines import Line
from .memory import NO_FLAG, Held, Memory, Start, Voices
from .words import IMAGE, is_injected, reasoning_words, request_of, user_words, words

USER, AGENT, THOUGHT = "user", "agent", "thought"
ITEM, EVENT, DONE = "item", "event", "done"
"""The three ways in which a message can be told; `DONE` replaced `EVENT` after 0.146."""

TWINS = 16
"""How many messages wait for their second copy; it comes within a few lines."""


def user_event(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a `user_message` event."""
    yield from _prompt(memory, line, user_words(line.payload), EVENT)


def user_done(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a completed user message."""
    yield from _prompt(memory, line, words(line.payload.get("content")), DONE)


def agent_event(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read an `agent_message` event."""
    yield from _answer(memory, line, text(line.payload.get("message")), EVENT)


def agent_done(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a completed agent message."""
    yield from _answer(memory, line, words(line.payload.get("content")), DONE)


def plan_done(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a plan that the agent proposes; it stands in no message."""
    said = text(line.payload.get("text"))
    if said.strip():
        memory.turns.worked = True
        yield Said(at=line.at, item=memory.item(line, Kind.SAID, said, name="plan"))


def thought_event(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read an event with a piece of thinking."""
    yield from _thought(memory, line, text(line.payload.get("text")), EVENT)


def thought_done(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a completed piece of thinking."""
    yield from _thought(memory, line, reasoning_words(line.payload), DONE)


def thought_item(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a reasoning item."""
    yield from _thought(memory, line, reasoning_words(line.payload), ITEM)


def message_item(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a message item: an answer, a prompt, or context that the client puts in."""
    said, role = words(line.payload.get("content")), line.payload.get("role")
    if role == "assistant":
        yield from release(memory)
        yield from _answer(memory, line, said, ITEM)
    elif role == "user" and USER not in memory.voices.known and not is_injected(said):
        yield from _perhaps_prompt(memory, line, said)


def agents_item(memory: Memory, line: Line) -> Iterator[AnyEvent]:
    """Read a message between agents."""
    said = words(line.payload.get("content"))
    author, recipient = text(line.payload.get("author")), text(line.payload.get("recipient"))
    if said.strip():
        name = " → ".join(filter(None, (author, recipient)))
        yield Noted(at=line.at, item=memory.item(line, Kind.NOTE, said, name=name))


def release(memory: Memory) -> Iterator[AnyEvent]:
    """Give out the prompts that no event told: this file has no such events."""
    held, memory.voices.held = memory.voices.held, []
    for entry in held:
        _remember(memory.voices, USER, ITEM, entry.mark)
        yield _begin(memory, Prompted(at=entry.item.at, item=entry.item, human=_human(memory)))


def forget(memory: Memory) -> None:
    """Let go of messages that waited for their second copy: a turn is over."""
    memory.voices.single.clear()


def _perhaps_prompt(memory: Memory, line: Line, said: str) -> Iterator[AnyEvent]:
    """Hold a prompt back until an event tells it, or the agent goes to work without one."""
    mark = _mark(said)
    if not said.strip() or _is_second(memory.voices, USER, ITEM, mark):
        return
    memory.voices.held.append(Held(_prompt_item(memory, line, said), mark))
    if line.bare:
        yield from release(memory)


def _prompt(memory: Memory, line: Line, said: str, source: str) -> Iterator[AnyEvent]:
    memory.voices.held.clear()
    if said.strip() and _is_new(memory.voices, USER, source, said):
        item = _prompt_item(memory, line, said)
        yield _begin(memory, Prompted(at=line.at, item=item, human=_human(memory)))


def _answer(memory: Memory, line: Line, said: str, source: str) -> Iterator[AnyEvent]:
    if said.strip() and _is_new(memory.voices, AGENT, source, said):
        memory.turns.worked = True
        yield Said(at=line.at, item=memory.item(line, Kind.SAID, said))


def _thought(memory: Memory, line: Line, said: str, source: str) -> Iterator[AnyEvent]:
    if said.strip() and _is_new(memory.voices, THOUGHT, source, said):
        memory.turns.worked = True
        yield Thought(at=line.at, item=memory.item(line, Kind.THOUGHT, said))


def _begin(memory: Memory, prompted: Prompted) -> Prompted:
    """Remember where a turn begins, for the person who goes back to it."""
    turns, turn = memory.turns, memory.turns.current or ""
    turns.worked = True
    if not turn or not turns.starts or turns.starts[-1].turn != turn:
        turns.starts.append(Start(turn, memory.items, memory.totals.fill, turns.branch))
    return prompted


def _prompt_item(memory: Memory, line: Line, said: str) -> Item:
    flags = Flag.HUMAN if _human(memory) else NO_FLAG
    return memory.item(line, Kind.PROMPT, request_of(said), size=len(said), flags=flags)


def _human(memory: Memory) -> bool:
    return not memory.subagent


def _is_new(voices: Voices, role: str, source: str, said: str) -> bool:
    """Say whether a message counts: items only until events are known, and no second copies."""
    if source == ITEM and role in voices.known:
        return False
    if source != ITEM:
        voices.known.add(role)
    mark = _mark(said)
    if _is_second(voices, role, source, mark):
        return False
    _remember(voices, role, source, mark)
    return True


def _is_second(voices: Voices, role: str, source: str, mark: int) -> bool:
    """Find the first copy of a message, told another way, and let it go."""
    for entry in voices.single:
        if entry[0] == role and entry[1] != source and entry[2] == mark:
            voices.single.remove(entry)
            return True
    return False


def _remember(voices: Voices, role: str, source: str, mark: int) -> None:
    voices.single.append((role, source, mark))
    del voices.single[:-TWINS]


def _mark(said: str) -> int:
    """Return a number that stands for the words, however they are broken into parts."""
    plain = "".join(said.replace(IMAGE, "").split())
    return crc32(plain.encode("utf-8", "replace"))
