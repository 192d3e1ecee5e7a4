"""What stands in the input box of a Codex window, read from its styled screen."""

from __future__ import annotations

import pytest

from clearhead.core.agents.codex.keys import EMPTY, box, is_empty

DIM = "\x1b[1m›\x1b[0m \x1b[2mAsk Codex to do anything\x1b[0m"


@pytest.mark.parametrize(
    ("line", "held", "empty"),
    [
        (DIM, EMPTY, True),
        (DIM.replace("\x1b[2m", "\x1b[38;5;8;2m"), EMPTY, True),
        (f"› {EMPTY}", EMPTY, False),
        ("\x1b[1m›\x1b[0m a draft", "a draft", False),
        ("› /clear", "/clear", False),
        ("no box here", None, False),
    ],
)
def test_the_box_is_empty_only_with_its_dimmed_words(line, held, empty):
    screen = f"› an earlier prompt\n\n{line}\n\n  model · /folder\n" if held else line
    assert box(screen) == held
    assert is_empty(screen) is empty
