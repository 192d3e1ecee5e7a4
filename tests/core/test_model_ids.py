"""One bare id out of the many spellings of a model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.model_ids import Family, bare, claude_version, family, names_million


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("claude-opus-4-7[1m]", "claude-opus-4-7"),
        ("anthropic/claude-opus-4.6", "claude-opus-4-6"),
        ("openrouter/anthropic/claude-opus-4.7", "claude-opus-4-7"),
        ("us.anthropic.claude-opus-4-6-v1:0", "claude-opus-4-6"),
        ("global.anthropic.claude-opus-4-6-v1", "claude-opus-4-6"),
        ("global.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", "claude-sonnet-4-5"),
        ("claude-opus-4-5@20251101", "claude-opus-4-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-v1", "claude-v1"),
        ("openai/gpt-5.5", "gpt-5.5"),
        ("gpt-5.2-2025-12-11", "gpt-5.2-2025-12-11"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        (" Claude-Opus-5-5 ", "claude-opus-5-5"),
        ("<synthetic>", "<synthetic>"),
    ],
)
def test_every_spelling_gives_the_bare_id(spelling: str, name: str) -> None:
    assert bare(spelling) == name


@pytest.mark.parametrize(
    ("model", "maker"),
    [
        ("claude-opus-4-7", Family.CLAUDE),
        ("opus[1m]", Family.CLAUDE),
        ("sonnet", Family.CLAUDE),
        ("gpt-5.3-codex", Family.GPT),
        ("codex-mini-latest", Family.GPT),
        ("o3", Family.GPT),
        ("gemini-3-pro-preview", Family.GEMINI),
        ("ollama/qwen3-coder", Family.OTHER),
        ("", Family.OTHER),
    ],
)
def test_the_family_comes_from_the_id(model: str, maker: Family) -> None:
    assert family(model) is maker


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("claude-opus-4-7", (4, 7)),
        ("claude-opus-4-20250514", (4, 0)),
        ("claude-3-5-sonnet-20241022", (3, 5)),
        ("claude-fable-5", (5, 0)),
        ("opus", None),
        ("gpt-5.5", None),
    ],
)
def test_a_claude_version_is_read_or_unknown(model: str, version: tuple[int, int] | None) -> None:
    assert claude_version(model) == version


def test_only_the_suffix_names_the_million() -> None:
    assert names_million("claude-opus-4-7[1m]")
    assert names_million("opus[1M]")
    assert not names_million("claude-opus-4-7")
    assert not names_million("gpt-1m")


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    bare(text)
    family(text)
    claude_version(text)
