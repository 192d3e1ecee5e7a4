"""Several real clients at once: all of them in the list and for scripts, none mistaken."""

import json

import pytest

from .clearhead import clearhead_run


@pytest.fixture
def other(lab):
    """The folder of a second repository."""
    return lab.make_repo("other")


def answered(lab, *arguments):
    done = clearhead_run(lab, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_scripts_see_every_live_session_as_it_is(claude_session, codex_session, lab, other):
    claude = claude_session()
    codex = codex_session(folder=other)
    claude.begin("lab:fill=88000 lab:say[Done.]")
    claude.prompt("lab:bash[echo made > made.txt]")
    claude.until_dialog()
    codex.run("Hello lab:fill=50000")

    waiting, idle = answered(lab, "sessions")["sessions"]

    assert waiting["session_id"] == claude.session_id
    assert (waiting["state"], waiting["waiting_for"]) == ("waiting", "permission")
    assert (waiting["pid"], waiting["asserted"]) == (claude.pane.pid, True)
    assert (waiting["cwd"], waiting["branch"]) == (str(lab.repo), "main")
    assert (waiting["fill"], waiting["window"]) == (96_000, None)
    assert waiting["usd"] > 0
    assert idle["session_id"] == codex.thread_id
    assert (idle["state"], idle["waiting_for"], idle["asserted"]) == ("idle", None, False)
    assert (idle["cwd"], idle["fill"], idle["window"]) == (str(other), 50_000, 190_000)
    assert idle["pid"] in {process.pid for process in lab.processes()}
    assert idle["usd"] is None


def test_the_tokens_of_a_live_session_are_those_that_were_served(claude_session, lab):
    session = claude_session()
    session.begin("One lab:fill=88000")
    session.run("Two lab:bash[true]")

    shown = answered(lab, "show", session.session_id[:8])

    served = [request.usage for request in session.api.turns()]
    kinds = {
        "input": "input_tokens",
        "cache_read": "cache_read_input_tokens",
        "cache_write_5m": "cache_creation_input_tokens",
        "output": "output_tokens",
    }
    for kind, name in kinds.items():
        assert shown["tokens"][kind] == sum(usage[name] for usage in served), kind
    assert len(served) == 3
    assert shown["context"]["fill"] == sum(served[-1][name] for name in list(kinds.values())[:3])
    assert shown["state"] == "idle"
    assert shown["unknown_records"] == 0


def test_the_list_shows_both_sessions_and_opens_the_other(
    claude_session, codex_session, other, watching
):
    claude = claude_session()
    codex = codex_session(folder=other)
    claude.begin("Remember the blue door. lab:say[The door is noted.]")
    codex.run("Remember the red roof. lab:say[The roof is noted.]")
    screen = watching()
    screen.until_said("Remember the blue door.")

    screen.pane.keys("s")
    screen.until("2 live and 0 ended", "Claude Code", "The door is noted.")
    screen.until("Codex", "The roof is noted.", "project main", "other main")
    selected = "▌ ◇ idle"
    assert "project" in row(screen, selected)
    screen.pane.keys("Down")
    screen.pane.until_still(0.1)
    if "other" not in row(screen, selected):
        screen.pane.keys("Up", "Up")
    screen.pane.keys("Enter")

    screen.until_header("other on main", "Codex")
    screen.until_said("you Remember the red roof.", "agent The roof is noted.")


def test_a_second_codex_in_the_same_folder_is_told_and_never_mistaken_for_the_first(
    codex_session, watching
):
    first = codex_session(daemon=True)
    first.run("Remember the blue door.")
    screen = watching()
    screen.until_said("Remember the blue door.")

    second = codex_session(daemon=True)
    second.run("Another matter.")
    screen.until("Another session began in this folder.")
    first.run("Go on. lab:say[I go on.]")
    second.clear()
    second.run("A third matter.")
    first.run("And on. lab:say[On and on.]")

    screen.until_said("Remember the blue door.", "agent I go on.", "agent On and on.")
    screen.pane.until_still(0.5)
    assert "matter" not in screen.transcript


def row(screen, start):
    return next(line for line in screen.pane.screen().splitlines() if line.startswith(start))
