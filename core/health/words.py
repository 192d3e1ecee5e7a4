"""What a progress file names: commits, paths, counts. Pure, and careful: what it says it means."""

from __future__ import annotations

import re

_CODE = re.compile(r"`([^`\n]+)`")
_COMMIT = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")
_NAMED = re.compile(r"\bcommit(?:ted|s)?\b|\bsha\b|\bhash\b", re.IGNORECASE)
_ALONE = re.compile(r"[(\[`]\s*(?:commit:?\s*)?([0-9a-f]{7,40})\s*[)\]`]")
_PATH = re.compile(r"(?!\W*$)(?:\./)?[\w@.+-]+(?:/[\w@.+-]+)*(?:\.\w{1,8})(?::\d+(?:-\d+)?)?")
_BARE_PATH = re.compile(r"(?<![\w/`:.])((?:[\w@.+-]+/)+[\w@+-][\w@.+-]*\.\w{1,8})(?![\w/])")
_PLACE = re.compile(r":\d+(?:-\d+)?$")
_MADE_UP = re.compile(r"path/to|/?example\b|\bfoo\b|\bxxx|\.\.\.|^https?|^www\.", re.IGNORECASE)
_GOING = re.compile(
    r"\b(?:delet|remov|renam|mov(?:e|ed|ing)\b|drop|creat|add|new\b|will\b|to be\b|plan|propos|todo"
    r"|writ|generat|missing|not (?:there|found|yet))",
    re.IGNORECASE,
)
_ENDINGS = """
py js ts tsx jsx go rs rb java kt c h cc cpp hpp cs php swift md txt json toml yaml yml ini cfg
sh sql html css scss vue svelte lock xml proto tf
"""
_KNOWN_ENDS = frozenset(_ENDINGS.split())


def commit_ids(text: str) -> tuple[tuple[str, int], ...]:
    """Return what is meant as a commit's id, with its line: named so, or alone in brackets."""
    found: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n")):
        named = bool(_NAMED.search(line))
        alone = set(_ALONE.findall(line))
        found += [(c, number) for c in _COMMIT.findall(line) if named or c in alone]
    return tuple(found)


def path_names(text: str) -> tuple[tuple[str, int], ...]:
    """Return what is meant as a path below the repository, with its line.

    Code spans that end like a source file, and words with a slash that do. Lines that speak of
    making, moving or removing are left out: what they name need not be there.
    """
    found: list[tuple[str, int]] = []
    for number, line in enumerate(text.split("\n")):
        if _GOING.search(_BARE_PATH.sub("", _CODE.sub("", line))):
            continue
        spans = [span for span in _CODE.findall(line) if _PATH.fullmatch(span)]
        words = _BARE_PATH.findall(_CODE.sub(" ", line))
        named = (_PLACE.sub("", span).removeprefix("./") for span in (*spans, *words))
        found += [(path, number) for path in named if _is_path(path)]
    return tuple(dict.fromkeys(found))


def words_of(text: str) -> frozenset[str]:
    """Return the words of a sentence that carry its meaning, in lower case."""
    words = re.findall(r"[^\W_]{3,}", text.casefold())
    return frozenset(words) - _SMALL


def _is_path(path: str) -> bool:
    if _MADE_UP.search(path) or path.startswith(("/", "~", "-")) or "*" in path:
        return False
    return path.rpartition(".")[2].lower() in _KNOWN_ENDS


_SMALL_WORDS = """
the and for with from into that this are was were has have had not but all any can will
use using used add added fix fixed make made its via per now new
"""
_SMALL = frozenset(_SMALL_WORDS.split())
