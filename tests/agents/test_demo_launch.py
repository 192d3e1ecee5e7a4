"""A demo leaves nothing behind: not when it is closed, not when it is killed, and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

import msgspec
import pytest

from clearhead.core.agents.demo import launch, sweep
from clearhead.core.agents.demo.identity import Identity, identify, lives, myself
from clearhead.core.agents.demo.launch import DemoNotStarted, start
from clearhead.core.agents.demo.places import Places

from ..helpers import until

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")

LAUNCHER = """
import sys, pathlib
from clearhead.core.agents.demo.launch import start
demo = start(pathlib.Path(sys.argv[1]), speed=0.1)
print(demo.pid, flush=True)
sys.stdin.read()
"""
DEAD = Identity(2**22 + 5, "1")


@pytest.fixture
def folder(tmp_path_factory):
    """A place for the roots of demos."""
    return tmp_path_factory.mktemp("demo").resolve()


@pytest.fixture
def killed(folder):
    """The root of a demo whose launcher was killed, with its agent still there for a moment."""
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with launcher:
        agent = int(launcher.stdout.readline())
        (root,) = folder.iterdir()
        assert sweep.sweep(folder) == []
        launcher.kill()
    return root, agent


def leftover(folder, name="clearhead-demo-left", **changes):
    """A root whose processes are both gone."""
    places = Places(folder / name)
    places.root.mkdir(mode=0o700)
    sweep.claim(places, DEAD, DEAD)
    if changes:
        owner = msgspec.json.decode(places.owner.read_bytes()) | changes
        places.owner.write_bytes(msgspec.json.encode(owner))
    return places.root


def test_closing_ends_the_process_and_removes_the_root(folder):
    demo = start(folder, speed=50)
    assert identify(demo.pid)
    demo.close()
    assert identify(demo.pid) is None
    assert list(folder.iterdir()) == []
    demo.close()


def test_an_agent_that_does_not_listen_is_ended_all_the_same(folder, monkeypatch):
    monkeypatch.setattr(launch, "END_LIMIT", 0.2)
    demo = start(folder)
    os.kill(demo.pid, signal.SIGSTOP)
    demo.close()
    assert identify(demo.pid) is None
    assert list(folder.iterdir()) == []


def test_the_agent_ends_by_itself_when_its_launcher_is_killed(killed):
    root, agent = killed
    until(lambda: identify(agent) is None, what="the agent has ended")
    (transcript,) = Places(root).transcripts.iterdir()
    assert b"its launcher ended" in transcript.read_bytes().splitlines()[-1]


def test_what_a_killed_demo_left_is_swept_once_its_agent_is_gone(killed, folder):
    root, agent = killed
    until(lambda: identify(agent) is None, what="the agent has ended")
    assert root.exists()
    assert sweep.sweep(folder) == [root]
    assert list(folder.iterdir()) == []


def test_a_demo_that_runs_is_never_swept(folder):
    with start(folder, speed=0.1) as demo:
        assert sweep.sweep(folder) == []
        assert demo.control.status()["ok"]


@pytest.mark.parametrize("living", ["launcher", "agent"])
def test_one_living_process_keeps_the_root(folder, living):
    alive = {"launcher": DEAD, "agent": DEAD} | {living: myself()}
    root = leftover(folder, **alive)
    assert sweep.sweep(folder) == []
    assert root.exists()


def test_a_number_given_out_again_does_not_keep_the_root(folder):
    root = leftover(folder, launcher=Identity(os.getpid(), "1"))
    assert sweep.sweep(folder) == [root]


def test_a_copied_or_foreign_owner_file_claims_nothing(folder):
    leftover(folder, "clearhead-demo-copied", root=str(folder / "elsewhere"))
    leftover(folder, "clearhead-demo-foreign", mark="mine")
    leftover(folder, "some-other-name")
    (folder / "clearhead-demo-empty").mkdir(mode=0o700)
    (folder / "clearhead-demo-file").write_text("not a folder")
    before = sorted(folder.iterdir())
    assert sweep.sweep(folder) == []
    assert sorted(folder.iterdir()) == before


def test_a_root_that_others_could_have_filled_is_left_alone(folder):
    leftover(folder).chmod(0o777)
    assert sweep.sweep(folder) == []


def test_a_link_is_never_followed(folder, tmp_path):
    precious = leftover(tmp_path, "clearhead-demo-real")
    (folder / "clearhead-demo-link").symlink_to(precious)
    holder = leftover(folder, "clearhead-demo-linked-owner")
    Places(holder).owner.rename(tmp_path / "owner.json")
    Places(holder).owner.symlink_to(tmp_path / "owner.json")
    assert sweep.sweep(folder) == []
    assert precious.exists()
    assert holder.exists()


def test_a_missing_folder_has_nothing_to_sweep(tmp_path):
    assert sweep.sweep(tmp_path / "nowhere") == []


def test_without_git_it_says_so_and_leaves_nothing(folder, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(DemoNotStarted, match="git") as problem:
        start(folder)
    assert problem.value.remedy
    assert list(folder.iterdir()) == []


def test_a_path_too_long_for_a_socket_is_a_problem(folder):
    deep = folder / ("d" * 120)
    deep.mkdir()
    with pytest.raises(DemoNotStarted, match="too long"):
        start(deep)
    assert list(deep.iterdir()) == []


def test_a_place_that_is_not_there_is_a_problem(tmp_path):
    with pytest.raises(DemoNotStarted, match="No folder"):
        start(tmp_path / "nowhere")


def test_a_program_that_fails_is_a_problem_with_its_last_words(folder, monkeypatch):
    monkeypatch.setattr(launch, "PROGRAM", "clearhead.nothing_of_the_kind")
    with pytest.raises(DemoNotStarted, match="nothing_of_the_kind"):
        start(folder)
    assert list(folder.iterdir()) == []


def test_a_process_is_told_by_its_start_too():
    me = myself()
    assert lives(me)
    assert not lives(Identity(me.pid, "other"))
    assert identify(DEAD.pid) is None
