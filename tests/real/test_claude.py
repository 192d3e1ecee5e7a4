"""Real Claude Code against the scripted API: what its files say of a session."""

import pytest

from .clients import pinned

pytestmark = pytest.mark.parametrize(
    "version", [client.version for client in pinned() if client.command == "claude"]
)


def test_a_prompt_is_answered_and_the_transcript_begins_with_it(claude_session, version):
    session = claude_session(version)
    assert not session.transcript.exists()

    session.run("Where do we stand? lab:say[At the very beginning.]")

    assert session.prompts() == ["Where do we stand? lab:say[At the very beginning.]"]
    assert "At the very beginning." in session.pane.screen()
    assert {r["sessionId"] for r in session.records("user")} == {session.session_id}
    assert {r["version"] for r in session.records("user")} == {version}


def test_the_reported_fill_is_the_scripted_one(claude_session, version):
    session = claude_session(version)

    session.run("One lab:fill=88000")
    session.run("Two")

    assert [fill_of(record) for record in session.last_words()] == [88_000, 96_000]


def test_the_registry_goes_from_idle_to_busy_and_back(claude_session, version):
    session = claude_session(version)
    assert session.status == "idle"

    session.prompt("lab:hold")
    session.api.until_held()
    session.until_status("busy")

    session.api.release()
    session.until_status("idle")


def test_an_approved_tool_runs(claude_session, version):
    session = claude_session(version)

    session.prompt("lab:bash[echo made > made.txt]")
    session.until_status("waiting")
    assert session.waiting_for == "permission prompt"
    session.approve()

    session.until(session.last_words, "the end of the turn")
    assert (session.lab.repo / "made.txt").read_text() == "made\n"


def test_a_refused_tool_does_not_run(claude_session, version):
    session = claude_session(version)

    session.prompt("lab:bash[echo made > made.txt]")
    session.refuse()

    assert session.status == "idle"
    assert not (session.lab.repo / "made.txt").exists()


def test_an_interrupt_leaves_the_half_reply(claude_session, version):
    session = claude_session(version)

    session.prompt("lab:hold lab:say[one two three four]")
    session.pane.until("one two")
    session.interrupt()

    assert len(session.interruptions()) == 1
    assert session.last_words() == []
    session.until(lambda: session.api.turns()[-1].outcome == "client hung up", "the hang-up")


def test_compaction_writes_its_boundary_into_the_same_file(claude_session, version):
    session = claude_session(version)
    session.run("Remember the blue door. lab:fill=88000")
    session.run("And the red one.")
    before = session.transcript

    boundary = session.compact("keep the colours")

    assert boundary["compactMetadata"]["trigger"] == "manual"
    assert session.transcript == before
    assert "keep the colours" in session.api.compactions()[-1].text
    session.run("What next?")
    assert session.api.script.summary in session.api.turns("What next?")[0].text
    assert fill_of(session.last_words()[-1]) < 50_000


def test_clear_begins_another_session_in_another_file(claude_session, version):
    session = claude_session(version)
    session.run("Remember the blue door.")
    before_id, before_file = session.session_id, session.transcript

    assert session.clear() != before_id

    session.run("What next?")
    assert session.prompts() == ["What next?"]
    assert before_file.exists()
    assert "blue door" not in session.api.turns("What next?")[0].text


def test_an_overloaded_vendor_is_asked_again(claude_session, version):
    session = claude_session(version)

    session.run("lab:fail=529x1 lab:say[At last.]", within=30)

    outcomes = [request.outcome for request in session.api.turns("lab:fail")]
    assert outcomes == ["failed with 529", "answered"]


def test_a_sub_agent_has_a_transcript_of_its_own(claude_session, version):
    session = claude_session(version)

    session.run("lab:agent[Count the doors. lab:say[Two doors.]]")

    files = session.transcript.with_suffix("").joinpath("subagents")
    own = session.until(lambda: list(files.glob("agent-*.jsonl")), "the sub-agent's transcript")
    session.until(lambda: "Two doors." in own[0].read_text(), "its answer")


def fill_of(record):
    usage = record["message"]["usage"]
    kinds = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return sum(usage[kind] for kind in kinds)
