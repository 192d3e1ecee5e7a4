"""Rows of the transcript: what stands where, folded and open, for every kind of item."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.agents.base import Body, DiffLine, Side
from clearhead.core.items import Flag, Item, Kind, Span
from clearhead.core.text import clean, one_line
from clearhead.tui.widgets.transcript.blocks import PASTE, SPEECH, block
from clearhead.tui.widgets.transcript.columns import (
    MOST,
    PREVIEW,
    WIDEST,
    Columns,
    Doing,
    Row,
    next_opening,
)
from clearhead.tui.widgets.transcript.lines import text_of, width_of

WIDE = Columns.of(83)


def item(kind: Kind, head: str = "", **more: Any) -> Item:
    return Item(kind, Span(0, 1, 0), head, **{"size": len(head)} | more)


def call(head: str = "src/list.tsx", name: str = "Read", **more: Any) -> Item:
    return item(Kind.TOOL_CALL, head, name=name, **more)


def result(head: str = "", meta: str = "", **more: Any) -> Item:
    return item(Kind.TOOL_RESULT, head, meta=meta, parent=0, **more)


def shown(row: Row, columns: Columns = WIDE) -> list[str]:
    return [text_of(line).rstrip() for line in block(row, columns).lines]


def inks(row: Row, words: str) -> set[tuple[str, str, bool]]:
    """Ink, ground and weight of the pieces that hold these words."""
    pieces = (piece for line in block(row, WIDE).lines for piece in line)
    return {(piece.ink, piece.on, piece.bold) for piece in pieces if words in piece.text}


# Columns


def test_time_speaker_text_and_tools_stand_in_their_columns() -> None:
    assert (WIDE.time, WIDE.who, WIDE.text, WIDE.edge) == (2, 9, 16, 81)
    assert (Columns.of(80, 1).time, Columns.of(80, 1).who, Columns.of(80, 1).text) == (1, 8, 15)


def test_text_is_never_wider_than_can_be_read() -> None:
    assert Columns.of(300).room == WIDEST


def test_a_very_narrow_view_has_no_column_of_times() -> None:
    row = Row(
        item(Kind.PROMPT, "hello", flags=Flag.HUMAN), Body(Kind.PROMPT, "hello"), clock="13:58"
    )
    assert shown(row, Columns.of(40, 1)) == [" you    hello"]


# People and agent


def test_a_prompt_names_the_person_and_the_time() -> None:
    words = "Wire the filter controls to the list query. The URL is the only source of truth."
    row = Row(item(Kind.PROMPT, words, flags=Flag.HUMAN), Body(Kind.PROMPT, words), clock="13:58")
    assert shown(row) == [
        "  13:58  you    Wire the filter controls to the list query. The URL is the only",
        "                source of truth.",
    ]
    assert inks(row, "you") == {("you", "", True)}
    assert inks(row, "Wire") == {("strong", "", False)}


def test_words_of_a_program_are_quiet() -> None:
    row = Row(item(Kind.PROMPT, "a job ended"), Body(Kind.PROMPT, "a job ended"), clock="13:58")
    assert shown(row) == ["  13:58  note   a job ended"]
    assert inks(row, "a job") == {("muted", "", False)}


def test_a_long_paste_folds_and_opens_whole() -> None:
    pasted = Body(Kind.PROMPT, "\n".join(f"line {n}" for n in range(40)))
    prompt = item(Kind.PROMPT, "line 0", flags=Flag.HUMAN)
    folded = block(Row(prompt, pasted), WIDE)
    assert len(folded.lines) == PASTE + 1
    assert text_of(folded.lines[-1]).strip() == "… 28 more lines · open again"
    opened = next_opening(0, folded, spoken=True)
    assert len(block(Row(prompt, pasted, lines=opened), WIDE).lines) == 40
    assert next_opening(opened, block(Row(prompt, pasted, lines=opened), WIDE), spoken=True) == 0


def test_an_answer_is_read_as_markdown() -> None:
    row = Row(item(Kind.SAID, "x"), Body(Kind.SAID, "I **did** it:\n\n- `a.py`"), clock="14:02")
    assert shown(row) == ["  14:02  agent  I did it:", "", "                - a.py"]


def test_an_answer_without_end_is_cut_and_says_so() -> None:
    row = Row(item(Kind.SAID, "x"), Body(Kind.SAID, "\n".join(f"l{n}  x" for n in range(500))))
    lines = shown(row)
    assert len(lines) == SPEECH + 1
    assert lines[-1].strip() == "… 300 more lines · open again"


def test_a_short_answer_opens_no_further() -> None:
    row = Row(item(Kind.SAID, "Done."), Body(Kind.SAID, "Done."))
    assert next_opening(0, block(row, WIDE), spoken=True) == 0


def test_words_that_are_not_loaded_yet_show_their_head() -> None:
    assert shown(Row(item(Kind.SAID, "The start of…"))) == ["         agent  The start of…"]


def test_words_that_cannot_be_loaded_say_why() -> None:
    row = Row(item(Kind.SAID, "The start"), Body(Kind.SAID, missing="no longer on disk"))
    assert shown(row) == ["         agent  no longer on disk"]


def test_a_turn_begins_after_an_empty_line() -> None:
    row = Row(item(Kind.SAID, "Done."), Body(Kind.SAID, "Done."), first=True)
    drawn = block(row, WIDE)
    assert (shown(row)[0], drawn.head) == ("", 1)


# Tools


def test_a_call_is_one_line_with_result_and_tokens_in_columns() -> None:
    row = Row(call(), answer=result(meta="312 lines"), tokens="~4.0k")
    (line,) = shown(row)
    assert line == "         ► Read src/list.tsx".ljust(64) + "312 lines   ~4.0k"
    assert len(line) == WIDE.edge


def test_results_end_in_one_column_however_many_tokens_there_are() -> None:
    ends = {
        shown(Row(call(), answer=result(meta="ok"), tokens=tokens))[0].index("ok")
        for tokens in ("", "~6", "~4.0k", "~14.1k", "~118.2k")
    }
    assert len(ends) == 1


def test_a_long_argument_loses_its_middle_and_the_figures_nothing() -> None:
    path = "src/" + "very/" * 30 + "deep.tsx"
    (line,) = shown(Row(call(path), answer=result(meta="312 lines"), tokens="~4.0k"))
    assert line.startswith("         ► Read src/very")
    assert line.endswith("deep.tsx  312 lines   ~4.0k")
    assert "…" in line


def test_a_longer_name_moves_only_its_own_argument() -> None:
    (line,) = shown(Row(call("2 of 4 done", "TodoWrite"), answer=result()))
    assert line == "         ► TodoWrite 2 of 4 done"


def test_a_failed_call_is_marked_and_says_what_failed() -> None:
    head = "FAIL filters.test.tsx > keeps the range after reload Maximum update depth exceeded"
    row = Row(
        call("npm test -- filters", "Bash"),
        answer=result(head, "exit 1", flags=Flag.FAILED),
        tokens="~2.3k",
    )
    lines = shown(row)
    assert lines[0] == "         × Bash npm test -- filters".ljust(67) + "exit 1   ~2.3k"
    assert lines[1:] == [
        "                FAIL filters.test.tsx > keeps the range after reload Maximum",
        "                update depth exceeded",
    ]
    assert inks(row, "exit 1") == {("reset", "", True)}
    assert inks(row, "Bash") == {("reset", "", True)}


def test_a_failure_without_words_takes_no_empty_line() -> None:
    assert len(shown(Row(call(), answer=result(meta="interrupted", flags=Flag.FAILED)))) == 1


def test_a_refused_call_is_no_failure() -> None:
    row = Row(call("rm -rf x", "Bash"), answer=result("no", "denied", flags=Flag.DENIED))
    assert "► Bash rm -rf x" in shown(row)[0]
    assert inks(row, "denied") == {("dumb", "", False)}


@pytest.mark.parametrize(
    ("doing", "mark", "words", "ink"),
    [
        (Doing.RUNNING, "►", "running", ("agent", "", False)),
        (Doing.WAITING, "!", "waits for you", ("needs", "", True)),
    ],
)
def test_an_open_call_says_what_it_does(doing: Doing, mark: str, words: str, ink: tuple) -> None:
    row = Row(call("npm test", "Bash"), doing=doing)
    assert shown(row)[0].startswith(f"         {mark} Bash npm test")
    assert inks(row, words) == {ink}


def test_a_call_whose_answer_nobody_knows_claims_nothing() -> None:
    assert shown(Row(call("npm test", "Bash"))) == ["         ► Bash npm test"]


def test_an_open_edit_shows_the_change() -> None:
    diff = (
        DiffLine(Side.SAME, "export function List() {", 41),
        DiffLine(Side.REMOVED, "  const a = useState()", 42),
        DiffLine(Side.ADDED, "  const a = useMemo()", 42),
    )
    row = Row(
        call(name="Edit", flags=Flag.EDIT),
        Body(Kind.TOOL_CALL, "{}", "json"),
        result(meta="+1 -1"),
        Body(Kind.TOOL_RESULT, "ok", diff=diff),
        lines=PREVIEW,
    )
    assert shown(row)[1:] == [
        "                  41   export function List() {",
        "                  42 -   const a = useState()",
        "                  42 +   const a = useMemo()",
    ]
    grounds = [width_of(line) for line in block(row, WIDE).lines[1:]]
    assert grounds == [WIDE.edge] * 3, "the ground ends at the column of tokens"


def test_an_open_command_shows_what_was_asked_and_what_came_back() -> None:
    command = "npm test -- filters &&\n  npm run lint"
    row = Row(
        call(one_line(command), "Bash"),
        Body(Kind.TOOL_CALL, command, "bash"),
        result(meta="ok"),
        Body(Kind.TOOL_RESULT, "41 passed\n3 skipped\n"),
        lines=PREVIEW,
    )
    assert shown(row)[0].startswith("         ▼ Bash npm test")
    assert shown(row)[1:] == [
        "                npm test -- filters &&",
        "                  npm run lint",
        "                41 passed",
        "                3 skipped",
    ]


def test_what_the_line_says_already_is_not_said_again() -> None:
    row = Row(
        call("ls", "Bash"),
        Body(Kind.TOOL_CALL, "ls", "bash"),
        result(meta="ok"),
        Body(Kind.TOOL_RESULT, "a.py"),
        lines=PREVIEW,
    )
    assert shown(row)[1:] == ["                a.py"]


@pytest.mark.parametrize(
    ("answer", "doing", "words"),
    [
        (Body(Kind.TOOL_RESULT, ""), Doing.UNKNOWN, "no output"),
        (Body(Kind.TOOL_RESULT, missing="no longer on disk"), Doing.UNKNOWN, "no longer on disk"),
        (None, Doing.UNKNOWN, "reading…"),
    ],
)
def test_an_answer_without_text_says_why(answer: Body | None, doing: Doing, words: str) -> None:
    row = Row(call(), answer=result(), answer_body=answer, lines=PREVIEW, doing=doing)
    assert shown(row)[1].strip() == words


def test_a_call_without_an_answer_says_so_when_it_is_opened() -> None:
    asked = Body(Kind.TOOL_CALL, "ls", "bash")
    running = Row(call("ls", "Bash"), asked, lines=PREVIEW, doing=Doing.RUNNING)
    assert shown(running)[1].strip() == "no answer yet"
    given_up = Row(call("ls", "Bash"), asked, lines=PREVIEW)
    assert shown(given_up)[1].strip() == "the transcript holds no answer"


def test_opening_twice_shows_everything_and_a_third_time_folds() -> None:
    output = Body(Kind.TOOL_RESULT, "\n".join(f"row {n}" for n in range(300)))
    shown_lines, seen = 0, []
    for _ in range(3):
        row = Row(call("x", "Bash"), answer=result(), answer_body=output, lines=shown_lines)
        drawn = block(row, WIDE)
        seen.append((len(drawn.lines), text_of(drawn.lines[-1]).strip()))
        shown_lines = next_opening(shown_lines, drawn, spoken=False)
    assert seen == [
        (1, "► Bash x"),
        (PREVIEW + 2, "… 280 more lines · open again"),
        (301, "row 299"),
    ]
    assert shown_lines == 0


def test_an_endless_answer_is_cut_and_names_the_way_to_the_rest() -> None:
    output = Body(Kind.TOOL_RESULT, "\n" + "row\n" * 50_000)
    drawn = block(Row(call(), answer=result(), answer_body=output, lines=MOST), WIDE)
    assert len(drawn.lines) == MOST + 2
    assert text_of(drawn.lines[-1]).strip() == "… 48,000 more lines · copy takes all of it"
    assert next_opening(MOST, drawn, spoken=False) == 0


def test_a_text_that_was_not_kept_whole_says_how_much_is_missing() -> None:
    row = Row(
        call(), answer=result(), answer_body=Body(Kind.TOOL_RESULT, "a"), lines=PREVIEW, cut=1234
    )
    assert shown(row)[-1].strip() == "… 1,234 more characters · copy takes all of it"


def test_a_result_whose_call_is_not_known_is_a_row_of_its_own() -> None:
    assert "► result 3 lines" in shown(Row(result("3 lines", "ok")))[0]


# Quiet rows and breaks


def test_thinking_is_one_quiet_line_that_opens() -> None:
    thought = item(Kind.THOUGHT, "The state lives in two places", size=400)
    row = Row(thought)
    assert shown(row) == ["         ► thinking The state lives in two places"]
    assert inks(row, "thinking") == {("muted", "", False)}
    opened = Row(thought, Body(Kind.THOUGHT, "The state lives\nin two places."), lines=PREVIEW)
    assert shown(opened)[0].startswith("         ▼ thinking")
    assert [line.strip() for line in shown(opened)[1:]] == ["The state lives", "in two places."]


def test_a_note_that_hides_nothing_does_not_offer_to_open() -> None:
    drawn = block(Row(item(Kind.NOTE, "/exit", name="command", size=90)), WIDE)
    assert text_of(drawn.lines[0]) == "           command /exit"
    assert next_opening(0, drawn, spoken=False) == 0


def test_a_long_note_ends_with_dots_and_opens() -> None:
    drawn = block(Row(item(Kind.NOTE, "x" * 119 + "…", name="hook")), WIDE)
    assert text_of(drawn.lines[0]).startswith("         ► hook xxx")
    assert width_of(drawn.lines[0]) == WIDE.edge
    assert next_opening(0, drawn, spoken=False) == PREVIEW


def test_a_compaction_cuts_the_transcript_across_and_says_what_it_did() -> None:
    row = Row(
        item(Kind.COMPACTION, "Conversation compacted"),
        clock="20:11",
        words="compacted by hand, 180.4k → 3.2k",
    )
    (line,) = shown(row)
    assert line.startswith("  20:11  ── compacted by hand, 180.4k → 3.2k ────")
    assert len(line) == WIDE.edge


def test_an_error_stands_in_words() -> None:
    row = Row(item(Kind.ERROR, "API Error: 529 overloaded", flags=Flag.FAILED))
    assert shown(row) == ["         × API Error: 529 overloaded"]
    assert inks(row, "API") == {("reset", "", False)}


def test_an_interrupt_stands_in_words_and_does_not_open() -> None:
    drawn = block(Row(item(Kind.INTERRUPT, "Request interrupted by user")), WIDE)
    assert text_of(drawn.lines[0]) == "         ! Request interrupted by user"
    assert next_opening(0, drawn, spoken=False) == 0


# Sub-agents


def test_what_a_sub_agent_does_stands_behind_its_mark() -> None:
    aside = Flag.SIDECHAIN
    said = Row(item(Kind.SAID, "x", flags=aside), Body(Kind.SAID, "I list\n\nthe files."))
    assert shown(said) == [
        "         ┊ sub    I list",
        "         ┊",
        "         ┊        the files.",
    ]
    asked = Row(item(Kind.PROMPT, "x", flags=aside), Body(Kind.PROMPT, "Look around."))
    assert shown(asked) == ["         ┊ task   Look around."]
    used = Row(call("ls", "Bash", flags=aside), answer=result(meta="ok"), tokens="~6")
    assert shown(used)[0].startswith("         ┊ ► Bash ls")
    assert shown(used)[0].endswith("ok      ~6")


# Anything at all


@given(
    kind=st.sampled_from(Kind),
    head=st.text(max_size=200).map(one_line),
    body=st.text(max_size=300).map(clean),
    name=st.text(max_size=80).map(one_line),
    meta=st.text(max_size=60).map(one_line),
    flags=st.integers(0, 31).map(Flag),
    lines=st.sampled_from([0, PREVIEW, MOST]),
    width=st.sampled_from([20, 40, 60, 80, 83, 118, 200]),
    answered=st.booleans(),
)
def test_no_item_is_wider_than_the_view_or_fails(
    kind, head, body, name, meta, flags, lines, width, answered
) -> None:
    columns = Columns.of(width, 1 if width <= 80 else 2)
    row = Row(
        item(kind, head, name=name, meta=meta, flags=flags, size=len(body)),
        Body(kind, body),
        result(head, meta, flags=flags) if answered else None,
        Body(Kind.TOOL_RESULT, body, diff=(DiffLine(Side.ADDED, body.replace("\n", " "), 3),)),
        clock="13:58",
        tokens="~118.2k",
        lines=lines,
    )
    drawn = block(row, columns)
    assert drawn.lines
    if width >= 40:
        assert all(width_of(line) <= columns.edge for line in drawn.lines)
