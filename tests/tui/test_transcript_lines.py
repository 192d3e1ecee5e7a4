"""Lines of the transcript: no wider than the view, no word lost, whatever the text."""

from __future__ import annotations

import re
import time
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.agents.base import DiffLine, Side
from clearhead.core.text import clean
from clearhead.tui.widgets.transcript import prose
from clearhead.tui.widgets.transcript.code import Code, highlight
from clearhead.tui.widgets.transcript.diffs import diff_lines
from clearhead.tui.widgets.transcript.inline import TEXT
from clearhead.tui.widgets.transcript.lines import (
    Piece,
    Run,
    cells,
    fit,
    flow,
    shortened,
    text_of,
    width_of,
    wrap,
)
from clearhead.tui.widgets.transcript.reel import Reel, raw_lines, taken

FAT = ["日本", "👍🏽", "e\u0301", "🇩🇪", "—…→", "ß", "\u0430"]
MARKS = [
    "**",
    "*",
    "`",
    "```",
    "# ",
    "- ",
    "1. ",
    "> ",
    "|",
    "| a | b |\n|--|--|\n",
    "[x](y)",
    "---",
]

texts = st.text() | st.lists(
    st.sampled_from([*FAT, *MARKS, "word", "w" * 40, " ", "  ", "\n", "\n\n", "\t"]), max_size=40
).map("".join)
cleaned = texts.map(clean)
paragraphs = cleaned.map(lambda text: text.replace("\n", " "))
widths = st.integers(24, 100)


def drawn(text: str, width: int = 40) -> list[str]:
    """The lines of a text of markdown."""
    return [text_of(line) for line in prose.render(raw_lines(text), width)]


def letters(text: str) -> str:
    """What a text says, without blanks and marks."""
    return "".join(re.findall(r"[^\W_]", text))


# Wrapping


@given(paragraphs, widths)
def test_wrapped_lines_fit_and_lose_nothing_but_the_blanks_at_the_breaks(text, width) -> None:
    spans = list(wrap(text, width))
    assert all(cells(text[start:end]) <= width for start, end in spans)
    gaps = [text[a[1] : b[0]] for a, b in pairwise(spans)]
    assert set(gaps) <= {"", " "}
    assert spans[0][0] == 0
    assert text[spans[-1][1] :] in {"", " "}


def test_words_stay_whole_where_they_fit() -> None:
    lines = [text_of(line) for line in flow("one three fifteen", (), 9, TEXT)]
    assert lines == ["one three", "fifteen"]


def test_a_word_wider_than_the_line_is_cut_not_dropped() -> None:
    assert [text_of(line) for line in flow("a " + "x" * 25, (), 10, TEXT)] == [
        "a",
        "x" * 10,
        "x" * 10,
        "x" * 5,
    ]


def test_wide_characters_are_counted_by_their_cells() -> None:
    assert [text_of(line) for line in flow("日本語のテキスト", (), 5, TEXT)] == [
        "日本",
        "語の",
        "テキ",
        "スト",
    ]


def test_a_character_wider_than_the_line_stands_alone_on_it() -> None:
    assert [text_of(line) for line in islice(flow("日本", (), 1, TEXT), 5)] == ["日", "本"]


@given(paragraphs, widths, st.data())
def test_styles_stay_on_their_characters_when_lines_are_broken(text, width, data) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    lines = list(flow(text, [Run(start, end, Piece("", "you"))], width, TEXT))
    marked = "".join(piece.text for line in lines for piece in line if piece.ink == "you")
    assert letters(marked) == letters(text[start:end])


@given(paragraphs, st.integers(0, 60))
def test_a_fitted_line_fits_and_says_where_it_was_cut(text, width) -> None:
    line = fit([Piece(text[:5]), Piece(text[5:])], width)
    assert width_of(line) <= width
    assert text_of(line) == text or text_of(line).endswith("…") or width == 0


@given(paragraphs, st.integers(0, 60))
def test_a_shortened_text_keeps_both_ends(text, width) -> None:
    short = shortened(text, width)
    assert cells(short) <= width
    if short != text and width > 8:
        cuts = [at for at, char in enumerate(short) if char == "…"]
        assert any(text.startswith(short[:at]) and text.endswith(short[at + 1 :]) for at in cuts)


# Markdown


@given(cleaned, widths)
def test_any_text_is_drawn_within_its_width(text, width) -> None:
    assert all(width_of(line) <= width for line in prose.render(raw_lines(text), width))


@given(st.lists(st.sampled_from([*FAT, *MARKS, "w" * 40, "two words", "\n"])).map("".join), widths)
def test_no_word_of_a_text_is_lost(text, width) -> None:
    text = re.sub(r"`{3,}", "`", text)
    assert letters("".join(drawn(text, width))) == letters(text)


# Paragraphs that somebody wrapped

FIRST = "The list query scans the whole table since the"
SECOND = "new filter came, so I add an index and measure"
ROOM = 110


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(
            f"{FIRST}\n{SECOND}\nagain.", [f"{FIRST} {SECOND} again."], id="wrapped prose"
        ),
        pytest.param(
            f"{FIRST}\n{SECOND}\n\nagain.", [f"{FIRST} {SECOND}", "", "again."], id="two paragraphs"
        ),
        pytest.param("File: a.py\nFile: b.py", ["File: a.py", "File: b.py"], id="short lines"),
        pytest.param(f"Done.\n{FIRST}", ["Done.", FIRST], id="a line with room for the next word"),
        pytest.param(f"{FIRST}  \n{SECOND}", [FIRST, SECOND], id="a break that was asked for"),
        pytest.param(f"{FIRST}\n- {SECOND}", [FIRST, f"- {SECOND}"], id="a list behind it"),
        pytest.param(f"{FIRST}\n# {SECOND}", [FIRST, f"# {SECOND}"], id="a heading behind it"),
        pytest.param(f"{FIRST}\n    {SECOND}", [FIRST, f"    {SECOND}"], id="an indented line"),
        pytest.param(
            f"- {FIRST}\n  {SECOND}\n- next",
            [f"- {FIRST} {SECOND}", "- next"],
            id="an item of a list",
        ),
        pytest.param(f"- {FIRST}\n{SECOND}", [f"- {FIRST}", SECOND], id="beside a list"),
        pytest.param(f"```\n{FIRST}\n{SECOND}\n```", [f" {FIRST}", f" {SECOND}"], id="code"),
        pytest.param(
            f"{FIRST.replace('table', '`the')}\n{SECOND.replace('new', 'rows`')}",
            [f"{FIRST.replace('table', 'the')} {SECOND.replace('new', 'rows')}"],
            id="code that was broken",
        ),
    ],
)
def test_a_paragraph_that_was_wrapped_is_drawn_as_one(text: str, lines: list[str]) -> None:
    assert [line.rstrip() for line in drawn(text, ROOM)] == lines


@given(st.text().filter(lambda text: not set("`~[") & set(text)).map(clean), widths)
def test_nor_of_any_other_text(text, width) -> None:
    assert letters("".join(drawn(text, width))) == letters(text)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# Title", ["# Title"]),
        ("#hashtag", ["#hashtag"]),
        ("a **b c** d", ["a b c d"]),
        ("2 * 3 * 4 and a_b_c", ["2 * 3 * 4 and a_b_c"]),
        ("use `x = [1]` now", ["use x = [1] now"]),
        ("an open ` backtick and ** star", ["an open ` backtick and ** star"]),
        ("[src/a.py:4](src/a.py#L4)", ["src/a.py:4"]),
        ("[docs](https://x.org)", ["docs (https://x.org)"]),
        ("- one\n* two\n+ three", ["- one", "- two", "- three"]),
        ("- [x] done\n- [ ] open", ["- [x] done", "- [ ] open"]),
        ("1. one\n   - deep", ["1. one", "   - deep"]),
        ("> said", ["│ said"]),
        ("----", ["─" * 24]),
        ("a\n\n\n\nb", ["a", "", "b"]),
        ("\n\na\n\n", ["a"]),
        ("[red]not markup[/red]", ["[red]not markup[/red]"]),
        ("", []),
    ],
)
def test_markdown_is_read_as_people_write_it(text: str, lines: list[str]) -> None:
    assert drawn(text) == lines


def test_a_line_that_nobody_typed_is_shown_as_it_stands() -> None:
    text = "**a** " * 600
    assert "".join(drawn(text)).replace(" ", "") == text.replace(" ", "")


def test_a_list_item_hangs_below_its_text() -> None:
    assert drawn("- " + "word " * 10, 24) == [
        "- word word word word",
        "  word word word word",
        "  word word",
    ]


def test_code_stands_on_its_ground_to_the_full_width_and_is_never_read_as_markdown() -> None:
    lines = list(prose.render(raw_lines("```py\n# **no** title\n\n    x = 1\n```\nafter"), 30))
    assert [text_of(line) for line in lines] == [
        " # **no** title".ljust(30),
        " " * 30,
        "     x = 1".ljust(30),
        "after",
    ]
    assert {piece.on for line in lines[:3] for piece in line} == {"panel"}


def test_a_long_line_of_code_goes_on_below_its_own_indentation() -> None:
    assert [line.rstrip() for line in drawn("```\n    " + "long " * 8 + "\n```", 24)] == [
        "     long long long",
        "     long long long",
        "     long long",
    ]


def test_a_fence_that_never_closes_goes_on_to_the_end() -> None:
    assert [line.strip() for line in drawn("```\na\nb")] == ["a", "b"]


def test_a_longer_fence_holds_a_shorter_one() -> None:
    assert [line.strip() for line in drawn("````\n```\nx\n```\n````\ny")] == [
        "```",
        "x",
        "```",
        "y",
    ]


def test_a_table_stands_in_columns() -> None:
    table = "| Check | Time |\n|:--|--:|\n| `unit` | 12.1 s |\n| all of them | 0.4 s |"
    assert [line.rstrip() for line in drawn(table)] == [
        "Check          Time",
        "───────────  ──────",
        "unit         12.1 s",
        "all of them   0.4 s",
    ]


def test_a_cell_that_is_too_long_is_wrapped_in_its_column() -> None:
    table = "| a | b |\n|--|--|\n| x | " + "word " * 8 + "|"
    assert [line.rstrip() for line in drawn(table, 24)] == [
        "a  b",
        "─  " + "─" * 21,
        "x  word word word word",
        "   word word word word",
    ]


def test_the_widest_columns_yield_first() -> None:
    table = f"| a | b | c |\n|--|--|--|\n| {'one ' * 9} | {'two ' * 6} | three |"
    assert [line.rstrip() for line in drawn(table, 40)] == [
        "a                b                c",
        "───────────────  ───────────────  ─────",
        "one one one one  two two two two  three",
        "one one one one  two two",
        "one",
    ]


def test_a_table_with_too_many_columns_is_shown_as_it_was_written() -> None:
    wide = "|" + " abcdefgh |" * 12
    rule = "|" + "--|" * 12
    shown = drawn(f"{wide}\n{rule}\n{wide}", 40)
    assert letters("".join(shown)) == "abcdefgh" * 24
    assert all("─" not in line for line in shown)


def test_a_row_of_bars_without_a_rule_is_no_table() -> None:
    assert drawn("| just | text |\nmore") == ["| just | text |", "more"]


@pytest.mark.parametrize("length", [1_900, 100_000])
@pytest.mark.parametrize(
    "part", ["**a ", "[", "`", "#", "- ", "|", "|-", "*a", "[a](", "> ", "x", " ", "[ ", "* ** "]
)
def test_a_text_made_to_be_slow_is_drawn_at_once(part: str, length: int) -> None:
    line = (part * length)[:length]
    text = "\n".join([line, "# " + line, *[line] * 20])
    began = time.perf_counter()
    taken(prose.render(raw_lines(text), 60), 200)
    assert time.perf_counter() - began < 0.5


# Colours for code


def test_code_is_coloured_by_what_it_means() -> None:
    first, second = highlight(Code("def go():\n    return 'x'  # why", "python"))
    assert [(run.start, run.end, run.style.ink) for run in first] == [
        (0, 3, "agent"),
        (4, 6, "strong"),
    ]
    assert [run.style.ink for run in second][-1] == "muted"


@given(cleaned)
def test_the_colours_of_code_lie_on_its_lines(text) -> None:
    lines = text.split("\n")
    for line, runs in zip(lines, highlight(Code(text, "python")), strict=False):
        assert all(0 <= run.start < run.end <= len(line) for run in runs)


def test_an_unknown_language_stays_plain() -> None:
    assert highlight(Code("x", "no-such-language")) == ()


def test_colours_change_no_line_of_a_text() -> None:
    text = "```python\ndef go():\n" + "    return 'a long enough string' + other_name\n" * 3 + "```"

    def colours(code: str, language: str):
        return highlight(Code(code, language))

    plain = [text_of(line) for line in prose.render(raw_lines(text), 30)]
    rich = list(prose.render(raw_lines(text), 30, colours))
    assert [text_of(line) for line in rich] == plain
    green = " ".join(piece.text for line in rich for piece in line if piece.ink == "ok")
    assert green == " ".join(["' a long enough string '"] * 3)


# Changes


def test_a_change_has_number_sign_and_ground() -> None:
    changes = [
        DiffLine(Side.SAME, "def a():", 7),
        DiffLine(Side.REMOVED, "    b()", 8),
        DiffLine(Side.ADDED, "    c()", 8),
        DiffLine(Side.SAME, "end", 30),
    ]
    lines = list(diff_lines(changes, 24))
    assert [text_of(line).rstrip() for line in lines] == [
        "   7   def a():",
        "   8 -     b()",
        "   8 +     c()",
        "     …",
        "  30   end",
    ]
    assert [width_of(line) for line in lines[1:3]] == [24, 24]
    assert {piece.on for piece in lines[1]} == {"rem-on"}
    assert {piece.on for piece in lines[2]} == {"add-on"}


@given(cleaned, widths)
def test_a_change_of_any_text_fits_and_loses_nothing(text, width) -> None:
    lines = list(diff_lines([DiffLine(Side.ADDED, text.replace("\n", " "), None)], width))
    assert all(width_of(line) == width for line in lines)
    assert letters("".join(map(text_of, lines))) == letters(text)


# Taking only a part


def test_what_is_left_is_counted_and_one_last_line_is_simply_shown() -> None:
    def lines(source):
        return ([Piece(value)] for value in source)

    source = Reel([str(number) for number in range(100)])
    kept, left = taken(lines(source), 20, source)
    assert (len(kept), left) == (20, "80 more lines")
    source = Reel(["a", "b", "c"])
    assert taken(lines(source), 2, source) == ([[Piece("a")], [Piece("b")], [Piece("c")]], "")


def test_a_single_endless_line_says_that_there_is_more_of_it() -> None:
    source = raw_lines("x" * 10_000)
    assert taken(flow(next(source), (), 50, TEXT), 20, source)[1] == "more of this"
