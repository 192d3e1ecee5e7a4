"""Real Codex in tmux, with and without its background server, on clearhead's own screen."""

import psutil
import pytest

BOTH_WAYS = pytest.mark.parametrize("daemon", [False, True], ids=["alone", "daemon"])


@BOTH_WAYS
def test_a_turn_is_seen_while_it_happens(codex_session, watching, daemon):
    session = codex_session(daemon=daemon)
    screen = watching()
    screen.until_header("project on main", "Codex", "idle")
    screen.until("No turn yet", "fill unknown yet: no reply so far")

    session.prompt("Where are we? lab:fill=88000 lab:hold lab:say[All is well.]")
    screen.until_said("you Where are we?")
    screen.until_header("scripted-model", "● probably working")

    session.api.release()
    screen.until_said("you Where are we?", "agent All is well.")
    screen.until_header("idle")
    screen.until("88.0k / 190k", "46 %", "DUMB ZONE", "input 4.0k", "cache read 84.0k")
    screen.until("price unknown for scripted-model")


def test_a_command_that_was_approved_is_seen_with_its_result(codex_session, watching):
    session = codex_session()
    screen = watching()
    session.prompt("lab:ask[echo made > made.txt]")
    screen.until_said("exec_command echo made > made.txt running")

    session.approve()

    screen.until_said("exec_command echo made > made.txt ok", "agent Reply")
    screen.until_header("idle")


def test_an_interrupt_is_seen(codex_session, watching):
    session = codex_session()
    screen = watching()
    session.prompt("lab:hold lab:say[one two three four]")
    session.pane.until("one two")

    session.interrupt()

    screen.until_said("you lab:hold", "! interrupted")
    screen.until_header("idle")


@BOTH_WAYS
def test_compact_and_then_clear_are_both_followed(codex_session, watching, daemon):
    session = codex_session(daemon=daemon)
    screen = watching()
    session.run("Remember the blue door. lab:fill=88000")
    screen.until("88.0k / 190k")

    session.compact()

    screen.until_said("Remember the blue door.", "── compacted by hand, from 88.0k")
    screen.until("settling", "fill unknown yet: until the next reply")

    session.run("What next? lab:say[We go on.]")
    screen.until_said("compacted by hand", "you What next?", "agent We go on.")
    screen.until("28.0k / 190k", "15 %", "SMART")

    session.clear()
    screen.until("The agent began a new session here.", "No turn yet")
    screen.until_gone("What next?")

    session.run("Anew. lab:fill=31000 lab:say[A fresh start.]")
    screen.until_said("you Anew.", "agent A fresh start.")
    screen.until("31.0k / 190k")
    _until_at_rest(screen)


def _until_at_rest(screen):
    """Wait for a second in which clearhead, showing an idle session, has next to nothing to do."""
    program = psutil.Process(screen.pane.pid)

    def at_rest():
        program.cpu_percent()
        return program.cpu_percent(interval=1.0) < 30

    screen.pane.until_still(0.5)
    assert at_rest() or at_rest(), screen.pane.describe()


def test_what_was_said_before_going_back_and_before_a_fork_stays_in_sight(codex_session, watching):
    session = codex_session()
    screen = watching()
    session.run("The first. lab:say[One.]")
    session.run("The second. lab:say[Two.]")
    session.run("The third. lab:say[Three.]")
    screen.until_said("agent Three.")

    session.go_back()
    session.run("Another second. lab:say[Two again.]")
    screen.until_said("you The first.", "One.", "went back", "you Another second.", "Two again.")
    screen.until_gone("Three.")

    session.fork()
    session.run("In the fork. lab:say[Four.]")
    screen.until_said("One.", "Two again.", "forked", "you In the fork.", "agent Four.")
