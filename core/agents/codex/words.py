"""What a message says: its text out of every shape of content, and who put it there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..fields import mapping, sequence, text
from .lines import Payload

IMAGE = "[image]"

_INJECTED = re.compile(
    r"\s*(?:# AGENTS\.md instructions\b|<(?:environment_context|user_instructions|INSTRUCTIONS"
    r"|turn_aborted|subagent_notification|user_shell_command|user_action|collaboration_mode"
    r"|hook_prompt|model_switch|personality_spec|permissions instructions|skill|skills_instructions"
    r"|apps_instructions|plugins_instructions|realtime_conversation|recommended_plugins)\b)"
)
_PREFACE = "Another language model started to solve this problem"
_REQUEST = re.compile(r"^## My request for Codex:\s*\n", re.MULTILINE)


def words(content: Any) -> str:
    """Return what a list of parts says, a mark in place of each picture; a string is its words."""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, map(_part, sequence(content))))


def user_words(payload: Payload) -> str:
    """Return what a `user_message` event says."""
    pictures = [*sequence(payload.get("images")), *sequence(payload.get("local_images"))]
    return "\n".join(filter(None, [text(payload.get("message")), *[IMAGE] * len(pictures)]))


def reasoning_words(payload: Payload) -> str:
    """Return the summary of a piece of thinking, else its open text; "" when all is encrypted."""
    summary = payload.get("summary", payload.get("summary_text"))
    raw = payload.get("content", payload.get("raw_content"))
    return "\n\n".join(_plain(summary)) or "\n\n".join(_plain(raw))


def summary_of(message: str) -> str:
    """Return the summary of a compaction, without the words that introduce it to the model."""
    preface, found, summary = message.partition(":\n")
    return summary if found and preface.startswith(_PREFACE) else message


def is_injected(said: str) -> bool:
    """Say whether the client put these words in, and no person typed them."""
    return _INJECTED.match(said) is not None


def request_of(said: str) -> str:
    """Return what the person asked, without the context that an editor wrote above it."""
    return _REQUEST.split(said)[-1]


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    part = mapping(part)
    return IMAGE if "image" in text(part.get("type")) else text(part.get("text"))


def _plain(parts: Any) -> Iterator[str]:
    return filter(None, map(_part, sequence(parts)))
