"""Count the tokens of a text in a process of its own, which ends and gives its memory back.

The tokenizer takes half a second to build and 80 MB as long as it lives: too much for a program
that stands beside an agent for hours.
"""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache

LIMIT = 20.0
"""Seconds after which a count is given up: the machine has other worries then."""

KEPT = 8
"""Texts whose count is remembered: the same notes are looked at again and again."""


@lru_cache(KEPT)
def counted(text: str) -> int | None:
    """Return how many o200k tokens `text` has; `None` when the worker could not tell. Blocks."""
    command = (sys.executable, "-P", "-m", __name__)
    try:
        answer = subprocess.run(
            command,
            input=text.encode("utf-8", "surrogatepass"),
            capture_output=True,
            timeout=LIMIT,
            check=True,
        )
        return int(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def main() -> int:
    """Count the text on standard input."""
    from .tokens import count

    text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
    sys.stdout.write(str(count(text)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
