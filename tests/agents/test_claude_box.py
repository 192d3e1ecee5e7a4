"""The input box as a screen of Claude Code shows it, also when it shows only its end."""

from __future__ import annotations

import pytest

from clearhead.core.agents.claude.box import box_of, retry_of

RULE = "─" * 40
MORE = "─── ↑ 2 more " + "─" * 27
WORDS = "one\ntwo\nthree\nfour"


def screen(*rows: str) -> str:
    return "\n".join(("❯ /clear", *rows, "  ⏵⏵ accept edits on"))


def test_a_long_input_is_known_by_its_end() -> None:
    box = box_of(screen(MORE, "  three", "  four", RULE))
    assert box is not None
    assert (box.text, box.hidden) == ("three\nfour", 2)
    assert box.holds(WORDS)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(("  three", "  four too"), id="someone typed on"),
        pytest.param(("  thre", "  four"), id="a letter is missing"),
        pytest.param(("  ",), id="nothing to see"),
    ],
)
def test_another_end_is_another_text(rows: tuple[str, ...]) -> None:
    box = box_of(screen(MORE, *rows, RULE))
    assert box is not None
    assert not box.holds(WORDS)


def test_a_box_that_is_shown_whole_must_hold_the_whole_text() -> None:
    box = box_of(screen(RULE, "❯ one", "  two", "  three", "  four", RULE))
    assert box is not None
    assert box.holds(WORDS)
    assert not box.holds(WORDS + "\nfive")
    end = box_of(screen(RULE, "❯ three", "  four", RULE))
    assert end is not None
    assert not end.holds(WORDS)


def test_what_an_agent_said_is_no_upper_rule_of_the_box() -> None:
    box = box_of(screen(MORE, "said by the agent", RULE, "❯ four", RULE))
    assert box is not None
    assert (box.text, box.hidden) == ("four", 0)


@pytest.mark.parametrize(
    ("line", "typed"),
    [
        ("❯\xa0\x1b[7m \x1b[0m\x1b[39m", ""),
        ("❯\xa0\x1b[7mO\x1b[0;2m\x1b[39m\x1b[49mnce fixed, resend your message", ""),
        ('❯\xa0\x1b[7mT\x1b[0;2mry "edit"', ""),
        ("❯\xa0x\x1b[7m \x1b[0m", "x"),
        ("❯\xa0/com\x1b[7mp\x1b[0;2mact\x1b[0m", "/com"),
        ("❯\xa0ab\x1b[7mc\x1b[0md", "abcd"),
        ("❯\xa0\x1b[7mO\x1b[0m", "O"),
    ],
)
def test_a_suggestion_is_no_draft_not_even_its_letter_under_the_cursor(
    line: str, typed: str
) -> None:
    box = box_of(screen(RULE, line, RULE))
    assert box is not None
    assert box.text == typed


BELOW = (RULE, "❯ ", RULE, "  esc to interrupt")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param(
            ("✻ 500 scripted failure · retrying in 3s · attempt 4/10", "", "● high · /effort"),
            "500 scripted failure, attempt 4 of 10",
            id="2.1.330",
        ),
        pytest.param(
            ("✻ API error · Retrying in 4s · attempt 4/10", "  ⎿  Tip: Start with small steps"),
            "API error, attempt 4 of 10",
            id="2.1.197",
        ),
        pytest.param(("✻ Wandering… (3s · ↓ 8 tokens)",), None, id="it works"),
        pytest.param(
            ("✻ API error · Retrying in 4s · attempt 4/10", *[""] * 8), None, id="said long ago"
        ),
    ],
)
def test_failing_calls_are_told_by_the_line_above_the_box(
    rows: tuple[str, ...], told: str | None
) -> None:
    assert retry_of("\n".join((*rows, *BELOW))) == told
