"""What a driver and its clients say to each other: one JSON object a line, over a socket. Pure."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from .action import Action, Result, Verb
from .channel import Reach
from .live import Live, Reply

LONGEST = 16 * 1024 * 1024
"""Bytes of the longest line that is taken."""


class Hello(msgspec.Struct, frozen=True, tag="hello", tag_field="type"):
    """The driver's first words: what it drives, what it can do, how things are."""

    agent: str
    name: str
    reach: Reach
    capabilities: dict[Verb, str | None]
    live: Live


class Told(msgspec.Struct, frozen=True, tag="live", tag_field="type"):
    """What the channel tells now, in place of what it told before."""

    live: Live


class Grown(msgspec.Struct, frozen=True, tag="grown", tag_field="type"):
    """The growing reply has grown by these words, and nothing else has changed."""

    text: str


class Wish(msgspec.Struct, frozen=True, tag="act", tag_field="type"):
    """A client asks for an action."""

    action: Action


class Answer(msgspec.Struct, frozen=True, tag="result", tag_field="type"):
    """What came of the action that this client asked for."""

    result: Result


FromDriver: TypeAlias = Hello | Told | Grown | Answer
FromClient: TypeAlias = Wish

encode = msgspec.json.Encoder().encode
"""Return the bytes of a message, without its line end."""

_from_driver: msgspec.json.Decoder[FromDriver] = msgspec.json.Decoder(FromDriver)
_from_client: msgspec.json.Decoder[FromClient] = msgspec.json.Decoder(FromClient)


def from_driver(line: bytes) -> FromDriver:
    """Return a driver's message.

    Raises:
        ValueError: it is none, or one of another version.
    """
    return _from_driver.decode(line)


def from_client(line: bytes) -> FromClient:
    """Return a client's message.

    Raises:
        ValueError: it is none, or one of another version.
    """
    return _from_client.decode(line)


def change(before: Live, after: Live) -> Told | Grown | None:
    """Return what tells a client that knows `before` that it is `after` now, as short as can be."""
    if before == after:
        return None
    old, new = before.reply, after.reply
    if old is None or new is None or old.message_id != new.message_id:
        return Told(after)
    if not new.text.startswith(old.text) or with_reply(before, new) != after:
        return Told(after)
    return Grown(new.text[len(old.text) :])


def with_reply(live: Live, reply: Reply | None) -> Live:
    """Return `live` with another reply."""
    return msgspec.structs.replace(live, reply=reply)


def grown(live: Live, text: str) -> Live:
    """Return `live` with `text` added to its growing reply."""
    old = live.reply or Reply("")
    return with_reply(live, Reply(old.text + text, old.message_id))
