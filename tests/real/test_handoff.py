"""A task goes on: to another agent and back, to a person, to another machine."""

import json
import shutil

import pytest

from . import claude
from .anthropic_api import AnthropicApi
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import BRIEF, NOTES, STEP, TAKES_UP, begun, links_of, times
from .script import Reply
from .test_driving import Shell

pytestmark = pytest.mark.real

QUICK = ("--yes", "--no-notes", "--no-commit")


def test_a_task_goes_from_claude_to_codex_and_back(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi, openai_api: OpenAiApi
) -> None:
    shell = notes_shell
    anthropic_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    openai_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    first = begun(shell)
    over = shell.json("handoff", first, "--to", "codex", *QUICK)
    second = over["new_session_id"]
    assert times(openai_api, BRIEF) == 1
    shell.until(second, "idle")
    back = shell.json("handoff", second, "--to", "claude:haiku", *QUICK)
    third = back["new_session_id"]
    assert "haiku" in anthropic_api.turns(BRIEF)[-1].body["model"]
    assert [link["session_id"] for link in links_of(shell)] == [first, second, third]
    assert len({link["task"] for link in links_of(shell)}) == 1
    assert shell.row(first)["pid"], "the old session stays readable, and running"
    assert (lab.repo / "claude-progress.md").read_text() == NOTES
    task = back["task"]
    assert task["id"] == over["task"]["id"]
    own = [shell.json("show", one)["cost"]["usd"] for one in (first, second, third)]
    assert [one["usd"] for one in task["sessions"]] == own
    assert task["usd"] == pytest.approx(sum(usd or 0.0 for usd in own))
    assert task["unknown"] == own.count(None)
    for one in (first, second, third):
        shell.run("stop", one)


def test_a_hand_off_while_the_agent_works_leaves_it_at_work(
    notes_shell: Shell, anthropic_api: AnthropicApi, openai_api: OpenAiApi
) -> None:
    shell = notes_shell
    openai_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    first = begun(shell)
    shell.run("prompt", first, "long lab:hold lab:say[The end]")
    anthropic_api.until_held()
    assert "not idle" in shell.run("handoff", first, "--to", "codex", "--yes", status=1)
    over = shell.json("handoff", first, "--to", "codex", *QUICK)
    assert over["outcome"] == "confirmed", over
    anthropic_api.release()
    shell.until(first, "idle")
    for one in (first, over["new_session_id"]):
        shell.run("stop", one)


def test_a_person_gets_a_page(notes_shell: Shell, lab: Lab) -> None:
    shell = notes_shell
    session = begun(shell)
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    notes = lab.repo / "claude-progress.md"
    notes.write_text(NOTES.replace("endless re-render", f"endless, key {key}"))
    page = shell.run("handoff", session, "--to", "person", "--output", "-")
    assert STEP in page
    assert key not in page
    assert "Masked" in page
    answer = shell.json("handoff", session, "--to", "person", "--yes", "--no-notes", "--overrule")
    assert answer["path"] == "shift-report.md"
    assert "Before the hand off of claude" in lab.git("log", "-1", "--format=%B")
    assert key not in (lab.repo / "shift-report.md").read_text()
    shell.run("stop", session)


def elsewhere(shell: Shell, lab: Lab, anthropic_api: AnthropicApi) -> Shell:
    """A shell on another machine: state, settings and agents of its own, a clone by plain git."""
    lab.git("clone", "-q", "--bare", str(lab.repo), str(lab.root / "remote.git"))
    there = lab.root / "there"
    lab.git("clone", "-q", str(lab.root / "remote.git"), str(there))
    claude.preset(lab, there)
    other = Shell(lab, dict(shell.environment))
    home = lab.root / "home-there"
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        other.environment[f"XDG_{kind}_HOME"] = str(home / kind.lower())
    return other


@pytest.mark.parametrize("way", ["by git", "by a copied file"])
def test_another_machine_picks_the_task_up(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi, way: str
) -> None:
    shell = notes_shell
    session = begun(shell)
    answer = shell.json("handoff", session, "--to", "bundle")
    assert answer["outcome"] == "confirmed"
    assert any("no remote branch" in words for words in answer["warnings"])
    assert "is there already" in shell.run("handoff", session, "--to", "bundle", status=1)
    shell.run("stop", session)
    bundle = lab.repo / "clearhead-handoff.md"
    if way == "by git":
        lab.git("add", "clearhead-handoff.md")
        lab.git("commit", "-qm", "Hand it on")
    other = elsewhere(shell, lab, anthropic_api)
    there = lab.root / "there"
    path = there / "clearhead-handoff.md"
    if way != "by git":
        shutil.copy(bundle, path)
    where = ("--folder", str(there))
    shown = other.run("pickup", str(path), *where)
    assert "Start it with --yes" in shown
    assert STEP in shown
    assert other.json("pickup", str(path), *where)["misfits"] == []
    anthropic_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    picked = other.json("pickup", str(path), *where, "--yes")
    assert picked["outcome"] == "confirmed", picked
    anthropic_api.until_asked(BRIEF)
    assert times(anthropic_api, BRIEF) == 1
    assert other.folder != shell.folder
    link = links_of(other)[-1]
    assert (link["came"], link["task"]) == ("picked up", links_of(shell)[-1]["task"])
    new = picked["new_session_id"]
    other.until(new, "idle")
    task = other.json("show", new)["task"]
    assert task["usd_elsewhere"] == pytest.approx(shell.json("show", session)["cost"]["usd"])
    assert task["usd"] > task["usd_elsewhere"]
    other.run("stop", new)


def test_a_checkout_that_does_not_fit_is_said(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    session = begun(shell)
    shell.run("handoff", session, "--to", "bundle")
    shell.run("stop", session)
    lab.git("checkout", "-qb", "other")
    assert "the branch is other, not main" in shell.run("pickup", status=1)
    lab.git("checkout", "-q", "--orphan", "fresh")
    lab.git("commit", "-qm", "Anew")
    assert "does not hold" in shell.run("pickup", status=1)
    assert "It does not fit" in shell.run("pickup", "--yes", status=2)
    assert not anthropic_api.turns(BRIEF)
    evil = lab.repo / "evil.md"
    text = (lab.repo / "clearhead-handoff.md").read_text()
    evil.write_text(text.replace('"agent": "claude"', '"agent": "/bin/sh"'))
    assert "cannot start /bin/sh" in shell.run("pickup", "evil.md", status=1)
    assert json.loads(shell.run("pickup", "--json", "evil.md", status=1))["misfits"]
