"""Which messages of the stream prove that something was done. Pure."""

from __future__ import annotations

from typing import Any

from ..fields import count, mapping, text

Message = dict[str, Any]


def is_result(message: Message) -> bool:
    """Say whether a turn has ended with a message."""
    return text(message.get("type")) == "result"


def begins(message: Message, name: str, words: str) -> bool:
    """Say whether the client tells that it begins with our prompt.

    It replays the prompt, and opens each turn with `init`; 2.1.197 replays only with the reply.
    """
    if (text(message.get("type")), text(message.get("subtype"))) == ("system", "init"):
        return True
    if message.get("isReplay") is not True:
        return False
    content = mapping(message.get("message")).get("content")
    return text(message.get("uuid")) == name or text(content).strip() == words.strip()


def is_other_session(message: Message, old: str | None) -> bool:
    """Say whether a message is of another session; the one of `conversation_reset` is none."""
    kind = (text(message.get("type")), text(message.get("subtype")))
    named = text(message.get("session_id"))
    return (kind == ("system", "init") or kind[0] == "result") and named not in ("", old)


def boundary_words(message: Message) -> str:
    """Return what a compaction says of itself, for a person."""
    told = mapping(message.get("compact_metadata"))
    before, after = count(told.get("pre_tokens")), count(told.get("post_tokens"))
    figures = f", {before} → {after} tokens of messages" if before and after is not None else ""
    return f"compact_boundary{figures}"
