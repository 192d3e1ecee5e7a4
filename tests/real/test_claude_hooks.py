"""The permission hook with real Claude Code in a terminal: clearhead answers, or the person."""

import sys
from pathlib import Path
from shlex import quote

import pytest

from clearhead.core.agents.claude import mailbox
from clearhead.core.agents.claude.mailbox import Mailbox

from .clearhead import clearhead_run
from .clients import pinned
from .window import install_hooks

pytestmark = pytest.mark.parametrize(
    "version", [client.version for client in pinned() if client.command == "claude"]
)


@pytest.fixture
def session(claude_session, version, mail):
    return claude_session(version)


@pytest.fixture
def mail(lab) -> Path:
    return install_hooks(lab)


@pytest.fixture
def box(lab, mail, session, monkeypatch):
    monkeypatch.setattr(mailbox, "agent_ancestor", lambda pid: None)
    mail.mkdir(mode=0o700, exist_ok=True)
    box = Mailbox([lab.claude_config], mail)
    box.listen(session.session_id)
    yield box
    box.close()


def asked(session, box, command):
    """Let the model ask for a command; the request as the mailbox shows it."""
    session.prompt(f"lab:bash[{command}] lab:say[That was it.]")
    (request,) = session.until(box.requests, "a request in the mailbox")
    return request


def test_a_yes_from_clearhead_runs_the_tool(session, box):
    request = asked(session, box, "echo made > made.txt")
    assert (request.tool, request.text) == ("Bash", "echo made > made.txt")
    assert request.cwd == str(session.folder)
    session.until_status("waiting")
    assert box.answer(request.id, allow=True)
    session.until((session.folder / "made.txt").exists, "what the tool made")
    session.until_status("idle")
    session.pane.until("That was it.")
    assert box.requests() == ()


def test_a_no_from_clearhead_tells_the_model_why(session, box):
    request = asked(session, box, "echo made > made.txt")
    assert box.answer(request.id, allow=False, message="Not here, please.")
    session.pane.until("That was it.")
    session.until_status("idle")
    assert not (session.folder / "made.txt").exists()
    assert "Not here, please." in session.api.turns()[-1].text


def test_the_person_can_answer_in_the_terminal_while_clearhead_listens(session, box):
    asked(session, box, "echo made > made.txt")
    session.approve()
    session.until((session.folder / "made.txt").exists, "what the tool made")
    session.until(lambda: box.requests() == (), "an empty mailbox")
    request = asked(session, box, "echo more > more.txt")
    assert request.text == "echo more > more.txt"
    session.refuse()
    session.until(lambda: box.requests() == (), "an empty mailbox")
    assert not box.answer(request.id, allow=True)


def test_a_cleared_session_is_heard_under_its_new_id(session, box):
    session.begin("Remember the blue door.")
    box.listen(session.clear())
    request = asked(session, box, "echo made > made.txt")
    assert box.answer(request.id, allow=True)
    session.until((session.folder / "made.txt").exists, "what the tool made")


def test_without_a_listener_the_terminal_decides_as_ever(session, mail):
    session.prompt("lab:bash[echo made > made.txt]")
    session.approve()
    session.until((session.folder / "made.txt").exists, "what the tool made")
    assert list(mail.glob("requests/*/*")) == []


def test_a_session_that_runs_already_takes_the_hooks_up(claude_session, version, lab, monkeypatch):
    monkeypatch.setattr(mailbox, "agent_ancestor", lambda pid: None)
    session = claude_session(version)
    session.run("lab:bash[true]")
    mail = install_hooks(lab)
    marks = mail / "passed"
    marks.mkdir(mode=0o700, parents=True)
    mail.chmod(0o700)

    def passes() -> bool:
        session.run("lab:bash[true]")
        return any(marks.iterdir())

    session.until(passes, "a tool that passes the hook", within=20)
    box = Mailbox([lab.claude_config], mail)
    box.listen(session.session_id)
    request = asked(session, box, "echo made > made.txt")
    assert box.answer(request.id, allow=True)
    session.until((session.folder / "made.txt").exists, "what the tool made")
    box.close()


def test_after_removing_the_hooks_the_session_goes_on_alone(session, box, lab):
    done = clearhead_run(lab, "hooks", "remove", "--yes", "--folder", str(lab.claude_config))
    assert done.returncode == 0, done.stderr
    session.prompt("lab:bash[echo made > made.txt]")
    session.approve()
    session.until((session.folder / "made.txt").exists, "what the tool made")
    assert box.requests() == ()
    assert "hook" not in session.pane.screen().lower()


def test_a_command_of_the_agent_is_known_as_its_own(session):
    """Also with an environment that tells nothing: then its parents do."""
    (session.folder / "who.py").write_text(
        "import os\n"
        "from clearhead.core.acting.ancestry import agent_ancestor\n"
        "print(agent_ancestor(os.getpid()))\n"
    )
    session.prompt(
        f"lab:bash[env -i {quote(sys.executable)} who.py > who.txt; mv who.txt known.txt]"
    )
    session.approve()
    known = session.folder / "known.txt"
    session.until(known.exists, "what the command found out")
    assert known.read_text() == f"Claude Code, process {session.pane.pid}\n"
