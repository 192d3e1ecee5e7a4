"""Changing a progress file: only what was meant changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.features import read_features
from clearhead.core.lineends import decode, encode
from clearhead.core.notes import template
from clearhead.core.progress import Topic, render, sections
from clearhead.core.progress_edit import REQUIRED, add_entry, archive, insert_missing, stamp
from clearhead.core.progress_entries import entries, next_items, session_logs, split_reason
from tests.corpus import real_progress_files

NEW = render(template(), project="shop", date="2026-11-23")


def added(before: str, after: str) -> list[str]:
    """The lines that came; everything else must stand as it stood."""
    old, new = before.split("\n"), after.split("\n")
    came, at = [], 0
    for line in new:
        if at < len(old) and line == old[at]:
            at += 1
        else:
            came.append(line)
    assert at == len(old)
    return came


@pytest.mark.parametrize(
    ("words", "approach", "reason"),
    [
        ("raise the pool size — connections leak", "raise the pool size", "connections leak"),
        ("mock the clock - hides the bug", "mock the clock", "hides the bug"),
        ("a retry loop because the API limits", "a retry loop", "because the API limits"),
        ("`a - b` alone", "`a - b` alone", ""),
        ("well-known fix", "well-known fix", ""),
        ("Redis: too slow to start", "Redis", "too slow to start"),
        ("https://example.org/x", "https://example.org/x", ""),
    ],
)
def test_an_approach_and_its_reason_are_told_apart(words: str, approach: str, reason: str) -> None:
    assert split_reason(words) == (approach, reason)


def test_entries_are_the_items_of_a_section_with_what_is_indented_below() -> None:
    text = "## Done\n- [x] one\n  more of it\n- [ ] two\n\n## Next\n1. go\n"
    one, two = entries(text, Topic.COMPLETED)
    assert (one.text, one.ticked, one.start, one.end) == ("one more of it", True, 1, 3)
    assert (two.text, two.ticked) == ("two", False)
    assert [entry.text for entry in next_items(text)] == ["go"]


def test_comments_and_placeholders_are_no_entries() -> None:
    assert all(not entries(NEW, topic) for topic in Topic)
    assert not entries("## Failed approaches\n- (none yet)\n- None.\n\nTBD\n", Topic.FAILED)


def test_words_behind_a_label_are_an_entry() -> None:
    (entry,) = entries("Status: waiting for the token\n", Topic.STATUS)
    assert entry.text == "waiting for the token"


@pytest.mark.parametrize("topic", list(Topic))
def test_a_new_file_takes_an_entry_into_every_section(topic: Topic) -> None:
    after = add_entry(NEW, topic, "a thing")
    assert [entry.text for entry in entries(after, topic)] == ["a thing"]
    assert "- a thing" in added(NEW, after)


def test_an_entry_is_written_like_the_one_before_it() -> None:
    boxes = "## Done\n* [x] one\n  more\n\n## Next\n1. a\n2. b\n"
    assert added(boxes, add_entry(boxes, Topic.COMPLETED, "two")) == ["* [x] two"]
    assert added(boxes, add_entry(boxes, Topic.NEXT, "c")) == ["3. c"]


def test_a_placeholder_gives_way() -> None:
    text = "## Failed approaches\n\n- (none yet)\n\n## Next\n- go\n"
    assert add_entry(text, Topic.FAILED, "x — y") == text.replace("(none yet)", "x — y")


def test_a_rule_is_no_placeholder() -> None:
    text = "## Next\nAll is done.\n\n---\n\n# Older\n"
    assert "---" in add_entry(text, Topic.NEXT, "rest")


def test_a_missing_section_is_made_at_its_place() -> None:
    text = "# t\n\n## Done\n- one\n\n## Next\n- go\n"
    after = add_entry(text, Topic.FAILED, "x — y")
    assert [s.topic for s in sections(after) if s.topic] == [
        Topic.COMPLETED,
        Topic.FAILED,
        Topic.NEXT,
    ]


def test_of_several_session_logs_the_newest_takes_the_entry() -> None:
    old = "## Session 2026-01-01\n### Done\n- a\n"
    new = "## Session 2026-01-02\n### Done\n- b\n"
    assert add_entry(old + new, Topic.COMPLETED, "c") == old + new + "- c\n"
    assert add_entry(new + old, Topic.COMPLETED, "c") == new + "- c\n" + old


def test_missing_sections_are_put_in_once() -> None:
    text = "# t\n\n## Next\n- go\n"
    after = insert_missing(text)
    assert {s.topic for s in sections(after)} >= set(REQUIRED)
    assert insert_missing(after) == after
    added(text, after)


def test_a_stamp_is_put_below_the_title_and_renewed_in_place() -> None:
    once = stamp("# t\n\nwords\n", branch="main", commit="abc1234", date="2026-11-23", tests=None)
    assert once == "# t\n\nUpdated: 2026-11-23 · branch main · commit abc1234\n\nwords\n"
    again = stamp(once, branch="main", commit="def5678", date="2026-11-24", tests="12 passed")
    assert again == once.replace(
        "2026-11-23 · branch main · commit abc1234",
        "2026-11-24 · branch main · commit def5678 · 12 passed",
    )
    bold = "**Last updated:** yesterday\n"
    assert stamp(bold, branch=None, commit=None, date="d", tests=None) == "**Last updated:** d\n"


def test_old_session_logs_are_taken_out_and_the_newest_stay() -> None:
    logs = [f"## Session: 2026-01-0{n}\n- work {n}\n" for n in range(1, 6)]
    kept, taken = archive("# t\n" + "".join(logs))
    assert kept == "# t\n" + "".join(logs[2:])
    assert taken + "\n" == "".join(logs[:2])
    kept, taken = archive("# t\n" + "".join(reversed(logs)))
    assert taken + "\n" == logs[1] + logs[0] or taken.startswith("## Session: 2026-01-02")
    assert len(session_logs(kept)) == 3


TEXTS = st.lists(
    st.sampled_from(
        ["# t", "## Done", "- a", "  - b", "", "1. x", "Next:", "words", "---", "- [x] y", "\tz\r"]
    ),
    max_size=12,
).map("\n".join)


@given(TEXTS, st.sampled_from(Topic))
def test_an_entry_can_be_put_into_any_text_and_is_found_there(text: str, topic: Topic) -> None:
    after = add_entry(text, topic, "the new entry")
    assert any("the new entry" in entry.text for entry in entries(after, topic))
    kept = [line for line in text.split("\n") if line.strip()]
    assert [line for line in after.split("\n") if line in kept] == kept or len(after) > len(text)


def test_feature_lists_are_read_in_both_shapes() -> None:
    plain = read_features('[{"description": "a", "passes": true}, {"title": "b", "passes": false}]')
    assert plain is not None
    assert (plain.passing, plain.open) == (1, 1)
    assert [item.title for item in plain.items] == ["a", "b"]
    document = read_features('{"project": "p", "userStories": [{"id": "US-1", "passes": false}]}')
    assert document is not None
    assert document.open == 1
    assert read_features('{"a": 1}') is None
    with pytest.raises(ValueError, match="truncated"):
        read_features("[{")


@pytest.mark.corpus
def test_real_files_stay_byte_for_byte_but_for_the_entry() -> None:
    seen = 0
    for place in real_progress_files():
        content = place.read_bytes()
        text, form = decode(content)
        assert encode(text, form, text) == content
        if place.suffix == ".json":
            assert read_features(text) is not None
            continue
        for topic in Topic:
            after = add_entry(text, topic, "a new entry")
            assert any("a new entry" in entry.text for entry in entries(after, topic)), place.name
            added(text, after)
            seen += 1
    assert seen > 50
