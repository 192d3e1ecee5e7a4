"""The demo's agent copes with a person who changes the same files."""

from __future__ import annotations

import asyncio

import pytest

from clearhead.core.agents.demo import replies
from clearhead.core.agents.demo.agent import Agent
from clearhead.core.agents.demo.format import Said, Status, ToolResult
from clearhead.core.agents.demo.pace import Pace
from clearhead.core.agents.demo.places import Places
from clearhead.core.agents.demo.recorder import Recorder
from clearhead.core.agents.demo.script import Bash, Response, RewriteNote, Turn
from clearhead.core.agents.demo.workspace import Workspace
from clearhead.core.clock import SystemClock

from ..helpers import until_async
from .demo_world import all_of

NOTES = "# Notes\n\n## Next step\nBake.\n"
PERSON = """python -c 'p="claude-progress.md"; s=open(p).read(); open(p,"w").write(s.replace("Bake.","Bake at noon."))'"""


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path)
    for folder in (places.repository, places.transcripts, places.sessions):
        folder.mkdir(parents=True)
    (places.repository / "claude-progress.md").write_text(NOTES)
    return places


async def work(places: Places, *responses: Response):
    """Let an agent play one turn; its transcript."""
    recorder = Recorder(places, SystemClock())
    turn = Turn(prompt="Go", responses=responses, idle=0)
    agent = Agent((turn,), Workspace(places.repository), recorder, Pace(100))
    running = asyncio.create_task(agent.run())
    await until_async(lambda: agent.turn == 1 and recorder.status is Status.IDLE)
    running.cancel()
    recorder.end("the test is over")
    return places.transcript(recorder.session_id)


async def test_notes_that_a_person_changed_meanwhile_are_read_and_edited_again(places):
    steps = Response(tools=(Bash(PERSON), RewriteNote("Next step", "Eat.")))
    path = await work(places, steps)
    failed, read, edited = all_of(ToolResult, path)[1:]
    assert failed.is_error
    assert "Bake at noon." in read.output
    assert not edited.is_error
    assert [said.text for said in all_of(Said, path)] == [replies.NOTES_CHANGED]
    assert (places.repository / "claude-progress.md").read_text().endswith("## Next step\nEat.\n")


async def test_a_figure_that_no_tool_printed_is_called_unknown(places):
    path = await work(places, Response(said="It takes $mean_before."))
    assert all_of(Said, path)[0].text == "It takes (not measured)."


async def test_figures_come_from_what_a_tool_printed(places):
    measured = Bash("python -c 'print(\"took 12.5 ms\")'", keep=r"took (?P<time>[\d.]+ ms)")
    path = await work(places, Response(tools=(measured,)), Response(said="It takes $time."))
    assert all_of(Said, path)[0].text == "It takes 12.5 ms."
