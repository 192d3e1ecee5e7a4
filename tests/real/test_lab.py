"""The harness itself: the lab is private, tmux exact, a wait bounded, a missing client told."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from .clearhead import environment
from .clients import HERE, chosen, pinned
from .lab import Lab
from .waiting import until

WANTED = "tests/real/test_codex.py::test_an_approved_command_runs"


def test_a_window_sees_the_environment_it_was_given_and_no_other(lab, tmux, monkeypatch):
    monkeypatch.setenv("PRIVATE_TO_THE_PERSON", "yes")

    pane = tmux.window(["env"], env=environment(lab), size=(160, 60))

    pane.until_ended()
    seen = dict(line.split("=", 1) for line in pane.screen().splitlines() if "=" in line)
    told = environment(lab)
    assert {name: seen.get(name) for name in told} == told
    of_tmux = {"PWD", "TMUX", "TMUX_PANE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION"}
    assert set(seen) - set(told) <= of_tmux
    assert os.environ["HOME"] != seen["HOME"]


def test_a_window_has_exactly_the_size_asked_for(lab, tmux):
    size = [sys.executable, "-c", "import os; print(os.get_terminal_size())"]

    narrow = tmux.window(size, env=lab.environment(), size=(80, 24))
    wide = tmux.window(size, env=lab.environment(), size=(200, 50))

    narrow.until("columns=80, lines=24")
    wide.until("columns=200, lines=50")


def test_a_window_can_be_resized_and_typed_into(lab, tmux):
    pane = tmux.window(["cat"], env=lab.environment(), size=(80, 24))

    pane.type("$HOME; 'quoted'")
    pane.keys("Enter")
    pane.resize((60, 20))

    pane.until("$HOME; 'quoted'\n$HOME; 'quoted'")
    assert pane.size == (60, 20)


def test_a_wait_that_fails_shows_the_last_screen(lab, tmux):
    pane = tmux.window(["echo", "what it really says"], env=lab.environment())
    pane.until_ended()

    with pytest.raises(AssertionError, match="what it really says"):
        pane.until("what it never says", within=0.1)


@pytest.mark.parametrize(("end", "status"), [("exit 3", 3), ("kill -TERM $$", -15)])
def test_the_end_of_a_program_is_seen(lab, tmux, end, status):
    assert tmux.window(["bash", "-c", end], env=lab.environment()).until_ended() == status


def test_a_lab_takes_its_processes_and_its_folder_with_it():
    with Lab() as lab:
        left = lab.root / "pid"
        orphan = f"setsid sleep 600 </dev/null >/dev/null 2>&1 & echo $! > {left}"
        subprocess.run(["bash", "-c", orphan], env=lab.environment(), check=True)
        until(left.exists)
        pid = int(left.read_text())
        assert psutil.Process(pid).status() != psutil.STATUS_ZOMBIE

    assert not lab.root.exists()
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_repository_of_a_lab_is_clean_and_on_main(lab):
    assert lab.git("status", "--porcelain", "--branch").strip() == "## main"


def test_the_newest_pinned_version_is_the_default():
    of_claude = [client.version for client in pinned() if client.command == "claude"]
    assert chosen("claude").version == of_claude[-1]
    assert chosen("claude", of_claude[0]).version == of_claude[0]


@pytest.mark.parametrize(("required", "outcome"), [("1", "1 failed"), ("0", "1 skipped")])
def test_a_missing_client_fails_only_where_clients_are_required(tmp_path, required, outcome):
    told = {"CLEARHEAD_REQUIRE_CLIENTS": required, "CLEARHEAD_CLIENTS": str(tmp_path), "CI": ""}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"{WANTED}[alone]"],
        cwd=HERE.parents[1],
        env={**os.environ, **told},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome in done.stdout
    assert required == "0" or "run .ci/install-clients" in done.stdout


def test_nothing_of_a_lab_lies_in_the_persons_home(lab):
    folders = [Path(value) for value in environment(lab).values() if value.startswith("/")]
    outside = [f for f in folders if lab.root not in (f, *f.parents) and str(f) != "/bin/bash"]
    assert [str(f) for f in outside if ":" not in str(f)] == []
