"""What a transcript tells for a compaction, and what is worked out from it before one."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearhead.core.agents.base import Sighting
from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.compacting.keeping import Point
from clearhead.core.compacting.preparing import MOST_START, SUMMARY, Prepared, estimate, prepare
from clearhead.core.compacting.reading import FILES, files_in_play, goal_of, summary_of
from clearhead.core.followed import Followed
from clearhead.core.snapshot import Fill, Mark, Snapshot
from clearhead.core.thread import Thread

from ..symptom_world import Talk

DATA = Path(__file__).parent.parent.parent / "data"
COMPACTED = sorted(
    path for path in DATA.rglob("*.jsonl") if "compact" in path.name or "course-1" in path.name
)


def followed(path: Path) -> Followed:
    agent = Codex(()) if "codex" in path.parts else ClaudeCode(())
    found = Followed(agent, Sighting(agent.name, path.stem, path))
    found.read_whole()
    return found


def thread_of(found: Followed) -> Thread:
    assert found.view is not None
    return Thread(found.view, found.body)


@pytest.mark.parametrize("path", COMPACTED, ids=lambda path: path.stem)
def test_every_captured_compaction_gives_its_whole_summary(path: Path) -> None:
    found = followed(path)
    compactions = [c for c in found.snapshot.compactions if c.whole]
    assert compactions
    for compaction in compactions:
        text = summary_of(thread_of(found), compaction).text
        assert "summar" in text.lower()
        assert len(text) > 60


def talk(folder: Path) -> Talk:
    made = Talk(folder)
    made.ask("/model opus").ask("Build the dashboard.\nWith tests.").say("I begin.")
    made.use("Read", "text", file_path="/w/app/src/list.ts")
    made.use("Read", "no such file", failed=True, file_path="/w/app/src/gone.ts")
    made.edit("src/list.loader.ts", "a", "b")
    made.bash("cat src/other.ts", "text")
    made.use("Read", "text", file_path="/w/app/src/list.ts")
    return made


def test_goal_and_files_in_play(tmp_path: Path) -> None:
    thread = talk(tmp_path).thread
    assert goal_of(thread) == "Build the dashboard.\nWith tests."
    assert files_in_play(thread) == ("src/list.loader.ts", "src/list.ts")


def test_only_the_newest_files_are_named(tmp_path: Path) -> None:
    made = Talk(tmp_path).ask("Go")
    for number in range(30):
        made.edit(f"f{number}.py", "a", "b")
    files = files_in_play(made.thread)
    assert files[0] == "f29.py"
    assert len(files) == FILES


def test_our_own_brief_is_no_goal(tmp_path: Path) -> None:
    made = Talk(tmp_path).ask("You continue a task in shop. An earlier session ended.").say("Yes.")
    assert goal_of(made.thread) == ""


def snapshot(fill: int, *marks: Mark) -> Snapshot:
    return Snapshot(fill=Fill(fill), history=marks)


@pytest.mark.parametrize(
    ("known", "start", "left"),
    [
        pytest.param(snapshot(100_000, Mark(20_000)), 14_000, 14_000 + SUMMARY, id="start"),
        pytest.param(snapshot(100_000, Mark(20_000)), None, None, id="nothing-known"),
        pytest.param(
            snapshot(100_000, Mark(90_000, True), Mark(24_000), Mark(60_000)),
            14_000,
            24_000,
            id="as-the-last-one",
        ),
        pytest.param(
            snapshot(50_000, Mark(90_000, True), Mark(80_000, True)), None, None, id="twice"
        ),
        pytest.param(snapshot(10_000, Mark(9_000)), 9_000, None, id="nothing-gained"),
        pytest.param(Snapshot(), 14_000, 14_000 + SUMMARY, id="fill-unknown"),
    ],
)
def test_the_estimate_rests_on_what_is_known(
    known: Snapshot, start: int | None, left: int | None
) -> None:
    assert estimate(known, start) == left


def prepared(found: Followed, state: Path) -> Prepared:
    view, body = found.view, found.body
    return prepare(found.sighting, found.snapshot, view, body, state, agent=found.agent)


def test_notes_and_transcript_come_together(tmp_path: Path) -> None:
    root = tmp_path / "app"
    root.mkdir()
    (root / "claude-progress.md").write_text("## Decisions\n- No new packages\n")
    made = talk(tmp_path)
    made.use("Edit", "done", file_path="/w/app/claude-progress.md", old_string="a", new_string="b")
    for line in made.chat.lines:
        line["cwd"] = str(root)
    assert made.thread.stop
    found = followed(made.path)
    ready = prepared(found, tmp_path / "state")
    assert ready.notes_name == "claude-progress.md"
    points = [(keep.point, keep.text) for keep in ready.keeps]
    assert points[:2] == [
        (Point.GOAL, "Build the dashboard. With tests."),
        (Point.DECISION, "No new packages"),
    ]
    assert "claude-progress.md" not in [text for point, text in points if point is Point.FILE]
    assert ready.takes_text


@pytest.mark.parametrize("folder", ["not-there", "empty"])
def test_without_notes_or_folder_there_still_is_a_text(tmp_path: Path, folder: str) -> None:
    (tmp_path / "empty").mkdir()
    sighting = Sighting("codex", "s1", cwd=str(tmp_path / folder))
    ready = prepare(sighting, Snapshot(), None, lambda _: None, tmp_path / "state")
    assert ready.keeps == ()
    assert "Keep" in ready.text
    assert (ready.before, ready.estimate, ready.notes_name) == (None, None, None)
    assert not ready.takes_text


def test_a_first_call_that_carried_a_whole_session_is_no_start(tmp_path: Path) -> None:
    path = DATA / "codex" / "rollout-alone-course-1.jsonl"
    assert (prepared(followed(path), tmp_path / "state").start or 0) < MOST_START
