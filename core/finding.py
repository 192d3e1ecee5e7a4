"""Find words in a transcript: a quick look at its bytes, then a true look at the text.

The newest lines come first: there is what most people look for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from .agents.base import Body
from .chain import Chain
from .items import ItemLog

CHUNK = 512 * 1024
"""Bytes that are looked at in one go: a few milliseconds, so that the screen is not held up."""

MOST = 2_000
"""Matches after which a search ends: more are not gone through by hand."""

_BATCH = 50
"""Items that are looked at in one go where the bytes tell nothing."""

_PLAIN = re.compile(r"[!#-.0-\[\]-~]+")
"""Characters that stand in JSON as they are; between blanks, since escape codes are cut out of the
text on its way to the screen."""

_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ENOUGH = 3
"""Letters that are rare enough to look for."""


class Progress(msgspec.Struct, frozen=True):
    """How far a search is: `matches` are items in file order, `share` of the file from 0 to 1.

    `end` is the byte up to which the file was there when the search began; `capped` says that it
    ended early because of too many matches.
    """

    matches: tuple[int, ...] = ()
    share: float = 0.0
    done: bool = False
    end: int = 0
    capped: bool = False


def find(
    chain: Chain,
    items: ItemLog,
    query: str,
    load: Callable[[int], Body | None],
    start: int = 0,
) -> Iterator[Progress]:
    """Yield the items whose text holds `query`, from the end back to the byte `start`.

    Small letters match capitals as well; a capital in the query asks for exactly that. A blank
    matches any white space. Stop taking to cancel. A file that cannot be read has no matches.
    """
    wanted, found = _matcher(query), list[int]()
    try:
        end = chain.end()
        for at, candidates in _candidates(chain, items, query, start, end):
            for item in candidates:
                if wanted.search(_text(items, item, load)):
                    found.append(item)
                if len(found) >= MOST:
                    yield Progress(tuple(reversed(found)), 1.0, done=True, end=end, capped=True)
                    return
            yield Progress(tuple(reversed(found)), (end - at) / max(1, end - start), end=end)
    except OSError:
        end = start
    yield Progress(tuple(reversed(found)), 1.0, done=True, end=end)


def _matcher(query: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, query.split()))
    return re.compile(words, re.IGNORECASE if _folds(query) else re.NOFLAG)


def _folds(query: str) -> bool:
    """Say whether capitals do not matter."""
    return query == query.lower()


def _text(items: ItemLog, item: int, load: Callable[[int], Body | None]) -> str:
    """Return everything that the row of an item can show."""
    body = load(item)
    diff = (line.text for line in body.diff) if body else ()
    return "\n".join((items.name(item), items.head(item), body.text if body else "", *diff))


def _candidates(
    chain: Chain, items: ItemLog, query: str, start: int, end: int
) -> Iterator[tuple[int, list[int]]]:
    """Yield down to which byte was looked, and the items there that may match, newest first."""
    count = len(items)
    if count == 0:
        return
    needles = _needles(query)
    first = max(start, items.offset(0))
    if not needles:
        yield from _all(items, first, count)
        return
    lowest = count
    for at, data in _backwards(chain, first, end, max(map(len, needles))):
        searched = data.lower() if _folds(query) else data
        records = {items.record_at(at + place) for place in _places(searched, needles)}
        fresh = sorted(span for span in records if span[0] < span[1] <= lowest)
        lowest = fresh[0][0] if fresh else lowest
        yield at, [item for span in reversed(fresh) for item in reversed(range(*span))]


def _all(items: ItemLog, first: int, count: int) -> Iterator[tuple[int, list[int]]]:
    """Yield all items from the byte `first` on."""
    for stop in range(count, 0, -_BATCH):
        batch = [item for item in range(max(0, stop - _BATCH), stop) if items.offset(item) >= first]
        if not batch:
            return
        yield items.offset(batch[0]), batch[::-1]


def _backwards(chain: Chain, first: int, end: int, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Yield files from their end, each piece with the first bytes of the one after it."""
    while end > first:
        at = max(first, end - CHUNK)
        yield at, chain.read(at, end - at + overlap)
        end = at


def _places(data: bytes, needles: tuple[bytes, ...]) -> Iterator[int]:
    """Yield where a needle was met, once for each record; records are lines."""
    for needle in needles:
        place = data.find(needle)
        while place >= 0:
            yield place
            line_end = data.find(b"\n", place)
            place = data.find(needle, line_end) if line_end >= 0 else -1


def _needles(query: str) -> tuple[bytes, ...]:
    """Return what to look for in the raw bytes, any of them; nothing when bytes cannot tell."""
    longest = max(_PLAIN.findall(query), key=len, default="")
    foreign = _FOREIGN.search(query)
    if longest and (len(longest) >= _ENOUGH or foreign is None):
        return (longest.encode(),)
    if foreign is None:
        return ()
    char = foreign[0]
    cases = {char, char.lower(), char.upper()} if _folds(query) else {char}
    return tuple({form for case in cases for form in _written(case)})


def _written(char: str) -> Iterator[bytes]:
    r"""Yield how JSON may hold a character: as it is, or as `\u00e9` in either case."""
    yield char.encode("utf-8", "surrogatepass")
    units = char.encode("utf-16-be", "surrogatepass").hex()
    pairs = [units[at : at + 4] for at in range(0, len(units), 4)]
    yield "".join(rf"\u{unit}" for unit in pairs).encode()
    yield "".join(rf"\u{unit.upper()}" for unit in pairs).encode()
