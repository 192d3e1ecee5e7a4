"""A reset by its keys: `r`, Enter, Enter, on the real screen beside real clients."""

import json
from collections.abc import Callable

import pytest

from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clearhead import PROGRAM
from .lab import Lab
from .resetting import STEP, begun, script_boot, script_notes, shell  # noqa: F401
from .test_driving import Shell
from .tmux import Pane, Size, Tmux

pytestmark = pytest.mark.real

READS = ("AGENTS.md", "claude-progress.md")


def clearhead(tmux: Tmux, shell: Shell, size: Size, *words: str) -> Pane:  # noqa: F811
    """Open clearhead in the lab's repository, in a window of that size."""
    path = f"PATH={shell.environment['PATH']}"
    return tmux.window([path, str(PROGRAM), *words], env=shell.environment, size=size)


def transaction(shell: Shell) -> list[dict]:  # noqa: F811
    """The lines of the one reset that was written down."""
    (path,) = (shell.folder / "transactions").glob("*.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
@pytest.mark.parametrize("version", ["2.1.197", "2.1.330"])
def test_three_keys_reset_a_session_in_somebodys_pane(
    shell: Shell,  # noqa: F811
    lab: Lab,
    tmux: Tmux,
    anthropic_api: AnthropicApi,
    claude_session: Callable[..., ClaudeSession],
    version: str,
    size: Size,
) -> None:
    script_notes(anthropic_api, lab.repo)
    script_boot(anthropic_api, lab.repo, *READS, says=f"Next: {STEP}.")
    words = ("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    session = claude_session(version, arguments=words)
    session.prompt("begin lab:say[Yes] lab:fill=150000")
    old = session.session_id
    (lab.repo / "src.py").write_text("new\n")
    pane = clearhead(tmux, shell, size)
    pane.until("r reset")
    pane.keys("r")
    pane.until("Enter asks the agent for its notes")
    assert anthropic_api.turns("Bring claude-progress.md") == []
    pane.keys("Enter")
    pane.until(
        "waiting for Enter, nothing sent yet" if size[0] > 100 else "sends the brief", within=30
    )
    assert session.session_id == old, "nothing is ended before the brief is agreed"
    pane.keys("Enter")
    pane.until("Enter goes to the fresh session", within=40)
    screen = pane.screen()
    assert "4 of 4 points hold" in screen
    assert session.session_id != old
    assert "(commit 1)" in lab.git("show", "HEAD:claude-progress.md")
    sent = anthropic_api.turns("You continue a task")[0].prompt
    assert STEP in sent
    pane.keys("Enter")
    pane.until(f"Next: {STEP}", within=20)
    kinds = [line["type"] for line in transaction(shell)]
    assert kinds[0] == "Begun"
    assert kinds[-1] == "Closed"
