"""What Claude Code told its status line is read as far as it makes sense, and no further."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearhead.core.agents.claude.feed_command import feeds_folder
from clearhead.core.agents.claude.statusline import DAY, last_feed, list_feeds, read_feed, sweep
from clearhead.core.paths import make_folder

DATA = Path(__file__).parents[1] / "data" / "claude" / "statusline"
NOON = 1_700_000_000.0


@pytest.fixture
def keep(home):
    """Keep what was told under a name, as the feed command does."""

    def keep_it(name: str, told, at: float = NOON) -> Path:
        path = make_folder(feeds_folder()) / name
        path.write_bytes(told if isinstance(told, bytes) else json.dumps(told).encode())
        os.utime(path, (at, at))
        return path

    return keep_it


@pytest.mark.parametrize(
    ("capture", "model", "fill", "usd"),
    [
        ("v197-before-first-turn", "claude-opus-4-8[1m]", None, 0),
        ("v197-after-a-turn", "claude-opus-4-8[1m]", 3 + 8_000 + 36_000, 0.85078),
        ("v330-before-first-turn", "claude-opus-5-5", None, 0),
        pytest.param(
            "v330-after-a-turn", "claude-opus-5-5", None, 0.444444, id="v330-after-compaction"
        ),
    ],
)
def test_real_readings_are_understood(keep, capture, model, fill, usd):
    told = json.loads((DATA / f"{capture}.json").read_text())
    keep(f"{told['session_id']}.json", told)
    feed = read_feed(told["session_id"])
    assert feed.session_id == told["session_id"]
    assert feed.transcript == Path(told["transcript_path"])
    assert (feed.model, feed.window, feed.fill) == (model, 1_000_000, fill)
    assert feed.usd == pytest.approx(usd)
    assert feed.version == told["version"]
    assert feed.at == NOON


@pytest.mark.parametrize("window", [None, 0, -5, "200000", True, 1e300, 10**400, []])
def test_a_window_that_cannot_be_one_is_unknown(keep, window):
    keep("a.json", {"session_id": "a", "context_window": {"context_window_size": window}})
    assert read_feed("a").window is None


@pytest.mark.parametrize("usd", [None, -1, "3", {}, 1e300])
def test_a_cost_that_cannot_be_one_is_unknown(keep, usd):
    keep("a.json", {"session_id": "a", "cost": {"total_cost_usd": usd}})
    assert read_feed("a").usd is None


def test_a_session_id_alone_is_a_reading(keep):
    keep("a.json", {"session_id": "a", "model": "opus", "context_window": 3, "cost": []})
    feed = read_feed("a")
    assert (feed.model, feed.window, feed.fill, feed.usd) == (None, None, None, None)
    assert (feed.transcript, feed.version) == (None, None)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"session_id":"a","cost"', id="half"),
        pytest.param(b"\xff\x00", id="no text"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'["a"]', id="a list"),
        pytest.param(b'{"session_id":7}', id="no session id"),
        pytest.param(b'{"session_id":"../a"}', id="a path"),
    ],
)
def test_garbage_is_no_reading(keep, told):
    keep("a.json", told)
    assert read_feed("a") is None
    assert read_feed() is None
    assert list_feeds() == []


def test_agent_text_is_cleaned(keep):
    keep("a.json", {"session_id": "a", "model": {"id": "\x1b[31mopus\n\u202ex"}})
    assert read_feed("a").model == "opus x"


def test_nothing_was_told_yet():
    assert read_feed("a") is None
    assert read_feed() is None
    assert list_feeds() == []
    assert last_feed() is None


def test_no_session_id_leads_out_of_the_folder(keep, home):
    outside = keep("a.json", {"session_id": "a"}).parent.parent / "secret.json"
    shutil.copy(feeds_folder() / "a.json", outside)
    assert read_feed("../secret") is None


def test_the_newest_reading_of_a_session_counts_whatever_its_file_is_called(keep):
    def told(fill: int, session: str = "a"):
        usage = {"current_usage": {"input_tokens": fill}}
        return {"session_id": session, "context_window": usage}

    keep("process-10.json", told(1), NOON)
    keep("process-11.json", told(2), NOON + 5)
    keep("process-12.json", told(3, "b"), NOON + 9)
    assert read_feed("a").fill == 2
    assert [(feed.session_id, feed.fill) for feed in list_feeds()] == [("b", 3), ("a", 2)]
    assert read_feed().session_id == "b"
    assert last_feed() == NOON + 9


def test_old_readings_and_what_a_killed_command_left_are_swept(keep):
    keep("old.json", {"session_id": "old"}, NOON - 31 * DAY)
    keep("new.json", {"session_id": "new"}, NOON - 29 * DAY)
    keep(".old.99", b"{", NOON - 2 * DAY)
    keep(".new.98", b"{", NOON - 1)
    sweep(NOON)
    assert {path.name for path in feeds_folder().iterdir()} == {"new.json", ".new.98"}


FIELDS = [
    "session_id",
    "transcript_path",
    "model",
    "id",
    "version",
    "cost",
    "total_cost_usd",
    "context_window",
    "context_window_size",
    "current_usage",
    "input_tokens",
]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner),
        max_leaves=12,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_json_raises(keep, told):
    told = {**told, "session_id": "a"} if isinstance(told, dict) else told
    keep("a.json", json.dumps(told).encode(errors="replace"))
    list_feeds()
