"""The names of models: one bare id out of the many spellings, its family and version."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

SYNTHETIC = "<synthetic>"
"""What Claude Code writes as the model of lines that no model made; never counted."""

_MILLION = "[1m]"
_LONGEST = 200
_CLAUDE_WORDS = ("claude", "fable", "haiku", "mythos", "opus", "sonnet")
_GPT = re.compile(r"(?:chat)?gpt|codex|o\d")
_CLOUD_PREFIX = re.compile(r"^(?:[a-z-]+\.)*(?:anthropic|openai|google)\.")
_SUFFIX = re.compile(r"(?:\[[^\]\[]*\]|@[^@\[]*|(?<=\d)-v\d+(?::\d+)?)+$")
_SNAPSHOT_DATE = re.compile(r"-20\d{6}$")
_VERSION = re.compile(r"claude-(?:[a-z]+-)?(\d{1,2})(?:-(\d{1,2}))?(?!\d)")


class Family(StrEnum):
    """Who made a model: decides its tokenizer, its price list and its agent's habits."""

    CLAUDE = "claude"
    GPT = "gpt"
    GEMINI = "gemini"
    OTHER = "other"


@lru_cache(maxsize=512)
def bare(model: str) -> str:
    """Return the model's own id, as price lists and the zone table name it.

    Vendor and region prefixes, `[1m]`, `-v1:0`, `@date`, and Claude's dots and snapshot dates go:
    `us.anthropic.claude-opus-4-6-v1:0`, `anthropic/claude-opus-4.6` and
    `claude-opus-4-6[1m]` are all `claude-opus-4-6`.
    """
    name = model[:_LONGEST].strip().lower().rpartition("/")[2]
    name = _SUFFIX.sub("", _CLOUD_PREFIX.sub("", name))
    if name.startswith("claude"):
        name = _SNAPSHOT_DATE.sub("", name.replace(".", "-"))
    return name


def family(model: str) -> Family:
    """Return whose model this is; aliases such as `opus` count as Claude."""
    name = bare(model)
    if name.startswith(_CLAUDE_WORDS):
        return Family.CLAUDE
    if _GPT.match(name):
        return Family.GPT
    return Family.GEMINI if name.startswith("gemini") else Family.OTHER


def claude_version(model: str) -> tuple[int, int] | None:
    """Return major and minor version of a Claude model; `None` where the id does not tell."""
    found = _VERSION.match(bare(model))
    return (int(found[1]), int(found[2] or 0)) if found else None


def names_million(model: str) -> bool:
    """Say whether the id itself names the 1M window: `claude-opus-4-7[1m]`, `opus[1m]`."""
    return model.strip().lower().endswith(_MILLION)
