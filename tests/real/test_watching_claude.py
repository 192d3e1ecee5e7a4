"""Real Claude Code in tmux, seen on clearhead's own screen in the window beside it."""

import re

import pytest

from .clearhead import clearhead_run
from .clients import pinned

pytestmark = pytest.mark.parametrize(
    "version", [client.version for client in pinned() if client.command == "claude"]
)


@pytest.fixture
def session(claude_session, version):
    return claude_session(version)


def test_a_turn_is_seen_while_it_happens(session, watching):
    screen = watching()
    screen.until_header("project on main", "Claude Code", "◇ idle")
    screen.until("No turn yet", "fill unknown yet: no reply so far")

    session.prompt("Where are we? lab:fill=88000 lab:hold lab:say[All is well.]")
    screen.until_said("you Where are we?")
    screen.until_header("● working")

    session.api.release()
    screen.until_said("you Where are we?", "agent All is well.")
    screen.until_header("opus-4-5", "◇ idle")
    screen.until("88.0k tokens", "window unknown", "DUMB ZONE")
    screen.until("$0.55 session", "input 3", "cache write 88.0k")
    assert "unknown for" not in screen.pane.screen()


def test_a_permission_dialog_needs_you_until_it_is_answered(session, watching):
    screen = watching()
    session.prompt("lab:bash[echo made > made.txt]")

    screen.until_header("NEEDS YOU  permission")
    screen.until_said("Bash echo made > made.txt waits for you")
    screen.until("It asks for permission")
    session.approve()

    screen.until_said("Bash echo made > made.txt ok", "agent Reply")
    screen.until_header("◇ idle")


def test_an_interrupt_is_seen_and_then_the_end_of_the_client(session, watching):
    screen = watching()
    session.prompt("lab:hold lab:say[one two three four]")
    session.pane.until("one two")

    session.interrupt()
    screen.until_said("you lab:hold", "! Request interrupted by user")
    screen.until_header("◇ idle")

    session.quit()
    screen.until_header("■ ended")
    screen.until("This session has ended", "Request interrupted by user")
    assert "probably" not in screen.header


def test_a_compaction_is_seen_and_the_fill_settles_with_the_next_reply(session, watching):
    screen = watching()
    session.begin("Remember the blue door.")
    session.run("And the red one. lab:fill=88000")
    screen.until("88.0k tokens")

    session.compact()

    screen.until_said("Remember the blue door.", "── compacted by hand, 88.0k →")
    screen.until("settling", "fill unknown yet: until the next reply", "Compacted ·")

    session.run("What next? lab:say[We go on.]")
    screen.until_said("compacted by hand", "you What next?", "agent We go on.")
    screen.until("32.0k tokens", "SMART")
    assert "settling" not in screen.pane.screen()


def test_clear_is_followed_into_the_new_session(session, watching):
    screen = watching()
    session.begin("Remember the blue door.")
    screen.until_said("Remember the blue door.")

    session.clear()
    screen.until("The agent began a new session here.")
    screen.until_gone("Remember the blue door.")

    session.run("What next? lab:say[A fresh start.]")
    screen.until_said("you What next?", "agent A fresh start.")
    screen.until("24.0k tokens")

    screen.pane.keys("s")
    screen.until("1 live and 1 ended", "A fresh start.", "■ ended")


def test_the_end_of_a_killed_client_is_seen_though_its_registry_entry_stays(session, lab, watching):
    screen = watching()
    session.begin("Remember the blue door.")
    screen.until_header("◇ idle")

    lab.kill(session.pane.pid)

    screen.until_header("■ ended", within=5)
    assert session.registry()["status"] == "idle"
    assert '"state": "ended"' in clearhead_run(lab, "sessions", "--json").stdout


def test_with_the_feed_the_gauge_knows_the_window(session, lab, watching):
    screen = watching()
    session.begin("One lab:fill=80000")
    screen.until("80.0k tokens", "window unknown")

    assert clearhead_run(lab, "hooks", "install", "--yes").returncode == 0
    session.run("Two")

    screen.until("88.0k / 200k", "44 %", "status line", "client says $")
    assert not re.search(r"window unknown|\? \?", screen.pane.screen())
