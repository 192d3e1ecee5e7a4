"""What a person put right: "no, use X", "not X but Y", "don't …". Candidates for decisions. Pure.

A careful lexicon over single sentences, chosen so that few are taken for what they are not. Only a
person's prompts count, and of those only answers: what opens a session corrects nobody. Code,
quotations, pasted blocks and questions are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from ..items import Kind
from ..text import one_line
from ..thread import Thread

LOOKED_AT = 200
"""Prompts that are looked at, the newest; nobody goes through more candidates."""

LONGEST = 1_500
"""Characters of a prompt beyond which it is a plan or a report, and no answer."""

SENTENCE = 240
"""Characters of a sentence beyond which it is no short word of correction."""

_DO = (
    r"(?:use|using|do|make|put|keep|write|call|run|add|take|go|have|return|switch|move|store|name"
    r"|create|read|remove|leave|start|try|set|pass|attach|stick|change|let'?s|we)"
)
_LEAD = r"^(?:(?:oh|ok|okay|yes|yeah|hm+|well|wait|sorry|but|and|so|please|also|then)[,.!:]*\s+)*"
_NO_ORDER = (
    "worry|know|think|see|mind|forget|hesitate|understand|bother|get|you|we|i|want|care|have"
    "|remember|believe|like"
)
"""What follows "don't" when it forbids nothing."""

_FORMS = {
    "no, use X": (
        rf"{_LEAD}(?:no|nope)\s*[,.;:!–—-]+\s*"
        r"(?!(?:thanks?|thank|problem|worries|need|idea)\b)\S+\s"
    ),
    "don't X": rf"{_LEAD}(?:do not|don'?t|never)\s+(?!(?:{_NO_ORDER})\b)\w+",
    "let's not X": rf"{_LEAD}(?:let'?s|we should|you should|should|must|please)\s+not\b\s+\w+",
    "we don't need to X": (
        rf"{_LEAD}(?:we|you)\s+(?:do not|don'?t|shouldn'?t|mustn'?t)\s+"
        r"(?:need|have|want)?\s*(?:to\s+)?\w+"
    ),
    "leave X alone": rf"{_LEAD}leave\s+[^.?!]{{1,60}}\s(?:alone|out|as (?:it is|they are))\b",
    "stop doing X": rf"{_LEAD}stop\s+\w+ing\b",
    "use X instead of Y": rf"\b{_DO}\b[^.?!;]{{1,100}}\binstead of\b",
    "instead of Y use X": rf"\binstead of\b[^.?!;,]{{1,80}},?\s+(?:please\s+|just\s+)*{_DO}\b",
    "use X instead": rf"{_LEAD}{_DO}\b[^.?!;]{{1,100}}\binstead\b",
    "instead use X": rf"\binstead,?\s+(?:(?:we|you|just|please|should)\s+)*{_DO}\b",
    "not X but Y": (
        rf"{_LEAD}(?:it(?:'s| is| should be)\s+)?not\s+(?!only|sure|yet|really|just|bad|now)"
        r"[^.?!;]{1,80},?\s+but\s+(?!(?:i|it|we|the|that|for now)\b)\w+"
    ),
    "use X, not Y": rf"\b{_DO}\b[^,.?!;]{{1,60}},\s*not\s+\w+",
    "should be X, not Y": r"\b(?:should|must)\s+be\b[^,.?!;]{1,60},\s*not\s+\w+",
    "actually X": (
        rf"{_LEAD}actually\b(?!.*\b(?:works?|worked|great|good|nice|fine|perfect|like)\b)"
    ),
    "X is not correct": (
        r"^[^,?]{1,60}\b(?:is|are|was)(?: not|n't) "
        r"(?:correct|right|what i (?:meant|wanted|asked))\b"
    ),
    "that is wrong": (
        rf"{_LEAD}(?:that|this|it)(?:'s| is) (?:wrong|incorrect|not (?:correct|right|what i))\b"
    ),
    "I prefer X": r"\bi(?:'d| would) (?:rather|prefer)\b|\bi prefer\b",
    "I meant X": r"\bi (?:meant|said|asked for)\b",
}
_CORRECTS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _FORMS.values())
_QUOTED = re.compile(
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|<(\w[\w-]*)[^<>]*>.*?</\1[^<>]*>"
    r"|^[ \t]*>[^\n]*|^(?: {4}|\t)[^\n]*|`[^`\n]*`|\"[^\"\n]{3,}\"|“[^”\n]*”|https?://\S+",
    re.DOTALL | re.MULTILINE,
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?](?=[\s\"')]|\Z)|(?=\n)|\Z)", re.MULTILINE)
_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)]|[A-Za-z]\))\s+")
_HIDDEN = "\x00"


class Correction(msgspec.Struct, frozen=True):
    """One sentence of a person that puts something right, and where it was said."""

    item: int
    turn: int | None
    words: str


def corrections(thread: Thread) -> tuple[Correction, ...]:
    """Return the corrections in a session, the newest first; loads the bodies of its prompts."""
    found: list[Correction] = []
    for item in reversed(thread.prompts[-LOOKED_AT:]):
        if thread.items.size(item) <= LONGEST and _answers(thread, item):
            sentences = corrections_in(thread.body(item).text)
            found += [Correction(item, thread.turn(item), words) for words in sentences]
    return tuple(found)


def corrections_in(prompt: str) -> tuple[str, ...]:
    """Return the sentences of one prompt that put something right."""
    return tuple(_found_in(prompt))


def _answers(thread: Thread, item: int) -> bool:
    """Say whether the agent did or said anything before a prompt that it could correct."""
    before = (Kind.SAID, Kind.TOOL_CALL, Kind.SUMMARY)
    return any(thread.items.kind(earlier) in before for earlier in range(item - 1, -1, -1))


def _found_in(prompt: str) -> Iterator[str]:
    hidden = _QUOTED.sub(lambda match: _veil(match[0]), prompt)
    for match in _SENTENCE.finditer(hidden):
        mark = _MARK.match(match[0])
        start = match.start() + (mark.end() if mark else 0)
        sentence = hidden[start : match.end()]
        plain = sentence.strip()
        if not plain or len(plain) > SENTENCE or plain.endswith("?"):
            continue
        if any(pattern.search(plain) for pattern in _CORRECTS):
            yield one_line(prompt[start : match.end()], 2 * SENTENCE)


def _veil(quoted: str) -> str:
    """Hide quoted text but keep its length and its lines, so that places stay."""
    return "".join(char if char == "\n" else _HIDDEN for char in quoted)
