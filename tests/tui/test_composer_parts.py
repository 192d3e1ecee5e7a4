"""Completing a file, going back through what was sent, and what the composer says of a session."""

from __future__ import annotations

import pytest

from clearhead.core.acting.action import Verb, action
from clearhead.core.acting.channel import Reach
from clearhead.core.agents.base import State, Waiting
from clearhead.core.session import Standing
from clearhead.tui import themes
from clearhead.tui.widgets.composer.facts import ComposerFacts, composer_facts
from clearhead.tui.widgets.composer.mention import Mention, fitting, mention_at
from clearhead.tui.widgets.composer.past import Past
from clearhead.tui.widgets.composer.rows import file_rows, note_beside, resting_row

from .test_act_reasons import look

FILES = ("README.md", "src/list.tsx", "src/loader.ts", "src/ui/filter-loader.ts", "tests/list.py")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("read @src/l", Mention(6, "src/l"), id="a-word"),
        pytest.param("@", Mention(1, ""), id="only-the-sign"),
        pytest.param("(@a", Mention(2, "a"), id="in-brackets"),
        pytest.param("me@example.org", None, id="an-address"),
        pytest.param("@src/list.tsx and", None, id="the-word-is-over"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_mention_is_the_word_at_the_cursor(line: str, found: Mention | None) -> None:
    assert mention_at(line, len(line)) == found


@pytest.mark.parametrize(
    ("typed", "best"),
    [
        pytest.param("load", ["src/loader.ts", "src/ui/filter-loader.ts"], id="name-first"),
        pytest.param("LIST", ["src/list.tsx", "tests/list.py"], id="case-counts-for-nothing"),
        pytest.param("ui/", ["src/ui/filter-loader.ts"], id="a-folder"),
        pytest.param("slt", ["src/list.tsx"], id="letters-in-order"),
        pytest.param("zzz", [], id="nothing-fits"),
        pytest.param("[", [], id="no-pattern"),
    ],
)
def test_files_that_fit_stand_the_best_first(typed: str, best: list[str]) -> None:
    found = fitting(FILES, typed)
    assert list(found[: len(best)]) == best
    assert bool(found) == bool(best)


def test_the_draft_stands_below_what_was_sent() -> None:
    past = Past(["one", "two"])
    assert past.newer("draft") is None
    assert past.older("draft") == "two"
    assert past.older("two, changed") == "one"
    assert past.older("one") is None
    assert past.newer("one") == "two, changed"
    assert past.newer("two, changed") == "draft"
    assert not past.inside


def test_a_message_that_was_sent_is_the_latest() -> None:
    past = Past(["one", "two"])
    past.add("one")
    assert past.older("") == "one"
    assert past.older("one") == "two"
    assert past.older("two") is None


def waits(kind: Waiting) -> object:
    return look(standing=Standing(State.WAITING, kind, asserted=True))


@pytest.mark.parametrize(
    ("shown", "closed", "note"),
    [
        pytest.param(look(), None, "", id="idle"),
        pytest.param(look(State.BUSY), None, "sent when the turn ends", id="busy"),
        pytest.param(look(State.BUSY, queues=True), None, "the agent queues it", id="queue"),
        pytest.param(look(reach=Reach.WATCHED), "watching only", "", id="watched"),
        pytest.param(look(reach=Reach.BY_HAND), None, "you paste it there", id="by-hand"),
        pytest.param(waits(Waiting.PERMISSION), "closed while a permission is open", "", id="asks"),
        pytest.param(
            waits(Waiting.INPUT), "closed while the agent waits for your answer", "", id="question"
        ),
        pytest.param(
            look(under_way=action(Verb.COMPACT)), None, "compact under way", id="under-way"
        ),
    ],
)
def test_what_the_composer_says(shown: object, closed: str | None, note: str) -> None:
    facts = composer_facts(shown)
    assert (facts.closed, facts.note) == (closed, note)
    assert (facts.reason is None) == (closed is None)
    assert facts.reason is None or facts.reason.endswith(".")


@pytest.mark.parametrize(
    ("facts", "room", "said"),
    [
        pytest.param(ComposerFacts(), 40, "", id="nothing"),
        pytest.param(ComposerFacts(note="armed"), 40, "  armed", id="no-steering"),
        pytest.param(
            ComposerFacts(note="queued", steers=True),
            40,
            "  queued · ctrl+n says it now",
            id="both",
        ),
        pytest.param(
            ComposerFacts(note="the agent queues it", steers=True),
            26,
            "  ctrl+n says it now",
            id="the-key-first",
        ),
        pytest.param(ComposerFacts("closed while it asks"), 14, "  closed whil…", id="cut"),
    ],
)
def test_what_stands_beside_the_text(facts: ComposerFacts, room: int, said: str) -> None:
    found = note_beside(facts, "ctrl+n", room, themes.load("clearhead"))
    assert found.plain == said


def test_a_turn_that_can_be_steered_is_said_beside_the_text() -> None:
    assert composer_facts(look(State.BUSY)).steers
    assert not composer_facts(look()).steers
    able = dict.fromkeys(Verb) | {Verb.STEER: "Claude Code cannot."}
    assert not composer_facts(look(State.BUSY, capabilities=able)).steers


def test_a_session_that_ended_names_the_way_on() -> None:
    facts = composer_facts(look(State.ENDED))
    assert facts.closed is not None
    assert "clearhead run claude --resume 7f3" in facts.closed


@pytest.mark.parametrize("width", [20, 40, 80, 140])
@pytest.mark.parametrize("facts", [ComposerFacts(), ComposerFacts(note="sent when it ends")])
def test_the_row_is_never_wider_than_the_screen(facts: ComposerFacts, width: int) -> None:
    palette = themes.load("clearhead")
    for draft in ("", "a draft of many words\nin two lines" * 9):
        row = resting_row(facts, draft, ("i", "a"), width, palette)
        assert row.cell_length <= width
        assert "i " in row.plain


def test_names_of_files_cannot_drive_the_terminal() -> None:
    palette = themes.load("clearhead")
    rows = file_rows(("a\x1b[31m\u202eb.py",), 0, 60, palette, looking=False).plain
    assert "ab.py" in rows
    assert rows.isprintable()
