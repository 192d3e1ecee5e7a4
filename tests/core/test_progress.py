"""Reading progress files as people and agents write them."""

from __future__ import annotations

import time
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.progress import (
    NAMES,
    Section,
    Summary,
    Topic,
    render,
    sections,
    summary,
    topic_of,
)

TEMPLATE = files("clearhead.core").joinpath("data/progress-template.md").read_text("utf-8")


def test_the_template_has_the_four_sections_in_order_and_no_boxes():
    text = render(TEMPLATE, project="shop", date="2026-03-01")
    assert [section.topic for section in sections(text)][1:] == [
        Topic.STATUS,
        Topic.COMPLETED,
        Topic.FAILED,
        Topic.NEXT,
    ]
    assert summary(text) == Summary(open=0, ticked=0)
    assert "shop" in text.splitlines()[0]
    assert "2026-03-01" in text
    assert "$" not in text


def test_a_project_name_with_a_dollar_is_kept():
    assert render("$project since $date", project="$date", date="May") == "$date since May"


def test_names_are_looked_for_in_the_documented_order():
    assert NAMES[:2] == ("claude-progress.md", "claude-progress.txt")


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("Current status", Topic.STATUS),
        ("Status: COMPLETE - all done", Topic.STATUS),
        ("Where we are", Topic.STATUS),
        ("Current Completion Status", Topic.STATUS),
        ("Completed Tasks", Topic.COMPLETED),
        ("What Was Done This Session", Topic.COMPLETED),
        ("What I accomplished", Topic.COMPLETED),
        ("✅ Done", Topic.COMPLETED),
        ("Failed approaches", Topic.FAILED),
        ("What didn't work", Topic.FAILED),
        ("What didn’t work", Topic.FAILED),
        ("Things that did not work", Topic.FAILED),
        ("Dead ends", Topic.FAILED),
        ("Tried", Topic.FAILED),
        ("What we tried", Topic.FAILED),
        ("Next step", Topic.NEXT),
        ("2. Next Steps", Topic.NEXT),
        ("TODO", Topic.NEXT),
        ("To-do", Topic.NEXT),
        ("What To Work On Next", Topic.NEXT),
        ("Next Session Instructions", Topic.NEXT),
        ("Key Design Decisions (for the agent to know)", Topic.DECISIONS),
    ],
)
def test_a_title_is_understood_by_its_meaning(title, topic):
    assert topic_of(title) is topic


@pytest.mark.parametrize(
    "title",
    [
        "Feature 8 (COMPLETED, commit: 931dcb7)",
        "Definition of done",
        "Key findings for the next agent",
        "Failing tests",
        "Last Updated: Session Complete",
        "本次完成内容",
        "",
    ],
)
def test_a_title_that_only_sounds_alike_has_no_topic(title):
    assert topic_of(title) is None


def test_a_section_reaches_to_the_next_as_deep_and_holds_the_deeper_ones():
    text = "intro\n# Notes\n## Done\na\n### Part\nb\n## Next step\nc\n"
    assert sections(text) == (
        Section("Notes", None, 1, 1, 9),
        Section("Done", Topic.COMPLETED, 2, 2, 6),
        Section("Part", None, 3, 4, 6),
        Section("Next step", Topic.NEXT, 2, 6, 9),
    )


def test_plain_label_lines_are_sections():
    text = "Role: planner\n\nWhat I accomplished:\n- one\n\nNotes about the worktree:\n- two\n"
    assert [(s.title, s.topic, s.start, s.end) for s in sections(text)] == [
        ("What I accomplished", Topic.COMPLETED, 2, 5),
        ("Notes about the worktree", None, 5, 8),
    ]


@pytest.mark.parametrize(
    "line",
    ["**Next steps:**", "**Next steps**:", "**Next steps**", "__Next steps:__", "Next steps："],
)
def test_emphasised_and_foreign_label_lines_are_sections(line):
    assert [(s.title, s.topic) for s in sections(f"text\n{line}\nmore")] == [
        ("Next steps", Topic.NEXT)
    ]


def test_a_label_with_text_behind_it_counts_when_its_topic_is_known():
    text = "Runbook: docs/plan.md\nStatus: waiting for the person\nA1: DONE - read it\n"
    assert [(s.title, s.topic) for s in sections(text)] == [("Status", Topic.STATUS)]


def test_a_label_in_the_middle_of_a_paragraph_is_prose():
    assert sections("We tried a few\nthings before this one:\n- a\n") == ()


def test_titles_in_other_languages_are_kept():
    (section,) = sections("## 本次完成内容\n- 一\n")
    assert (section.title, section.topic) == ("本次完成内容", None)


def test_framed_titles_are_sections():
    (section,) = sections("=== Next steps ===\n- a")
    assert (section.title, section.topic) == ("Next steps", Topic.NEXT)


@pytest.mark.parametrize(
    ("fence", "inside"), [("```", "```python"), ("```", "~~~"), ("````", "```"), ("~~~~", "~~~")]
)
def test_code_blocks_hold_neither_sections_nor_boxes(fence, inside):
    block = f"{fence}sh\n# Done\n- [ ] no\n{inside}\nStatus: no\n{fence}"
    text = f"# Notes\n{block}\n- [ ] yes\n## Next\n"
    assert [section.title for section in sections(text)] == ["Notes", "Next"]
    assert summary(text) == Summary(open=1, ticked=0)


def test_a_code_block_that_is_never_closed_ends_with_the_file():
    assert [section.title for section in sections("# A\n```\n# B\n")] == ["A"]


def test_boxes_are_counted_by_state():
    text = "- [x] a\n  * [X] b\n1. [ ] c\n+ [ ]\n- [y] d\n-[x] e\n[x] f\n- [x](link)\n"
    assert summary(text) == Summary(open=2, ticked=2)


@given(st.text(alphabet="# -*=`~:[]xX\nDone12.()"))
def test_any_text_is_read_and_every_section_lies_inside_it(text):
    lines = text.count("\n") + 1
    for section in sections(text):
        assert 0 <= section.start < section.end <= lines
    assert summary(text).open >= 0


def test_a_hundred_thousand_headings_are_read_in_time():
    text = "## Done\n# Next\n" * 50_000
    begun = time.monotonic()
    assert len(sections(text)) == 100_000
    assert time.monotonic() - begun < 10
