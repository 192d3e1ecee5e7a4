"""Reset, undo, hand off and what survives a kill: the screen with sessions of our own."""

import os
import signal
from collections.abc import Callable

import pytest

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import STEP, TAKES_UP, begun, script_boot, script_notes, shell  # noqa: F401
from .script import Reply
from .test_driving import Shell
from .test_reset_screen import READS, clearhead
from .tmux import Pane, Tmux
from .waiting import until

pytestmark = pytest.mark.real

WIDE = (120, 36)


def opened(tmux: Tmux, shell: Shell) -> Pane:  # noqa: F811
    """Open clearhead on the session of our own that runs."""
    pane = clearhead(tmux, shell, WIDE)
    pane.until("owned")
    return pane


def go_to_brief(pane: Pane, *keys: str) -> None:
    """Open the sheet of a reset, and let `keys` lead to its brief."""
    pane.keys("r")
    pane.until("Enter asks the agent for its notes")
    pane.keys(*keys)
    pane.until("waiting for Enter, nothing sent yet", within=30)


def choose(pane: Pane, receiver: str) -> None:
    """Go down to a receiver of a hand-off, and take it."""
    for _ in range(12):
        if f"▌ {receiver}" in pane.screen():
            break
        pane.keys("Down")
        pane.until_still(0.2)
    pane.keys("Enter")


def test_an_owned_session_is_reset_and_brought_back(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
) -> None:
    script_notes(anthropic_api, lab.repo)
    script_boot(anthropic_api, lab.repo, *READS, says=f"Next: {STEP}.")
    old = begun(shell)
    pane = opened(tmux, shell)
    go_to_brief(pane, "Enter")
    pane.keys("Enter")
    pane.until("4 of 4 points hold", within=40)
    pane.keys("u")
    pane.until(f"claude {old}", within=10)
    assert "never a wider permission" in pane.screen()
    pane.keys("Enter")
    pane.until("is back under clearhead", within=30)
    until(lambda: shell.row(old).get("pid"), within=20, what="the old session")
    pane.keys("Enter")
    pane.until("lab:say[Yes]", within=20)


def test_a_fresh_session_that_missed_its_brief_is_told_again(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
) -> None:
    script_boot(anthropic_api, lab.repo, "claude-progress.md", says=f"Next: {STEP}.")
    begun(shell)
    pane = opened(tmux, shell)
    go_to_brief(pane, "n", "g", "Enter")
    pane.keys("Enter")
    pane.until("3 of 4 points hold", within=60)
    pane.until("× map read")
    anthropic_api.on("^Before you go on:", Reply(text="I read it."))
    pane.keys("m")
    pane.until("points hold now", within=60)
    assert "AGENTS.md" in anthropic_api.turns("Before you go on")[0].prompt


def test_a_killed_clearhead_offers_to_go_on_and_nothing_is_done_twice(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
) -> None:
    script_notes(anthropic_api, lab.repo)
    script_boot(anthropic_api, lab.repo, *READS, says=f"Next: {STEP}.")
    begun(shell)
    pane = opened(tmux, shell)
    go_to_brief(pane, "Enter")
    asked = len(anthropic_api.turns("Bring claude-progress.md"))
    os.kill(pane.pid, signal.SIGKILL)
    pane.until_ended()
    again = clearhead(tmux, shell, WIDE)
    again.until("A reset is not over", within=20)
    again.until("r goes on")
    again.keys("r")
    again.until("Enter shows the brief", within=20)
    again.keys("Enter")
    again.until("waiting for Enter, nothing sent yet", within=20)
    again.keys("Enter")
    again.until("4 of 4 points hold", within=40)
    assert len(anthropic_api.turns("Bring claude-progress.md")) == asked
    replies = len(READS) + 2
    assert len(anthropic_api.turns("You continue a task")) == replies
    made = lab.git("log", "--format=%s").splitlines()
    assert len([subject for subject in made if "checkpoint" in subject]) == 1


def test_a_task_is_handed_to_another_agent_by_its_keys(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    openai_api: OpenAiApi,
) -> None:
    openai_api.on(TAKES_UP, Reply(text=f"Next: {STEP}."))
    begun(shell)
    pane = opened(tmux, shell)
    pane.keys("h")
    pane.until("Claude Code with opus")
    choose(pane, "Codex")
    pane.until("Codex goes on from your notes", within=20)
    pane.until("Enter asks the agent for its notes")
    pane.keys("n", "g", "Enter")
    pane.until("Enter the brief goes out", within=30)
    pane.keys("Enter")
    pane.until("points hold", within=60)
    assert STEP in openai_api.turns("You continue a task")[0].prompt
    assert lab.repo


def test_the_screen_shows_a_report_and_writes_a_bundle(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    claude_session: Callable[..., ClaudeSession],
) -> None:
    session = claude_session("2.1.330")
    session.prompt("begin lab:say[Yes]")
    pane = clearhead(tmux, shell, WIDE)
    pane.until("h hand off")
    pane.keys("h")
    pane.until("another machine")
    choose(pane, "another machine")
    pane.until("w writes it to")
    pane.keys("w")
    pane.until("Written:")
    assert "clearhead hand-off" in (lab.repo / "clearhead-handoff.md").read_text()
    pane.keys("w")
    pane.until("is there already")
    pane.keys("Escape")
    pane.until("h hand off")
    pane.keys("h")
    pane.until("a person")
    choose(pane, "a person")
    pane.until("# project: shift report", within=20)
    pane.keys("PageDown")
    pane.until(STEP)


def test_a_rehearsal_shows_what_the_brief_lacks(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
) -> None:
    anthropic_api.on("^This is a rehearsal", Reply(text="- Which branch is the filter on?"))
    begun(shell)
    pane = opened(tmux, shell)
    go_to_brief(pane, "n", "g", "Enter")
    pane.keys("R")
    pane.until("? Which branch is the filter on?", within=60)
    assert "nothing sent yet" in pane.screen()
    told = anthropic_api.turns("You continue a task")
    assert all(turn.prompt.startswith("This is a rehearsal") for turn in told)
    pane.keys("X")
    pane.until("Stopped. What was done stays done")
    assert lab.git("log", "--format=%s").splitlines()[0] == "The list"
