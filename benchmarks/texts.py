"""Seeded text to fill transcripts with: prose, code, program output, base64.

Everything is built once and then cut out of long strings, which is what makes the generator fast.
"""

from __future__ import annotations

import string
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from random import Random

# fmt: off
NOUNS = [
    "parser", "index", "cursor", "session", "gauge", "window", "reader", "buffer", "token",
    "filter", "query", "route", "panel", "schema", "cache", "ledger", "worker", "branch",
    "commit", "fixture", "snapshot", "column", "request", "handler", "record"
]
VERBS = [
    "reads", "writes", "drops", "merges", "keeps", "opens", "folds", "counts", "skips", "sorts",
    "checks", "loads", "sends", "draws", "returns", "rejects", "splits", "joins", "wraps",
    "replaces"
]
# fmt: on
WHYS = (
    "because the tests expect it",
    "before the next request begins",
    "which is why the old path failed",
    "so nothing is read twice",
    "when the file has grown",
    "as the notes say",
    "unless the window is unknown",
    "and the order stays as it was",
)
CODE = (
    "def {0}_{1}(self, {2}: str) -> None:",
    "    if {0} is None:",
    "        raise ValueError(f'no {1}: {{{0}}}')",
    "    for {0} in self.{1}s:",
    "        {0}.{2} = self._{1}({0}) or {2}",
    "    return {0}.{1}({2}, limit=40)",
    "",
    "from .{0} import {1}_{2}",
    "    # the {0} of a {1} is its {2}",
    "class {0}{1}:",
    "    {0}_{1} = {{'{2}': 1, '{0}': None}}",
)
OUTPUT = (
    "src/{0}/{1}.py:{n}: {2} is not a {0}",
    "tests/test_{0}.py::test_{1}_{2} PASSED",
    "[{n}] {0} {1} took {n} ms",
    "{0}-{1}.ts({n},7): error TS2345: '{2}' is not assignable — ✗",
)


class Quarry:
    """One long text, made of units (lines, paragraphs), from which whole units are cut."""

    def __init__(self, units: Sequence[str], between: str = "\n") -> None:
        self._text = between.join(units)
        self._between = len(between)
        self._starts = [0, *accumulate(len(unit) + len(between) for unit in units)]

    def place(self, random: Random, size: int) -> tuple[int, int]:
        """Return a random run of units (first, after last) of about `size` characters."""
        starts = self._starts
        first = int(random.random() * (len(starts) - 1))
        if starts[first] + size >= starts[-1]:
            first = 0
        return first, min(len(starts) - 1, bisect_left(starts, starts[first] + size, first + 1))

    def run(self, first: int, after: int) -> str:
        """Return the units of a run."""
        return self._text[self._starts[first] : self._starts[after] - self._between]

    def cut(self, random: Random, size: int) -> str:
        """Return whole units of about `size` characters; the text repeats itself if it must."""
        if size < len(self._text):
            return self.run(*self.place(random, size))
        return "\n".join([self._text] * (1 + size // len(self._text)))[:size]


class Texts:
    """All that a session says, runs and reads."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        code = [_filled(random, random.choice(CODE)) for _ in range(20_000)]
        self.prose = Quarry([_paragraph(random, code) for _ in range(3_000)], "\n\n")
        self.code = Quarry(code)
        self.numbered = Quarry([f"{at:6}→{line}" for at, line in enumerate(code, 1)])
        self.diff = Quarry([random.choice(" -+") + line for line in code])
        self.output = Quarry([_filled(random, random.choice(OUTPUT)) for _ in range(20_000)])
        letters = string.ascii_letters + string.digits + "+/"
        self.base64 = "".join(random.choices(letters, k=1 << 20))

    def binary(self, random: Random, size: int) -> str:
        """Return base64 of `size` characters, 1 MiB at most."""
        start = int(random.random() * max(1, len(self.base64) - size))
        return self.base64[start : start + size]

    def words(self, random: Random, count: int) -> str:
        """Return a few words."""
        return " ".join(random.choices(NOUNS, k=count))


def _filled(random: Random, pattern: str) -> str:
    return pattern.format(*random.choices(NOUNS, k=3), n=random.randint(1, 900))


def _sentence(random: Random) -> str:
    first, second = random.choices(NOUNS, k=2)
    said = f"The {first} {random.choice(VERBS)} the {second} {random.choice(WHYS)}"
    return f"{said}, see `{second}.py`." if random.random() < 0.3 else f"{said}."


def _paragraph(random: Random, code: Sequence[str]) -> str:
    """Return one block of Markdown, as agents write it."""
    kind = random.random()
    if kind < 0.1:
        return f"## {random.choice(NOUNS).title()} and {random.choice(NOUNS)}"
    if kind < 0.28:
        return "\n".join(f"- **{random.choice(NOUNS)}**: {_sentence(random)}" for _ in range(4))
    if kind < 0.4:
        at = random.randrange(len(code) - 12)
        return "\n".join(["```python", *code[at : at + random.randint(3, 12)], "```"])
    if kind < 0.44:
        rows = [f"| {random.choice(NOUNS)}.py | {random.randint(1, 900)} | ✓ |" for _ in range(4)]
        return "\n".join(["| file | lines | state |", "|---|---|---|", *rows])
    return " ".join(_sentence(random) for _ in range(random.randint(1, 5)))
