"""How much of one text another one says, by its telling words. Pure.

Small words carry nothing, and endings differ, so stems are compared; a word that few of the texts
at hand share counts for more than one they all share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from math import log

ALIKE = 0.45
"""Coverage from which two texts are taken to mean the same: true for 8 of 10 paraphrases and for
none of 16 hard negatives, measured on failed approaches."""

_WORD = re.compile(r"[^\W_]+(?:['.][^\W_]+)*")
_SMALL_WORDS = """
    a an and are as at be been by can do does for from had has have how i if in into is it its
    just may more must no not of on or our shall should so than that the their them then there
    they this to was we were what when which will with would you your now next step first
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_ENDINGS = ("ations", "ation", "ings", "ing", "ers", "ies", "ed", "es", "er", "ly", "s")
_STEM = 3


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the telling words of a text, in order."""
    words = (word.casefold() for word in _WORD.findall(text))
    return tuple(_stem(word) for word in words if word not in _SMALL)


def weights(texts: Iterable[str]) -> Mapping[str, float]:
    """Return how telling each stem is: the fewer of `texts` hold it, the more."""
    documents = [set(stems(text)) for text in texts]
    counts = Counter(stem for document in documents for stem in document)
    return {stem: log(1 + len(documents) / count) for stem, count in counts.items()}


def coverage(wanted: str, said: str, telling: Mapping[str, float] | None = None) -> float:
    """Return the share (0 to 1) of the telling words of `wanted` that `said` holds.

    `telling` weighs stems (see `weights`); without it all count alike. Nothing wanted is 0.
    """
    return share(set(stems(wanted)), set(stems(said)), telling)


def share(
    asked: AbstractSet[str], there: AbstractSet[str], telling: Mapping[str, float] | None = None
) -> float:
    """Return the share (0 to 1) of the stems `asked` that are `there`; nothing asked is 0."""
    if not asked:
        return 0.0
    weigh = (telling or {}).get
    total = sum(weigh(stem, 1.0) for stem in asked)
    return sum(weigh(stem, 1.0) for stem in asked & there) / total


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word.removesuffix(ending).removesuffix("e")
    return word.removesuffix("e") if len(word) > _STEM else word
