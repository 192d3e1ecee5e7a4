"""Following one transcript file as it grows, is cut, replaced, or goes away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearhead.core import checkpoint
from clearhead.core.agents.codex.agent import Codex
from clearhead.core.items import Kind
from clearhead.core.transcript import Transcript


def line(kind: str, payload: dict[str, Any], second: int = 0) -> bytes:
    at = f"2026-07-01T10:00:{second:02}.000Z"
    return json.dumps({"timestamp": at, "type": kind, "payload": payload}).encode() + b"\n"


def said(text: str, second: int = 0) -> bytes:
    return line("event_msg", {"type": "agent_message", "message": text}, second)


def spent(total: int) -> bytes:
    usage = {"input_tokens": total, "cached_input_tokens": 0, "output_tokens": 1}
    info = {"total_token_usage": usage, "last_token_usage": usage, "model_context_window": 258_400}
    return line("event_msg", {"type": "token_count", "info": info})


START = line("session_meta", {"id": "s1", "cwd": "/w/app", "cli_version": "0.169.0"})
COURSE = START + b"".join(said(f"line {n}", n % 60) + spent(10 * (n + 1)) for n in range(8))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(COURSE)
    return file


def opened(path: Path) -> Transcript:
    transcript = Transcript(Codex(), path)
    transcript.catch_up()
    return transcript


def heads(transcript: Transcript) -> list[str]:
    return [item.head for item in transcript.view.items]


def test_a_file_read_at_once_gives_its_session_and_items(path: Path) -> None:
    transcript = opened(path)
    assert transcript.snapshot.session_id == "s1"
    assert heads(transcript) == [f"line {n}" for n in range(8)]
    assert transcript.snapshot.tokens.input == 80


def test_what_is_added_is_read_and_nothing_twice(path: Path) -> None:
    transcript = opened(path)
    with path.open("ab") as file:
        file.write(said("more"))
    assert transcript.catch_up()
    assert not transcript.catch_up()
    assert heads(transcript)[-2:] == ["line 7", "more"]


def test_a_half_line_waits_for_its_other_half(path: Path) -> None:
    transcript, added = opened(path), said("whole")
    with path.open("ab") as file:
        file.write(added[:20])
        file.flush()
        transcript.catch_up()
        assert heads(transcript)[-1] == "line 7"
        file.write(added[20:])
    transcript.catch_up()
    assert heads(transcript)[-1] == "whole"


def test_a_half_line_that_is_taken_back_leaves_nothing(path: Path) -> None:
    transcript = opened(path)
    with path.open("ab") as file:
        file.write(said("never finished")[:-9])
    transcript.catch_up()
    path.write_bytes(COURSE)
    transcript.catch_up()
    with path.open("ab") as file:
        file.write(said("instead"))
    transcript.catch_up()
    assert heads(transcript)[-2:] == ["line 7", "instead"]
    assert transcript.snapshot.problem_count == 0


def test_a_last_line_without_newline_is_shown_once_it_is_whole(path: Path) -> None:
    transcript = opened(path)
    with path.open("ab") as file:
        file.write(said("no newline yet").rstrip())
    transcript.catch_up()
    assert heads(transcript)[-1] == "no newline yet"
    with path.open("ab") as file:
        file.write(b"\n" + said("next"))
    transcript.catch_up()
    assert heads(transcript)[-2:] == ["no newline yet", "next"]
    assert transcript.snapshot.problem_count == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, len(COURSE)), max_size=4).map(sorted))
def test_a_file_cut_anywhere_and_completed_equals_the_file_read_at_once(
    tmp_path: Path, cuts: list[int]
) -> None:
    growing, whole = tmp_path / "growing.jsonl", tmp_path / "whole.jsonl"
    whole.write_bytes(COURSE)
    transcript = Transcript(Codex(), growing)
    for cut in [*cuts, len(COURSE)]:
        with growing.open("ab") as file:
            file.write(COURSE[growing.stat().st_size : cut])
        transcript.catch_up()
    assert transcript.snapshot == opened(whole).snapshot
    assert list(transcript.view.items) == list(opened(whole).view.items)
    growing.unlink()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p.write_bytes(START + said("new")), id="truncated-and-rewritten"),
        pytest.param(
            lambda p: (p.unlink(), p.write_bytes(START + said("new"))), id="replaced-by-another"
        ),
        pytest.param(
            lambda p: p.write_bytes(START + said("new") + b" " * len(COURSE) + b"\n"),
            id="rewritten-in-place-and-longer",
        ),
    ],
)
def test_another_content_is_read_from_its_start(path: Path, change: Any) -> None:
    transcript = opened(path)
    before = transcript.view.generation
    change(path)
    assert transcript.catch_up()
    assert heads(transcript) == ["new"]
    assert transcript.view.generation != before


def test_what_was_read_stays_when_the_file_goes_and_goes_on_when_it_comes_back(path: Path) -> None:
    transcript = opened(path)
    away = path.with_suffix(".away")
    path.rename(away)
    assert transcript.catch_up()
    assert transcript.view.gone
    assert len(heads(transcript)) == 8
    away.rename(path)
    assert transcript.catch_up()
    assert not transcript.view.gone


def test_a_body_is_loaded_from_its_place(path: Path) -> None:
    transcript = opened(path)
    body = transcript.body(3)
    assert (body.kind, body.text) == (Kind.SAID, "line 3")


def test_a_body_whose_bytes_changed_is_gone_and_never_another_text(path: Path) -> None:
    transcript = opened(path)
    path.write_bytes(COURSE.replace(b"line 3", b"line X"))
    assert transcript.body(3).missing == "no longer on disk"
    path.unlink()
    assert transcript.body(3).missing == "no longer on disk"


def test_the_end_of_a_long_file_is_enough_for_fill_and_newest_lines(path: Path) -> None:
    transcript = Transcript(Codex(), path)
    transcript.open_end(limit=len(said("line 7") + spent(80)) * 2)
    assert not transcript.snapshot.complete
    assert heads(transcript)[-1] == "line 7"
    assert transcript.snapshot.fill is not None
    assert transcript.snapshot.fill.tokens == 81


def test_a_last_line_longer_than_the_end_is_found_whole(path: Path) -> None:
    with path.open("ab") as file:
        file.write(said("x" * 5000))
    transcript = Transcript(Codex(), path)
    transcript.open_end(limit=100)
    assert heads(transcript)[-1].startswith("xxx")


def test_going_on_from_a_checkpoint_equals_reading_everything(path: Path, tmp_path: Path) -> None:
    made = opened(path).checkpoint()
    assert made is not None
    checkpoint.save(tmp_path / "cache", path, made)
    with path.open("ab") as file:
        file.write(said("later"))
    loaded = checkpoint.load(tmp_path / "cache", path)
    assert loaded is not None
    resumed = Transcript(Codex(), path)
    assert resumed.adopt(loaded)
    resumed.catch_up()
    assert resumed.snapshot == opened(path).snapshot
    assert list(resumed.view.items) == list(opened(path).view.items)


def test_a_checkpoint_of_another_content_is_not_used(path: Path) -> None:
    made = opened(path).checkpoint()
    assert made is not None
    path.write_bytes(COURSE.replace(b"line 7", b"line Z").replace(b"81", b"82"))
    fresh = Transcript(Codex(), path)
    made.seal = b"something else entirely"
    assert not fresh.adopt(made)


def test_a_damaged_checkpoint_costs_nothing_but_time(path: Path, tmp_path: Path) -> None:
    place = checkpoint.place_of(tmp_path, path)
    place.parent.mkdir()
    place.write_bytes(b"\x00 not a checkpoint")
    assert checkpoint.load(tmp_path, path) is None


def test_a_checkpoint_can_be_read_by_its_owner_only(path: Path, tmp_path: Path) -> None:
    made = opened(path).checkpoint()
    assert made is not None
    checkpoint.save(tmp_path, path, made)
    assert checkpoint.place_of(tmp_path, path).stat().st_mode & 0o777 == 0o600
