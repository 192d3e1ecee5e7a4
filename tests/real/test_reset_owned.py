"""Resets of sessions that clearhead started: from the notes to the boot check, and back."""

import json
import subprocess

import pytest

from .anthropic_api import AnthropicApi
from .clearhead import PROGRAM
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import (
    ASKS_FOR_NOTES,
    BRIEF,
    BRINGS_UP_TO_DATE,
    STEP,
    begun,
    begun_codex,
    done_of,
    good_boot,
    script_boot,
    script_codex,
    script_notes,
    times,
)
from .script import Call, Failure, Reply
from .test_driving import Shell
from .waiting import until

pytestmark = pytest.mark.real

QUICK = ("--yes", "--no-notes", "--no-commit")


def words(text: str) -> list[str]:
    """The lines of a text without the blanks around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_a_reset_from_the_notes_to_the_boot_check(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    script_notes(anthropic_api, lab.repo)
    good_boot(anthropic_api, lab.repo)
    session = begun(shell)
    (lab.repo / "work.py").write_text("new\n")
    plan = shell.json("reset", session, "--dry-run")
    assert [step["step"] for step in plan["steps"]] == ["notes", "commit", "close", "open", "check"]
    answer = shell.json("reset", session, "--yes")
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4
    new = answer["new_session_id"]
    assert new not in (None, session)
    assert lab.git("log", "-1", "--format=%H").strip() == answer["commit"]
    assert lab.git("show", "--name-only", "--format=", "HEAD").split() == ["claude-progress.md"]
    assert session in lab.git("log", "-1", "--format=%B")
    sent = anthropic_api.turns(BRIEF)[0].prompt
    assert words(sent) == words(plan["brief"])
    assert (times(anthropic_api, ASKS_FOR_NOTES), times(anthropic_api, BRIEF)) == (1, 1)
    assert "(commit 1)" in (lab.repo / "claude-progress.md").read_text()
    assert (lab.repo / "work.py").read_text() == "new\n"
    assert answer["fill"]["after"] < answer["fill"]["before"] == 150_000
    assert answer["next_usd"]["after"] < answer["next_usd"]["before"]
    history = (shell.folder / "journal.jsonl").read_text()
    assert '"fill":[150000,' in history
    assert answer["task"]["usd"] > 0
    assert [one["session_id"] for one in answer["task"]["sessions"]] == [session, new]
    assert shell.json("show", new)["task"]["id"] == answer["task"]["id"]
    back = shell.json("undo", new, "--yes")
    assert back["new_session_id"] == session
    until(lambda: shell.row(session).get("pid"), within=20, what="the old session")
    shell.run("prompt", session, "still here? lab:say[Still here]")
    assert "begin lab:say" in json.dumps(anthropic_api.until_asked("still here?").body)
    for one in (session, new):
        shell.run("stop", one)


@pytest.mark.parametrize(
    ("files", "says", "missed"),
    [
        (("AGENTS.md",), "The next step is the date range filter.", "notes read"),
        (
            ("AGENTS.md", "claude-progress.md"),
            "I will rewrite the payment module next.",
            "next step named",
        ),
        (("claude-progress.md",), "The next step is the date range filter.", "map read"),
    ],
)
def test_a_fresh_session_that_does_not_take_up_its_brief_is_told(
    notes_shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    files: tuple[str, ...],
    says: str,
    missed: str,
) -> None:
    shell = notes_shell
    script_boot(anthropic_api, lab.repo, *files, says=says)
    session = begun(shell)
    answer = shell.json("reset", session, *QUICK)
    assert answer["outcome"] == "confirmed"
    assert [c["point"] for c in answer["checks"] if not c["done"]] == [missed]
    assert answer["commit"] is None
    calls = [
        Reply(calls=(Call("read", str(lab.repo / n)),)) for n in ("AGENTS.md", "claude-progress.md")
    ]
    anthropic_api.on("^Before you go on:", *calls, Reply(text=f"The notes name: {STEP}."))
    again = shell.json("reset", "--repeat", answer["transaction"])
    assert done_of(again) == [True] * 4
    assert anthropic_api.turns("Before you go on:")[0].prompt == answer["missed"]
    shell.run("stop", answer["new_session_id"])


def test_an_agent_whose_context_is_full_is_helped_out_by_a_draft(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    anthropic_api.on(BRINGS_UP_TO_DATE, Reply(failure=Failure(400, "prompt is too long: 210000")))
    good_boot(anthropic_api, lab.repo)
    session = begun(shell)
    answer = shell.json("reset", session, "--yes")
    assert answer["outcome"] == "confirmed", answer
    assert "drafted from the transcript" in answer["evidence"][0]["detail"]
    assert f"claude session {session[:8]}" in lab.git("show", "HEAD:claude-progress.md")
    assert done_of(answer) == [True] * 4
    shell.run("stop", answer["new_session_id"])


def test_a_session_whose_program_has_gone_is_reset_all_the_same(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    good_boot(anthropic_api, lab.repo)
    session = begun(shell)
    shell.run("stop", session)
    until(lambda: shell.row(session)["pid"] is None, within=20, what="its end")
    answer = shell.json("reset", session, "--yes")
    assert answer["outcome"] == "confirmed", answer
    assert "its process has gone" in answer["evidence"][0]["detail"]
    assert answer["new_session_id"] not in (None, session)
    assert times(anthropic_api, BRIEF) == 1
    shell.run("stop", answer["new_session_id"])


def test_an_agent_at_work_is_waited_for_or_interrupted(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    good_boot(anthropic_api, lab.repo)
    session = begun(shell)
    shell.run("prompt", session, "long lab:hold lab:say[The end]")
    anthropic_api.until_held()
    assert "not idle" in shell.run("reset", session, *QUICK, status=1)
    late = shell.run("reset", session, *QUICK, "--when", "idle", "--timeout", "0.5", status=1)
    assert "not idle" in late
    answer = shell.json("reset", session, *QUICK, "--interrupt")
    assert answer["outcome"] == "confirmed", answer
    new = answer["new_session_id"]
    shell.until(new, "idle")
    shell.run("prompt", new, "more lab:slow=2 lab:say[Done]")
    answer = shell.json("reset", new, *QUICK, "--when", "idle")
    assert answer["outcome"] == "confirmed", answer
    shell.run("stop", answer["new_session_id"])


def test_an_agent_that_waits_for_the_person_is_left_to_them(
    notes_shell: Shell, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    session = begun(shell, "--permission-mode", "default")
    shell.run("prompt", session, "lab:bash[touch made]")
    until(lambda: shell.row(session).get("state") != "idle", within=20, what="the question")
    told = shell.run("reset", session, *QUICK, status=1)
    assert "waits for you" in told or "not idle" in told
    assert times(anthropic_api, BRIEF) == 0
    shell.run("stop", session)


def test_a_reset_of_a_codex_session_and_its_undo(notes_shell: Shell, openai_api: OpenAiApi) -> None:
    shell = notes_shell
    script_codex(openai_api)
    session = begun_codex(shell, "-a", "never", "-c", "model_reasoning_effort=low")
    answer = shell.json("reset", session, "--yes")
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4
    new = answer["new_session_id"]
    assert new != session
    assert (times(openai_api, ASKS_FOR_NOTES), times(openai_api, BRIEF)) == (1, 1)
    plan = shell.json("undo", new, "--dry-run")
    assert plan["flags"] == ["-c", "model_reasoning_effort=low"], "never asks for less"
    assert shell.json("undo", new, "--yes")["new_session_id"] == session
    records = [json.loads(p.read_text()) for p in (shell.folder / "drivers").glob("*.json")]
    args = {record["session_id"]: record["args"] for record in records}
    assert args[session] == ["-c", "model_reasoning_effort=low"]
    shell.run("prompt", session, "still here? lab:say[Still here]")
    assert "begin lab:say" in json.dumps(openai_api.until_asked("still here?").body)
    for one in (session, new):
        shell.run("stop", one)


@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_a_rehearsal_asks_and_leaves_nothing_behind(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi, openai_api: OpenAiApi, agent: str
) -> None:
    shell = notes_shell
    api = anthropic_api if agent == "claude" else openai_api
    asks = "- Which date format do the filters take?\n- Is the list paged?\nThat is all."
    path = lab.repo / "made-by-rehearsal"
    made = Call("bash", f"touch {path}")
    api.on("^This is a rehearsal", Reply(calls=(made,)), Reply(text=asks))
    session = begun(shell) if agent == "claude" else begun_codex(shell)
    before = {p for p in lab.root.rglob("*.jsonl") if lab.home not in p.parents}
    status = lab.git("status", "--porcelain")
    answer = shell.json("reset", session, "--rehearse")
    assert answer["questions"] == [
        "Which date format do the filters take?",
        "Is the list paged?",
    ]
    assert BRIEF in api.turns("This is a rehearsal")[0].prompt
    assert not path.exists(), "a rehearsal can only read"
    assert lab.git("status", "--porcelain") == status
    assert {p for p in lab.root.rglob("*.jsonl") if lab.home not in p.parents} == before
    assert not [p for p in lab.processes() if "--no-session-persistence" in p.cmdline()]
    assert shell.row(session)["state"] == "idle"
    shell.run("stop", session)


def test_a_script_is_told_what_it_may_not_decide(notes_shell: Shell, lab: Lab) -> None:
    shell = notes_shell
    session = begun(shell)
    assert "Nothing was done" in shell.run("reset", session, status=2)
    hook = lab.repo / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\nexit 0\n")
    hook.chmod(0o755)
    (lab.repo / "AGENTS.md").write_text("# Map, changed\n")
    told = shell.run("reset", session, "--yes", "--no-notes", status=1)
    assert "A hook that git will run is new" in told
    assert "is not over" in shell.run("reset", session, "--yes", status=2)
    answer = shell.json("reset", "--abort", session[:8])
    assert answer["outcome"] == "confirmed"
    assert lab.git("log", "-1", "--format=%s").strip() == "The list"
    shell.run("stop", session)


def test_a_key_press_that_ends_it_can_be_gone_on_from(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi
) -> None:
    shell = notes_shell
    good_boot(anthropic_api, lab.repo)
    anthropic_api.on(BRINGS_UP_TO_DATE, Reply(text="Nothing is new.", hold=True))
    session = begun(shell)
    child = subprocess.Popen(
        [str(PROGRAM), "reset", session, "--yes"],
        cwd=lab.repo,
        env=shell.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    anthropic_api.until_held()
    child.send_signal(2)
    out, errors = child.communicate(timeout=20)
    assert "Go on with: clearhead reset --go-on" in errors, out
    assert "Traceback" not in errors
    anthropic_api.release()
    answer = shell.json("reset", "--go-on", session)
    assert answer["outcome"] == "confirmed", answer
    assert (times(anthropic_api, ASKS_FOR_NOTES), times(anthropic_api, BRIEF)) == (1, 1)
    shell.run("stop", answer["new_session_id"])
