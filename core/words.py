"""Short words for what stands in a transcript, to go into notes: commands, errors, edits. Pure.

What comes from the transcript stands in code marks, so that no dash or colon in it is taken for
the one that parts an approach from its reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .changes import change_of
from .items import Flag
from .secrets import mask
from .text import CUT, one_line, shorten_middle
from .thread import Thread

COMMAND = 80
"""Characters of a command, an error or a line of code that notes quote."""
_TELLING = re.compile(
    r"\b(?:\w*error|\w*exception|fail(?:ed|ure|ures|ing)?|panic|fatal|cannot|can't|not found"
    r"|no such|denied|refused|undefined|unexpected|invalid|assert\w*|does not|timed? ?out)\b",
    re.IGNORECASE,
)
_CODE_OF_EXIT = re.compile(r"exit -?\d+")
_LEAD = re.compile(r"cd +[^&;|]+ *&& *")
_TAGS = re.compile(r"</?[a-z][\w-]*>")
_MARKS = re.compile(r"^\s*(?:[#>*+-]+|\d+[.)])\s+")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])")


def code(text: str, limit: int = COMMAND) -> str:
    """Return text as a code span on one line, masked, its middle cut to `limit` characters."""
    line = one_line(mask(text), 10 * limit).replace("`", "'").strip()
    return f"`{shorten_middle(line, limit)}`" if line else ""


def in_turn(words: str, turn: int | None) -> str:
    """Add the number of the turn, where it is known."""
    return words if turn is None else f"{words} (turn {turn})"


def plain(words: str) -> str:
    """Return words without code marks, for the screen."""
    return words.replace("`", "")


def call_words(thread: Thread, call: int, limit: int = COMMAND) -> str:
    """Return what a call did: its command, or its tool and what it was about."""
    command = thread.command(call)
    if command is not None:
        return code(_LEAD.sub("", command, count=1), limit)
    if thread.items.flags(call) & Flag.EDIT:
        return edit_words(thread, call)
    return code(f"{thread.items.name(call)} {thread.items.head(call)}", limit)


def edit_words(thread: Thread, call: int) -> str:
    """Return what an edit changed, by its first lines that differ."""
    change = change_of(thread.diff(call))
    where = code(thread.items.head(call))
    if not any(map(str.strip, (*change.old, *change.new))):
        return f"an edit of {where}"
    return f"{change_words(change.old, change.new)} in {where}"


def change_words(old: Iterable[str], new: Iterable[str]) -> str:
    """Return in words what was put in the place of what, by the first line of each."""
    out = next((line for line in old if line.strip()), "")
    into = next((line for line in new if line.strip()), "")
    if out and into:
        return f"changing {code(out, 60)} to {code(into, 60)}"
    return f"adding {code(into, 60)}" if into else f"removing {code(out, 60)}"


def error_words(thread: Thread, call: int) -> str:
    """Return how a call failed, by the first line of its result that tells; "" when it did not."""
    if not thread.failed(call):
        return ""
    answer = thread.answer(call)
    meta = thread.items[answer].meta
    if thread.items.flags(answer) & Flag.DENIED:
        return "denied"
    told = code(error_head(thread.body(answer).text or thread.items.head(answer)))
    how = meta if _CODE_OF_EXIT.fullmatch(meta) else "" if told else "failed"
    return " ".join(filter(None, (how, told)))


def error_head(output: str) -> str:
    """Return the line of a failed call's output that says most about what is wrong."""
    lines = [_TAGS.sub("", line).strip() for line in output.splitlines()]
    said = [line for line in lines if any(map(str.isalpha, line)) and not line.startswith("Exit ")]
    return next((line for line in said if _TELLING.search(line)), said[-1] if said else "")


def first_sentence(text: str, limit: int = 160) -> str:
    """Return the first sentence of prose on one line, masked, without Markdown's marks.

    One or two words, such as "Great!", are passed over where more follows.
    """
    first = ""
    for line in mask(text).splitlines():
        said = _MARKS.sub("", line).replace("**", "").strip()
        if sum(map(str.isalpha, said)) < 2 or said.startswith(("```", "|")):
            continue
        for sentence in _END.split(one_line(said, 4 * limit)):
            first = first or sentence
            if len(sentence.split()) > 2:
                return _cut(sentence, limit)
    return _cut(first, limit)


def _cut(sentence: str, limit: int) -> str:
    return sentence if len(sentence) <= limit else sentence[: limit - 1].rsplit(" ", 1)[0] + CUT
