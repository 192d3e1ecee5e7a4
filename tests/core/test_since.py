"""What a session did after a moment, from its own transcript; and when the person was here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clearhead.core.since import Happened, happened
from clearhead.core.visits import Visit, last_visit, remember

from .symptom_world import Talk

if TYPE_CHECKING:
    from pathlib import Path


def told(talk: Talk, after: int) -> Happened:
    """What happened after the first `after` records of a conversation."""
    transcript = talk.transcript
    at = talk.chat.lines[after - 1]["timestamp"] if after else "2026-07-01T09:00:00.000Z"
    return happened(transcript.view, transcript.body, datetime.fromisoformat(at).timestamp())


def test_what_came_after_a_moment_is_counted(tmp_path: Path) -> None:
    talk = Talk(tmp_path).ask("Begin").say("Yes.")
    before = len(talk.chat.lines)
    talk.ask("Go on").edit("src/a.py", "x", "y").edit("src/b.py", "x", "y")
    talk.tests_fail().bash("npm test", "12 passed")
    talk.bash("git commit -m w", "[main 9f2c1ab] Wire the filters\n 1 file changed")
    talk.bash("ls", "no", failed=True).say("The filters work.")
    found = told(talk, before)
    assert (found.turns, found.calls, found.failed) == (1, 6, 2)
    assert (found.edits, found.files) == (2, ("b.py", "a.py"))
    assert (found.tests, found.tests_failed) == (2, False)
    assert found.commits == ("9f2c1ab Wire the filters",)
    assert found.last_said == "The filters work."
    assert not found.more


def test_nothing_came_after_the_end(tmp_path: Path) -> None:
    talk = Talk(tmp_path).ask("Begin").say("Yes.")
    found = told(talk, len(talk.chat.lines))
    assert found == Happened()


def test_a_last_test_run_that_failed_is_said_and_a_failed_edit_is_none(tmp_path: Path) -> None:
    talk = Talk(tmp_path).ask("Begin").bash("npm test", "12 passed").tests_fail()
    talk.edit("src/a.py", "x", "y", failed=True)
    found = told(talk, 0)
    assert (found.tests, found.tests_failed) == (2, True)
    assert (found.edits, found.files) == (0, ())


def test_a_visit_is_remembered_over_a_restart(tmp_path: Path) -> None:
    assert last_visit(tmp_path) is None
    remember(tmp_path, Visit(7.0, {"claude/one": 0.5}))
    found = last_visit(tmp_path)
    assert found == Visit(7.0, {"claude/one": 0.5})
    assert found.spent(("claude", "one")) == 0.5
    assert found.spent(("claude", "two")) is None
    (tmp_path / "visit.json").write_text("{")
    assert last_visit(tmp_path) is None
