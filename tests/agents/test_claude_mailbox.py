"""The permission hook hands a request over, and the mailbox answers it, once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import time
from pathlib import Path

import pytest

from clearhead.core.acting.live import Request
from clearhead.core.agents.base import Side, Waiting
from clearhead.core.agents.claude import hook_commands, mailbox
from clearhead.core.agents.claude.hook_commands import PERMISSION, entry, script, script_path
from clearhead.core.agents.claude.mailbox import Mailbox, NotForAgents, decision, sweep
from clearhead.core.paths import UnsafeFolder, make_runtime_folder, runtime_folder

from ..helpers import until, until_async

SESSION = "0be0637b-ca86-4329-a67f-7c1ffc0d794a"
BASH = {"tool_name": "Bash", "tool_input": {"command": "rm -rf build", "description": "Clean"}}


@pytest.fixture(autouse=True)
def no_agent(monkeypatch):
    """The tests themselves may be run by an agent."""
    monkeypatch.setattr(mailbox, "agent_ancestor", lambda pid: None)


@pytest.fixture
def box():
    box = Mailbox()
    yield box
    box.close()


@pytest.fixture
def ask():
    """Runs the hook as the client does, with a request on its standard input."""
    running = []

    def start(told=BASH, session=SESSION, folder: Path | None = None):
        script_path(PERMISSION).parent.mkdir(parents=True, exist_ok=True)
        script_path(PERMISSION).write_bytes(script(PERMISSION))
        hook = subprocess.Popen(
            ["/bin/sh", "-c", entry(PERMISSION)["hooks"][0]["command"]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "CLAUDE_CODE_SESSION_ID": session},
        )
        running.append(hook)
        if isinstance(told, dict):
            told = json.dumps({"session_id": session, "cwd": "/repo", **told}).encode()
        hook.stdin.write(told)
        hook.stdin.close()
        hook.stdin = None
        return hook

    yield start
    for hook in running:
        hook.kill()
        hook.wait()
        hook.stdout.close()
        hook.stderr.close()


def requests_of(box: Mailbox, count: int = 1) -> tuple[Request, ...]:
    return until(lambda: len(found := box.requests()) == count and found, what=f"{count} requests")


def said_by(hook) -> tuple[int, bytes, bytes]:
    out, err = hook.communicate(timeout=10)
    return hook.returncode, out, err


def left_over() -> list[Path]:
    return [path for path in runtime_folder().glob("requests/**/*") if path.is_file()]


def test_a_request_is_shown_whole_and_the_answer_reaches_the_client(box, ask):
    box.listen(SESSION)
    before = time.time()
    hook = ask()
    (request,) = requests_of(box)
    assert (request.tool, request.text, request.cwd) == ("Bash", "rm -rf build", "/repo")
    assert (request.kind, request.answerable) == (Waiting.PERMISSION, True)
    assert before - 0.1 <= request.since <= time.time()
    assert box.answer(request.id, allow=True)
    code, out, err = said_by(hook)
    assert (code, err) == (0, b"")
    told = json.loads(out)["hookSpecificOutput"]
    assert told == {"hookEventName": "PermissionRequest", "decision": {"behavior": "allow"}}
    assert left_over() == []
    assert box.requests() == ()


def test_a_refusal_carries_its_reason(box, ask):
    box.listen(SESSION)
    hook = ask()
    (request,) = requests_of(box)
    assert box.answer(request.id, allow=False, message='Not "build".\nUse make clean.')
    told = json.loads(said_by(hook)[1])["hookSpecificOutput"]["decision"]
    assert told == {"behavior": "deny", "message": 'Not "build".\nUse make clean.'}


def test_a_refusal_without_a_reason_says_who_refused():
    told = json.loads(decision(allow=False))["hookSpecificOutput"]["decision"]
    assert "clearhead" in told["message"]


def test_a_request_is_answered_once(box, ask):
    other = Mailbox()
    box.listen(SESSION)
    other.listen(SESSION)
    hook = ask()
    (request,) = requests_of(box)
    assert requests_of(other) == (request,)
    assert [box.answer(request.id, allow=False), other.answer(request.id, allow=True)] == [
        True,
        False,
    ]
    assert not box.answer(request.id, allow=True)
    assert b"deny" in said_by(hook)[1]


def test_an_answer_to_nothing_is_false(box, ask):
    box.listen(SESSION)
    assert not box.answer("no-such-request", allow=True)
    hook = ask()
    (request,) = requests_of(box)
    hook.kill()
    hook.wait()
    until(lambda: box.requests() == ())
    assert not box.answer(request.id, allow=True)
    assert left_over() == []


@pytest.mark.parametrize("how", ["nobody", "another session", "dead", "open folder", "uninstalled"])
def test_without_a_listener_the_hook_leaves_at_once_and_says_nothing(ask, how, monkeypatch):
    with_pid = make_runtime_folder() / "listening" / SESSION
    if how == "another session":
        with_pid = with_pid.with_name("other")
    if how != "nobody":
        with_pid.mkdir(parents=True)
        (with_pid / str(os.getpid())).touch()
    if how == "dead":
        gone = subprocess.Popen(["true"])
        gone.wait()
        (with_pid / str(os.getpid())).rename(with_pid / str(gone.pid))
    if how == "open folder":
        folder = runtime_folder()
        folder.rename(folder.with_name("elsewhere"))
        folder.symlink_to(folder.with_name("elsewhere"))
    if how == "uninstalled":
        monkeypatch.setattr(hook_commands, "__file__", "/nonexistent/hook_commands.py")
    hook = ask({"tool_name": "Write", "tool_input": {"content": "x" * 300_000}})
    assert said_by(hook) == (0, b"", b"")
    assert left_over() == []


@pytest.mark.parametrize("session", ["", "../../x", "a b", "$(touch x)", "*"])
def test_no_session_id_leads_out_of_the_folder(ask, session, box):
    box.listen(session)
    assert not (runtime_folder() / "requests").exists()
    listening = make_runtime_folder() / "listening"
    listening.mkdir()
    (listening / session).mkdir(exist_ok=True)
    (listening / session / str(os.getpid())).touch()
    assert said_by(ask(session=session)) == (0, b"", b"")
    assert not (runtime_folder() / "requests").exists()


def test_the_hook_leaves_when_clearhead_leaves(box, ask):
    box.listen(SESSION)
    hook = ask()
    requests_of(box)
    box.close()
    assert said_by(hook) == (0, b"", b"")
    assert left_over() == []


def test_the_hook_tidies_up_when_its_time_is_over(box, ask):
    box.listen(SESSION)
    hook = ask()
    requests_of(box)
    hook.send_signal(signal.SIGTERM)
    assert said_by(hook) == (0, b"", b"")
    assert left_over() == []


def test_only_the_person_can_reach_requests_and_answers(box, ask):
    box.listen(SESSION)
    ask()
    requests_of(box)
    found = list(runtime_folder().rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()} == {0o600}


def test_a_folder_that_others_can_enter_is_refused():
    make_runtime_folder().chmod(0o755)
    with pytest.raises(UnsafeFolder):
        Mailbox()


def test_an_edit_shows_its_diff(box, ask):
    box.listen(SESSION)
    given = {"file_path": "/repo/a.py", "old_string": "a\nb", "new_string": "a\nc"}
    ask({"tool_name": "Edit", "tool_input": given})
    (request,) = requests_of(box)
    assert request.text == "/repo/a.py"
    sides = [(line.side, line.text) for line in request.diff]
    assert sides == [(Side.SAME, "a"), (Side.REMOVED, "b"), (Side.ADDED, "c")]


def test_what_an_agent_wrote_is_cleaned(box, ask):
    box.listen(SESSION)
    ask({"tool_name": "Bash", "tool_input": {"command": "ls \x1b[2K\u202e; rm x"}})
    (request,) = requests_of(box)
    assert request.text == "ls ; rm x"


def test_a_question_gets_its_answer_and_no_bare_yes(box, ask):
    box.listen(SESSION)
    given = {"questions": [{"question": "Which?"}]}
    hook = ask({"tool_name": "AskUserQuestion", "tool_input": given})
    (request,) = requests_of(box)
    assert (request.kind, request.answerable) == (Waiting.INPUT, True)
    assert not box.answer(request.id, allow=True, message=" ")
    assert box.answer(request.id, allow=True, message="That one")
    decision = json.loads(said_by(hook)[1])["hookSpecificOutput"]["decision"]
    answers = {"Which?": "That one"}
    assert decision == {"behavior": "allow", "updatedInput": {**given, "answers": answers}}


def test_a_question_that_is_none_is_left_to_the_terminal(box, ask):
    box.listen(SESSION)
    ask({"tool_name": "AskUserQuestion", "tool_input": {"questions": "none"}})
    (request,) = requests_of(box)
    assert not request.answerable
    assert not box.answer(request.id, allow=True, message="x")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'{"session_id": "another"}', id="another session"),
        pytest.param(b'{"session_id": 7, "tool_name": []}', id="odd types"),
        pytest.param(b"\xff\x00", id="no text"),
    ],
)
def test_what_is_no_request_is_passed_over(box, ask, told):
    box.listen(SESSION)
    ask(told)
    until(lambda: [path for path in left_over() if path.suffix == ".json"])
    assert box.requests() == ()


def test_what_is_too_large_to_show_cannot_be_approved(box, ask):
    box.listen(SESSION)
    ask({"tool_name": "Write", "tool_input": {"content": "x" * (mailbox.LARGEST + 1)}})
    (request,) = requests_of(box)
    assert not request.answerable
    assert not box.answer(request.id, allow=True)


def test_foreign_files_are_passed_over_and_kept(box, tmp_path):
    box.listen(SESSION)
    folder = runtime_folder() / "requests" / SESSION
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({"session_id": SESSION, **BASH}))
    (folder / "notes.json").write_text("mine")
    hook = subprocess.Popen(["sleep", "60"])
    (folder / f"{os.getpid()}-{hook.pid}.json").symlink_to(secret)
    os.mkfifo(folder / f"{os.getpid()}-{os.getpid()}.json")
    try:
        assert box.requests() == ()
    finally:
        hook.kill()
        hook.wait()
    assert (folder / "notes.json").exists()
    assert secret.exists()


def test_the_next_request_of_an_agent_ends_the_one_before(box, ask):
    """The person answered it in the terminal; the client lets the hook wait on."""
    box.listen(SESSION)
    first = ask()
    requests_of(box)
    ask({**BASH, "agent_id": "helper"})
    requests_of(box, 2)
    ask({"tool_name": "Bash", "tool_input": {"command": "next"}})
    assert said_by_when_gone(box, first) == (0, b"", b"")
    assert [request.text for request in requests_of(box, 2)] == ["rm -rf build", "next"]


def said_by_when_gone(box, hook):
    until(lambda: (box.requests(), hook.poll())[1] is not None, what="the end of the hook")
    return said_by(hook)


@pytest.mark.parametrize(
    ("status", "stands"), [("busy", False), ("idle", False), ("waiting", True)]
)
def test_a_request_ends_when_its_client_waits_no_more(ask, tmp_path, status, stands, monkeypatch):
    monkeypatch.setattr(mailbox, "REGISTERED", 0.0)
    (tmp_path / "sessions").mkdir()
    entry = {"pid": os.getpid(), "sessionId": SESSION, "status": status}
    (tmp_path / f"sessions/{os.getpid()}.json").write_text(json.dumps(entry))
    box = Mailbox([tmp_path])
    box.listen(SESSION)
    hook = ask()
    until(lambda: [path for path in left_over() if path.suffix == ".json"])
    assert bool(box.requests()) is stands
    if not stands:
        assert said_by(hook) == (0, b"", b"")
    box.close()


def test_an_agent_cannot_answer_for_the_person(box, ask, monkeypatch):
    box.listen(SESSION)
    hook = ask()
    (request,) = requests_of(box)
    monkeypatch.setattr(mailbox, "agent_ancestor", lambda pid: "Claude Code, process 7")
    with pytest.raises(NotForAgents, match="process 7"):
        box.answer(request.id, allow=True)
    assert hook.poll() is None


async def test_news_are_told_as_they_come(box, ask):
    box.listen(SESSION)
    told = []
    watch = asyncio.create_task(box.watch(lambda: told.append(len(box.requests()))))
    await until_async(lambda: told)
    hook = ask()
    await until_async(lambda: told[-1] == 1)
    hook.send_signal(signal.SIGTERM)
    await until_async(lambda: told[-1] == 0)
    watch.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watch


def test_what_the_killed_left_is_swept_and_what_lives_stays(box, ask):
    box.listen(SESSION)
    ask()
    requests_of(box)
    mail = runtime_folder()
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = [
        mail / f"listening/old/{gone.pid}",
        mail / f"requests/old/1-{gone.pid}.json",
        mail / f"requests/old/1-{gone.pid}.part",
    ]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    sweep(mail)
    assert not any(path.exists() or path.parent.exists() for path in left)
    assert len(box.requests()) == 1
