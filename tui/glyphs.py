"""The glyphs of the screen: one meaning each, one cell wide, the same everywhere."""

from __future__ import annotations

DUMB_ZONE = "╱"
COMPACT_NOW = "╳"
RESET_NOW = "╬"
EMPTY = "·"
AUTO = "┃"
CLIFF = "$"

WORKING = "●"
IDLE = "◇"
WARNING = "!"
ENDED = "■"
UNKNOWN = "?"

FOLDED = "►"
OPEN = "▼"
PROVED = "✓"
FAILED = "×"

YOURS = "▌"
AGENTS = "┊"
FRESH = "+"
SELECTED = "▌"

REMEMBER = "▲"
SHARE = "■"
COMMIT = "◆"
TO = "→"
CHANGED = "±"
BELOW = "↓"
RULE = "─"
BESIDE = "│"

SPARKS = "▁▂▃▄▅▆▇"
COMPACTED = "C"
RESET = "R"

_PLAIN = {
    DUMB_ZONE: "/",
    COMPACT_NOW: "x",
    RESET_NOW: "#",
    EMPTY: ".",
    AUTO: "|",
    WORKING: "*",
    IDLE: "o",
    ENDED: "#",
    FOLDED: ">",
    OPEN: "v",
    PROVED: "+",
    FAILED: "x",
    YOURS: "I",
    AGENTS: ":",
    REMEMBER: "^",
    COMMIT: "+",
    TO: ">",
    BELOW: "v",
    RULE: "-",
    BESIDE: "|",
    "…": "~",
    CHANGED: "~",
} | {spark: str(level) for level, spark in enumerate(SPARKS, start=1)}

_TO_PLAIN = str.maketrans(_PLAIN)


def plain(text: str) -> str:
    """Return `text` with ASCII for our glyphs, cell for cell, for terminals that lack them."""
    return text.translate(_TO_PLAIN)
