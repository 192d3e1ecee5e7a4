"""Telling that a session waits: once for each wait, in words that drive nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clearhead.core.agents.base import State, Waiting
from clearhead.core.config import load_config
from clearhead.core.notify import (
    LONGEST,
    NotifySetting,
    NotNotified,
    Watch,
    notice_of,
    osc9,
    run_command,
)
from clearhead.core.session import Standing

ONE, TWO = ("claude", "one"), ("codex", "two")
ASKS = Standing(State.WAITING, Waiting.PERMISSION, asserted=True, since=1_800_000_000.0)
WORKS = Standing(State.BUSY, asserted=True)


def test_each_wait_is_told_once() -> None:
    watch = Watch()
    assert watch.begins(ONE, ASKS)
    assert not watch.begins(ONE, ASKS)
    assert watch.begins(TWO, ASKS)
    assert not watch.begins(ONE, WORKS)
    assert watch.begins(ONE, ASKS)


def test_the_words_name_who_what_and_for_what() -> None:
    notice = notice_of(ONE, "shop", "Claude Code", ASKS, wants="Bash rm -rf build")
    assert notice.text == "clearhead · shop: Claude Code asks for permission: Bash rm -rf build"
    assert (notice.waiting_for, notice.since) == ("permission", 1_800_000_000.0)


@pytest.mark.parametrize(
    "wants",
    [
        pytest.param("echo \x1b]0;title\x07\x1b[2J", id="escapes"),
        pytest.param("line\nline\r\n", id="lines"),
        pytest.param("safe\u202etxt.exe\u2066", id="direction"),
        pytest.param("x" * 5_000, id="long"),
        pytest.param("token sk-ant-api03-" + "a" * 90, id="a-secret"),
    ],
)
def test_what_the_agent_wrote_is_cleaned(wants: str) -> None:
    text = notice_of(ONE, "sh\x1bop", "Claude Code", ASKS, wants=wants).text
    assert text.isprintable()
    assert len(text) <= LONGEST
    assert "api03-aaaa" not in text
    sequence = osc9(text)
    assert sequence.count("\x1b") == 1
    assert sequence.endswith("\x07")


def test_through_tmux_the_sequence_is_wrapped() -> None:
    assert osc9("a\x07b", tmux=True) == "\x1bPtmux;\x1b\x1b]9;ab\x07\x1b\\"


def test_the_command_gets_the_words_and_no_shell(tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = (
        "import os, sys, pathlib;"
        f"pathlib.Path({str(out)!r}).write_text("
        "sys.argv[-1] + '|' + os.environ['CLEARHEAD_WAITING_FOR'])"
    )
    notice = notice_of(ONE, "shop", "Claude Code", ASKS, wants="$(touch /tmp/never); `id` \0")
    run_command((sys.executable, "-c", program), notice)
    assert out.read_text() == notice.text.replace("\0", "") + "|permission"
    assert "$(touch /tmp/never); `id`" in out.read_text()


@pytest.mark.parametrize(
    ("command", "told"),
    [(("/nowhere/at-all",), "No such file"), ((sys.executable, "-c", "raise SystemExit(3)"), "3")],
)
def test_a_command_that_does_not_work_is_named(command: tuple[str, ...], told: str) -> None:
    with pytest.raises(NotNotified, match=told):
        run_command(command, notice_of(ONE, "shop", "Claude Code", ASKS))


def test_the_settings_are_read_and_checked(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[notify]\nbell = false\ncommand = ["notify-send"]\n')
    settings, reports = load_config(config)
    assert not reports
    assert settings.notify == NotifySetting(bell=False, osc9=True, command=("notify-send",))
    config.write_text('[notify]\ncommand = "notify-send"\n')
    settings, (report,) = load_config(config)
    assert settings.notify == NotifySetting()
    assert "notify" in report.detail
    assert report.line == 2
