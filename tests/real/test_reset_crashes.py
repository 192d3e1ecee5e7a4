"""clearhead, and the client, are killed in the middle of a reset of a real session.

The whole matrix, every line of the journal, is in tests/core/reset/test_crashes.py; here is a
thinner one, where a real client lives on, or dies.
"""

import signal
import subprocess
import time
from typing import Any

import psutil
import pytest

from .anthropic_api import AnthropicApi
from .clearhead import PROGRAM
from .lab import Lab
from .openai_api import OpenAiApi
from .resetting import (
    ASKS_FOR_NOTES,
    BRIEF,
    begun,
    done_of,
    good_boot,
    open_resets,
    script_codex,
    script_notes,
    times,
)
from .test_driving import Shell
from .waiting import until

pytestmark = pytest.mark.real

TICK = 0.002
"""Seconds between two looks at the journal of the reset."""


def cut_off(
    shell: Shell, session: str, lines: int, *words: str, kill: bool = True
) -> subprocess.Popen[bytes]:
    """Begin a reset, and kill it as soon as its journal has so many lines."""
    child = subprocess.Popen(
        [str(PROGRAM), *(words or ("reset", session, "--yes"))],
        cwd=shell.lab.repo,
        env=shell.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 40
    while sum(len(p.read_bytes().splitlines()) for p in open_resets(shell)) < lines:
        assert child.poll() is None
        assert time.monotonic() < end, "the journal did not come that far"
        time.sleep(TICK)
    if kill:
        child.kill()
        child.wait()
        assert child.returncode == -signal.SIGKILL
    return child


def end_state(shell: Shell, lab: Lab, api: AnthropicApi) -> dict[str, Any]:
    """What must be the same however often somebody died."""
    return {
        "subjects": lab.git("log", "--format=%s").split("\n"),
        "committed": lab.git("show", "--format=", "HEAD"),
        "status": lab.git("status", "--porcelain"),
        "notes": (lab.repo / "claude-progress.md").read_bytes(),
        "work": (lab.repo / "work.py").read_bytes(),
        "notes asked": times(api, ASKS_FOR_NOTES),
        "briefs": times(api, BRIEF),
    }


def made(shell: Shell, lab: Lab, api: AnthropicApi) -> str:
    script_notes(api, lab.repo)
    good_boot(api, lab.repo)
    session = begun(shell)
    (lab.repo / "work.py").write_text("not in any commit\n")
    return session


def whole(end: dict[str, Any]) -> None:
    assert end["subjects"][0] == "Bring project to a checkpoint"
    assert len([one for one in end["subjects"] if one]) == 3, "no commit is doubled"
    assert b"(commit 1)" in end["notes"]
    assert "(commit 1)" in end["committed"]
    assert end["work"] == b"not in any commit\n"
    assert end["status"] == "?? work.py\n"
    assert (end["notes asked"], end["briefs"]) == (1, 1), "no prompt is doubled"


@pytest.mark.parametrize("lines", [1, 2, 4, 5, 7, 8, 9, 10, 11])
def test_clearhead_is_killed(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi, lines: int
) -> None:
    shell = notes_shell
    session = made(shell, lab, anthropic_api)
    cut_off(shell, session, lines)
    told = shell.run("reset", session, "--yes", status=2)
    assert "Go on with" in told
    answer = shell.json("reset", "--go-on", session)
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4
    whole(end_state(shell, lab, anthropic_api))
    back = shell.json("undo", session, "--yes")
    assert back["new_session_id"] == session
    for one in (session, answer["new_session_id"]):
        shell.run("stop", one)


@pytest.mark.parametrize("lines", [2, 5, 8, 10])
def test_the_client_is_killed(
    notes_shell: Shell, lab: Lab, anthropic_api: AnthropicApi, lines: int
) -> None:
    shell = notes_shell
    session = made(shell, lab, anthropic_api)
    client = psutil.Process(shell.row(session)["pid"])
    child = cut_off(shell, session, lines, kill=False)
    client.kill()
    child.wait(60)
    until(lambda: not client.is_running(), within=10, what="its end")
    if child.returncode:
        answer = shell.json("reset", "--go-on", session)
        assert answer["outcome"] == "confirmed", answer
    end = end_state(shell, lab, anthropic_api)
    assert end["briefs"] in (1, 2), "one for each client that could have taken it"
    assert end["notes asked"] <= 1
    assert end["work"] == b"not in any commit\n"
    assert end["status"] == "?? work.py\n"
    assert len([one for one in end["subjects"] if one]) == 3
    assert not [p for p in open_resets(shell) if b'"Closed"' not in p.read_bytes()]


@pytest.mark.parametrize(
    ("lines", "late"), [(5, False), (5, True), (6, False), (7, False), (8, False)]
)
def test_clearhead_is_killed_while_it_starts_the_other_agent(
    notes_shell: Shell,
    lab: Lab,
    anthropic_api: AnthropicApi,
    openai_api: OpenAiApi,
    lines: int,
    late: bool,
) -> None:
    """The line before the start is the sixth; a driver that comes up late is not left behind."""
    shell = notes_shell
    script_codex(openai_api)
    session = begun(shell)
    words = ("handoff", session, "--to", "codex", "--yes", "--no-notes", "--no-commit")
    child = cut_off(shell, session, lines, *words, kill=False)
    if late:
        until(lambda: len(records(shell)) == 2, within=20, what="the other driver")
    child.kill()
    child.wait()
    answer = shell.json("reset", "--go-on", session)
    assert answer["outcome"] == "confirmed", answer
    assert done_of(answer) == [True] * 4
    assert times(openai_api, BRIEF) == 1
    new = answer["new_session_id"]

    def alone() -> bool:
        found = records(shell)
        return len(found) == 2 and any(new in record for record in found)

    until(alone, within=20, what="no third driver")
    for one in (session, new):
        shell.run("stop", one)


def records(shell: Shell) -> list[str]:
    """What the drivers say of themselves."""
    return [path.read_text() for path in (shell.folder / "drivers").glob("*.json")]
