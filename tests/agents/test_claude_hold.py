"""A hold lets a tool wait, for a second at most, and says when Enter would not be safe."""

from __future__ import annotations

import os
import shlex
import subprocess
import time

import pytest

from clearhead.core.agents.claude import hold
from clearhead.core.agents.claude.hold import GOOD, SETTLES, Hold
from clearhead.core.agents.claude.hook_commands import (
    HOLD,
    WAITS,
    entry,
    mail_folder,
    script,
    script_path,
)
from clearhead.core.paths import UnsafeFolder, make_runtime_folder, runtime_folder

from ..helpers import until

SESSION = "0be0637b-ca86-4329-a67f-7c1ffc0d794a"


def hook(session: str = SESSION, told: bytes = b'{"session_id":"x"}'):
    """Run the hook as the client does; return its seconds and what it said."""
    script_path(HOLD).parent.mkdir(parents=True, exist_ok=True)
    script_path(HOLD).write_bytes(script(HOLD))
    begun = time.monotonic()
    done = subprocess.run(
        ["/bin/sh", "-c", entry(HOLD)["hooks"][0]["command"]],
        input=told,
        capture_output=True,
        env={**os.environ, "CLAUDE_CODE_SESSION_ID": session},
        check=False,
    )
    return time.monotonic() - begun, (done.returncode, done.stdout, done.stderr)


def test_a_tool_waits_until_the_hold_is_released():
    with Hold(SESSION):
        running = subprocess.Popen(
            ["/bin/sh", "-c", f"{_prepared()}; date +%s.%N"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, "CLAUDE_CODE_SESSION_ID": SESSION},
        )
        until((runtime_folder() / "passed" / SESSION).exists)
        assert running.poll() is None
        released = time.time()
    out, _ = running.communicate()
    assert released <= float(out) < released + WAITS / 2


def _prepared() -> str:
    hook()
    (runtime_folder() / "passed" / SESSION).unlink()
    return f"/bin/sh {script_path(HOLD)}"


def test_a_hold_that_stays_delays_a_tool_by_a_second_at_most():
    with Hold(SESSION):
        seconds, said = hook()
    assert said == (0, b"", b"")
    assert GOOD < WAITS <= seconds < WAITS + 1


def test_a_hold_of_a_process_that_is_gone_delays_nothing():
    Hold(SESSION)
    gone = subprocess.Popen(["true"])
    gone.wait()
    (runtime_folder() / "hold" / SESSION).write_text(f"{gone.pid}\n")
    assert hook()[0] < WAITS / 2


@pytest.mark.parametrize("session", ["another", "", "../hold/" + SESSION, "*"])
def test_a_hold_is_for_its_session_alone(session):
    with Hold(SESSION):
        seconds, said = hook(session)
    assert seconds < WAITS / 2
    assert said == (0, b"", b"")


def test_the_hook_takes_input_of_any_length_and_says_nothing():
    assert hook(told=b"x" * 1_000_000)[1] == (0, b"", b"")
    assert not (runtime_folder() / "passed").exists()


def test_before_there_were_marks_a_tool_may_have_just_passed():
    with Hold(SESSION) as first:
        assert not first.good
        assert 0 < first.settled_in() <= SETTLES
    with Hold(SESSION) as second:
        assert second.good


def test_a_tool_that_passed_just_now_makes_enter_unsafe_until_its_dialog_is_open():
    Hold(SESSION).release()
    hook()
    with Hold(SESSION) as held:
        assert not held.good
        until(lambda: held.good, within=SETTLES + 0.2)


def test_enter_is_unsafe_before_a_waiting_tool_passes(monkeypatch):
    Hold(SESSION).release()
    with Hold(SESSION) as held:
        assert held.good
        monkeypatch.setattr(hold, "GOOD", 0.0)
        assert not held.good


def test_a_released_hold_leaves_nothing_and_can_be_released_twice():
    held = Hold(SESSION)
    held.release()
    held.release()
    assert list((make_runtime_folder() / "hold").iterdir()) == []


def test_old_holds_and_marks_are_swept_and_new_ones_stay():
    mail = make_runtime_folder()
    Hold("old", mail)
    hook("old")
    later = time.time() + hold.FORGOTTEN + 1
    hold.sweep(mail, time.time())
    assert len(list(mail.glob("*/old"))) == 2
    hold.sweep(mail, later)
    assert list(mail.glob("*/old")) == []


def test_a_mark_from_the_future_does_not_hold_anyone_up_for_long():
    with Hold(SESSION):
        mark = runtime_folder() / "passed" / SESSION
        mark.touch()
        os.utime(mark, (time.time() + 3600,) * 2)
    with Hold(SESSION) as again:
        assert 0 < again.settled_in() <= SETTLES
        until(lambda: again.settled_in() == 0, within=2 * SETTLES)
        assert again.good


def test_a_hold_is_placed_where_the_installed_hook_looks(tmp_path, monkeypatch):
    hook()
    installed = mail_folder()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() != installed
    assert mail_folder() == installed
    with Hold(SESSION):
        assert (installed / "hold" / SESSION).exists()
    script_path(HOLD).write_text("mail=\n")
    assert mail_folder() == runtime_folder()


def test_a_folder_that_others_can_enter_is_no_place_for_a_hold(tmp_path):
    open_to_all = tmp_path / "it's open"
    open_to_all.mkdir(mode=0o755)
    script_path(HOLD).parent.mkdir(parents=True, exist_ok=True)
    script_path(HOLD).write_text(f"mail={shlex.quote(str(open_to_all))}\n")
    with pytest.raises(UnsafeFolder):
        Hold(SESSION)
