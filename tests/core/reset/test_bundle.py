"""A hand-off to another machine comes through whole, and brings nothing else with it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.reset.bundle import Bundle, NotABundle, read, write
from clearhead.core.reset.shift import Shift, report

BUNDLE = Bundle(
    task="t1",
    project="shop",
    agent="claude",
    session_id="7f3",
    at=1.0,
    branch="main",
    commit="0a1b2c3d4e",
    remote="https://me:secret@example.org/shop.git",
    notes_name="claude-progress.md",
    usd=3.4,
    brief="Read AGENTS.md.\n\n## Brief\n--> done\n",
    notes="# Progress\n## Next step\nWire it\n```\ncode\n```\n",
)


def test_what_is_written_is_read_again() -> None:
    found = read(write(BUNDLE))
    assert (found.brief, found.notes) == (BUNDLE.brief, BUNDLE.notes)
    assert (found.branch, found.commit, found.usd) == ("main", "0a1b2c3d4e", 3.4)
    assert found.remote == "https://example.org/shop.git"
    assert read(write(BUNDLE).replace("\n", "\r\n")) == found


def test_secrets_are_masked_and_named() -> None:
    key = "sk-ant-api03-" + "A1b2C3d4" * 6
    text = write(Bundle(task="", project="p", agent="a", session_id="s", at=1.0, notes=key))
    assert key not in text
    assert "Masked here" in text
    assert read(text).masked


@pytest.mark.parametrize("text", ["", "# notes\n", "<!-- clearhead hand-off 1\n{}\n-->\n"])
def test_anything_else_is_told_apart(text: str) -> None:
    with pytest.raises(NotABundle):
        read(text)
    with pytest.raises(NotABundle, match="newer"):
        read(write(BUNDLE).replace("hand-off 1", "hand-off 2", 1))


def test_a_hostile_bundle_leads_nowhere() -> None:
    found = read(
        write(
            Bundle(
                task="\x1b[31m",
                project="p\n",
                agent="a",
                session_id="s",
                at=1.0,
                commit="--upload-pack=x",
                notes_name="../../.bashrc",
                branch="--x\x1b",
                brief="\x1b]0;x\x07 hi",
            )
        )
    )
    assert (found.commit, found.notes_name) == (None, None)
    assert "\x1b" not in f"{found.task}{found.branch}{found.brief}"


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(NotABundle):
        read(text)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_words_come_through(brief: str, project: str) -> None:
    read(write(Bundle(task="", project=project, agent="a", session_id="s", at=1, brief=brief)))


def test_a_shift_report_says_what_runs_waits_and_was_spent() -> None:
    text = report(
        Shift(
            project="shop",
            agent="Claude Code",
            session_id="7f3",
            since=None,
            now=0.0,
            runs="It works on the filters.",
            waits="Permission for: npm install",
            branch="main",
            commit="0a1b2c3d4e5f",
            dirty=2,
            spent="$3.42",
        ),
        "## Next step\n- Wire it\n## Failed approaches\n- URL params — loops\n",
    )
    for words in ("It works on", "npm install", "$3.42", "Wire it", "URL params — loops", "main"):
        assert words in text
    assert "Masked" not in text
