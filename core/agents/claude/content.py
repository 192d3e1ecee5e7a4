"""The content of a message: one string in old records, a list of blocks in all others."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ...text import one_line
from ..fields import mapping, sequence, text

Block = dict[str, Any]


@lru_cache(maxsize=256)
def model_of(name: str) -> str:
    """Return the cleaned name of a model."""
    return one_line(name)


SPOKEN = {"text", "image", "document"}
"""The types of blocks that are somebody's words; all others are tools and thinking."""


def blocks_of(content: Any) -> list[Block]:
    """Return the blocks of a message's or a tool result's content; what is none becomes empty."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [mapping(block) for block in sequence(content)]


def message_of(record: Block) -> Block:
    """Return the message a record carries, an empty one if it carries none."""
    return mapping(record.get("message"))


def block_text(block: Block) -> str:
    """Return what a block says, with a line in place of a picture."""
    kind = text(block.get("type"))
    if kind == "text":
        return text(block.get("text"))
    return _attached(kind, mapping(block.get("source"))) if kind in SPOKEN else ""


def text_of(content: Any) -> str:
    """Return everything that content says, block after block."""
    if isinstance(content, str):
        return content
    return "\n".join(filter(None, map(block_text, blocks_of(content))))


def length_of(content: Any) -> int:
    """Return how many characters content says, without putting them together."""
    if isinstance(content, str):
        return len(content)
    return sum(len(block_text(block)) for block in blocks_of(content))


def _attached(kind: str, source: Block) -> str:
    """Say in a line what was attached; base64 holds three bytes in four characters."""
    form = text(source.get("media_type")).rpartition("/")[2]
    size = len(text(source.get("data"))) * 3 // 4
    parts = (kind, form, f"{max(1, round(size / 1000))} kB" if size else "")
    return f"[{', '.join(filter(None, parts))}]"
