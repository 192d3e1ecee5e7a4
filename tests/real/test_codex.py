"""Real Codex against the scripted API: what its files say of a session."""

import re

import pytest

BOTH_WAYS = pytest.mark.parametrize("daemon", [False, True], ids=["alone", "daemon"])


@BOTH_WAYS
def test_a_prompt_is_answered_and_its_rollout_appears(codex_session, daemon):
    session = codex_session(daemon=daemon)
    assert session.socket.exists() == daemon
    assert session.rollouts() == []

    session.run("Where do we stand? lab:say[At the very beginning.]")

    assert session.prompts() == ["Where do we stand? lab:say[At the very beginning.]"]
    assert "At the very beginning." in session.pane.screen()
    assert session.rollout.stem.endswith(session.thread_id)
    folder = session.rollout.parent.relative_to(session.lab.codex_home)
    assert re.fullmatch(r"sessions/\d{4}/\d\d/\d\d", str(folder))


def test_the_first_record_names_session_folder_and_version(codex_session):
    session = codex_session()

    session.run("Hello")

    meta = session.records("session_meta")[0]["payload"]
    assert meta["id"] == session.thread_id
    assert meta["cwd"] == str(session.lab.repo)
    assert meta["cli_version"] == session.client.version


def test_the_reported_fill_is_the_scripted_one(codex_session):
    session = codex_session()

    session.run("One lab:fill=88000")

    info = session.events("token_count")[-1]["info"]
    assert info["last_token_usage"]["total_tokens"] == 88_000
    assert info["model_context_window"] == 190_000


def test_a_turn_is_open_until_its_reply_is_complete(codex_session):
    session = codex_session()

    session.prompt("lab:hold")
    session.api.until_held()
    session.until(lambda: session.events("task_started"), "the start of the turn")
    assert session.ended_turns() == 0

    session.api.release()
    session.until(lambda: session.events("task_complete"), "the end of the turn")


@BOTH_WAYS
def test_an_approved_command_runs(codex_session, daemon):
    session = codex_session(daemon=daemon)

    session.prompt("lab:ask[echo made > made.txt]")
    session.approve()

    session.until(lambda: session.ended_turns() == 1, "the end of the turn")
    assert (session.lab.repo / "made.txt").read_text() == "made\n"


def test_a_refused_command_does_not_run(codex_session):
    session = codex_session()

    session.prompt("lab:ask[echo made > made.txt]")
    session.refuse()

    assert session.events("turn_aborted")
    assert not (session.lab.repo / "made.txt").exists()


def test_an_edit_is_recorded_as_a_file_change(codex_session):
    session = codex_session()

    session.run("lab:edit[README.md|# project|# a project]")

    assert (session.lab.repo / "README.md").read_text() == "# a project\n"
    items = [event["item"]["type"] for event in session.events("item_completed")]
    assert "FileChange" in items


def test_an_interrupt_aborts_the_turn(codex_session):
    session = codex_session()

    session.prompt("lab:hold lab:say[one two three four]")
    session.pane.until("one two")
    session.interrupt()

    assert [event["reason"] for event in session.events("turn_aborted")] == ["interrupted"]
    session.until(lambda: session.api.turns()[-1].outcome == "client hung up", "the hang-up")


def test_compaction_is_recorded_in_the_same_rollout(codex_session):
    session = codex_session()
    session.run("Remember the blue door. lab:fill=88000")

    compacted = session.compact()

    assert session.api.script.summary in compacted["payload"]["message"]
    assert len(session.rollouts()) == 1
    session.run("What next?")
    assert session.api.turns("What next?")[0].usage["total_tokens"] < 50_000


@BOTH_WAYS
def test_clear_begins_another_thread_with_a_rollout_of_its_own(codex_session, daemon):
    session = codex_session(daemon=daemon)
    session.run("Remember the blue door.")

    fresh = session.clear()
    session.run("What next?")

    assert len(session.rollouts()) == 2
    assert session.rollout.stem.endswith(fresh)
    assert "blue door" not in session.api.turns("What next?")[0].text
