"""Real Claude Code edits the progress file while a person types into it on clearhead's screen."""

import json

import pytest

from .clients import pinned
from .script import Call, Reply

NOTES = "claude-progress.md"
TEXT = """# Progress

## Current status

Nothing yet.

## Completed

- [ ] the blue door
- [ ] the red door
- [ ] the green door

## Failed approaches

## Next step

Begin.
"""
SETTINGS = {"permissions": {"defaultMode": "acceptEdits"}}
WORDS = ("paint", "dries", "slowly", "in", "rain")
WITHIN = 20.0

pytestmark = pytest.mark.parametrize(
    "version", [client.version for client in pinned() if client.command == "claude"]
)


@pytest.fixture
def notes(lab):
    """The progress file in the repository of the lab."""
    path = lab.repo / NOTES
    path.write_text(TEXT)
    return path


def edits(path, *pairs):
    """A turn that reads the file, edits it time and again with pauses, and says so."""
    calls = [Call("read", str(path))]
    for old, new in pairs:
        calls += [Call("edit", f"{path}|{old}|{new}"), Call("bash", "sleep 1")]
    return (*(Reply(text="Working on it.", calls=(call,)) for call in calls), Reply(text="Noted."))


def failed(session):
    """What tools answered with an error."""
    contents = [record["message"]["content"] for record in session.records("user")]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return [json.dumps(block) for block in blocks if block.get("is_error")]


def doors(*names):
    """The edits that tick off these doors."""
    return [(f"- [ ] the {name} door", f"- [x] the {name} door") for name in names]


def ticked(path):
    return path.read_text().count("[x]")


def test_both_edits_are_in_the_file_and_no_tool_fails(version, claude_session, watching, notes):
    session = claude_session(version, settings=SETTINGS)
    session.api.on("tick them off", *edits(notes, *doors("blue", "red", "green")))
    screen = watching()
    session.begin("Good morning.")
    screen.until("the blue door")

    screen.pane.keys("p")
    session.prompt("Please tick them off.")
    for word in WORDS:
        screen.pane.type(f"{word} ")
        screen.pane.until(word)
    screen.until("saves when the turn ends")
    assert "paint" not in notes.read_text(), "nothing is written while the agent works"

    session.until(lambda: ticked(notes) == 3, "three edits", WITHIN)
    screen.until("[x] the green door", within=WITHIN)
    session.until(
        lambda: session.records("assistant")[-1]["message"]["content"][0].get("text") == "Noted.",
        "its end",
    )
    session.until(lambda: "paint dries slowly in rain" in notes.read_text(), "the save", WITHIN)

    assert notes.read_text() == TEXT.replace("[ ]", "[x]").replace(
        "# Progress", "paint dries slowly in rain # Progress", 1
    )
    assert failed(session) == []


def test_two_words_for_one_line_are_shown_and_both_can_stay(
    version, claude_session, watching, notes
):
    session = claude_session(version, settings=SETTINGS)
    session.api.on("say where we are", *edits(notes, ("Nothing yet.", "One door is open.")))
    screen = watching()
    session.begin("Good morning.")
    screen.until("Nothing yet.")

    screen.pane.keys("p", *["Down"] * 4, "End")
    session.prompt("Please say where we are.")
    screen.pane.type(" Ask Ana.")
    screen.until("Nothing yet. Ask Ana.", "block by block", within=WITHIN)
    assert "One door is open." in notes.read_text()
    assert "Ask Ana." not in notes.read_text(), "nothing is written over the agent's words"

    screen.pane.keys("C-g", "C")
    screen.until("0 of 1 block decided", "One door is open.", "Ask Ana.")
    screen.pane.keys("b", "Enter")
    session.until(lambda: "Ask Ana." in notes.read_text(), "the save", WITHIN)
    assert "One door is open." in notes.read_text()
    assert failed(session) == []
