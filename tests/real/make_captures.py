"""Make captures of real clients again: drive each through a course and keep its files.

    python -m tests.real.make_captures [FOLDER]

Writes `claude/` and `codex/` under FOLDER (default: `tests/data`). The clients are the pinned ones; every reply,
token figure and cost comes from the script of the course.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clients import Client, pinned
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi
from .sanitize import Sanitizer
from .tmux import Tmux

DATA = Path(__file__).parents[1] / "data"
CODE = "def total(prices):\n    return sum(prices)\n"


def claude_course(session: ClaudeSession, keep: Callable[[str], None]) -> None:
    """Turns, tools, permissions, an interrupt, errors, a sub-agent, a compaction, a clear."""
    keep("idle")
    session.run("Where do we stand? lab:think[I should look at the notes.] lab:fill=31000")
    session.run("lab:together lab:read[README.md] lab:read[total.py] lab:say[Both are short.]")
    session.prompt("lab:edit[total.py|sum(prices)|round(sum(prices), 2)] lab:say[It rounds now.]")
    session.until_dialog()
    keep("waiting")
    session.approve()
    session.until_status("idle")
    session.prompt("lab:bash[python3 -m unittest] lab:say[No tests ran.]")
    session.approve()
    session.until_status("idle")
    session.prompt("lab:bash[rm -f total.py]")
    session.refuse()
    session.prompt("Explain it slowly. lab:hold lab:say[First this, and then that.]")
    session.pane.until("First this")
    session.until_status("busy")
    keep("busy")
    session.interrupt()
    session.run("lab:fail=529x1 lab:say[Through at the second attempt.]", within=30)
    session.run("lab:agent[Count the files. lab:bash[ls] lab:say[Two files.]] lab:fill=96000")
    session.until(lambda: session.api.turns("Two files"), "the sub-agent's report")
    session.until_status("idle")
    session.compact("keep the names of the files")
    session.run("What is the next step? lab:say[The filter.]")
    session.clear()
    session.run("Read the notes and go on. lab:read[README.md] lab:say[Nothing is noted.]")


def codex_course(session: CodexSession) -> None:
    """Turns, commands, approvals, an edit, an interrupt, a compaction, a clear."""
    session.run("Where do we stand? lab:fill=31000")
    session.run("lab:bash[ls] lab:read[total.py] lab:say[Two files.]")
    session.run("lab:edit[total.py|    return sum(prices)|    return round(sum(prices), 2)]")
    ended = session.ended_turns()
    session.prompt("lab:ask[python3 -m unittest] lab:say[No tests ran.]")
    session.approve()
    session.until(lambda: session.ended_turns() > ended, "the end of the turn")
    session.prompt("lab:ask[rm -f total.py]")
    session.refuse()
    session.prompt("Explain it slowly. lab:hold lab:say[First this, and then that.]")
    session.pane.until("First this")
    session.interrupt()
    session.run("lab:bash[false] lab:say[It failed.] lab:fill=150000")
    session.compact()
    session.run("What is the next step? lab:say[The filter.]")
    session.clear()
    session.run("Read the notes and go on. lab:read[README.md] lab:say[Nothing is noted.]")


def capture_claude(client: Client, folder: Path) -> None:
    """Drive one Claude Code; keep transcripts, registry states and the status line's input."""
    name = "v" + client.version.replace("2.1.", "")
    with Lab() as lab, Tmux(lab) as tmux, AnthropicApi() as api:
        (lab.repo / "total.py").write_text(CODE)
        fed = lab.root / "statusline.json"
        feed = f"cat > {fed}.new && mv {fed}.new {fed}"
        claude.preset(lab, statusLine={"type": "command", "command": feed})
        session = ClaudeSession(client, lab, tmux, api)
        clean = Sanitizer(lab, api.url)

        def keep(state: str) -> None:
            place = folder / f"sessions/{name}-course-{state}.json"
            write(place, clean.text(session.registry_file.read_text()))

        claude_course(session, keep)
        transcripts = sorted(session.transcript.parent.glob("*.jsonl"), key=first_time)
        for number, path in enumerate(transcripts, start=1):
            place = folder / f"transcripts/{name}-course-{number}"
            write(place.with_suffix(".jsonl"), clean.lines(lines_of(path)))
            for part in sorted(path.with_suffix("").glob("subagents/*")):
                text = part.read_text()
                kept = clean.lines(lines_of(part)) if part.suffix == ".jsonl" else clean.text(text)
                write(place / "subagents" / part.name, kept)
        session.until(lambda: was_fed(fed, session.session_id), "the status line's figures")
        write(folder / f"statusline/{name}-course-after-a-turn.json", clean.text(fed.read_text()))


def capture_codex(client: Client, folder: Path, *, daemon: bool) -> None:
    """Drive one Codex, alone or with its background server; keep its rollouts."""
    name = "daemon" if daemon else "alone"
    with Lab() as lab, Tmux(lab) as tmux, OpenAiApi() as api:
        (lab.repo / "total.py").write_text(CODE)
        codex.preset(lab, api)
        session = CodexSession(client, lab, tmux, api, daemon=daemon)
        codex_course(session)
        clean = Sanitizer(lab, api.url)
        for number, path in enumerate(session.rollouts(), start=1):
            write(folder / f"rollout-{name}-course-{number}.jsonl", clean.lines(lines_of(path)))


def was_fed(fed: Path, session_id: str) -> bool:
    """Whether the status line got the figures of a turn of this session."""
    told = json.loads(fed.read_text())
    return bool(told["session_id"] == session_id and told["context_window"]["current_usage"])


def lines_of(path: Path) -> list[str]:
    """The whole lines that a client has written, with their ends."""
    return [line for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def first_time(path: Path) -> str:
    """When a transcript began."""
    times = (json.loads(line).get("timestamp") for line in lines_of(path))
    return str(next(time for time in times if time))


def write(place: Path, text: str) -> None:
    """Write one capture."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the captures of all pinned clients that are installed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    folder = parser.parse_args(arguments).folder
    for client in pinned():
        if not client.program.exists():
            parser.error(f"{client} is missing: run .ci/install-clients")
        if client.command == "claude":
            capture_claude(client, folder / "claude")
        else:
            capture_codex(client, folder / "codex", daemon=False)
            capture_codex(client, folder / "codex", daemon=True)


if __name__ == "__main__":
    main()
