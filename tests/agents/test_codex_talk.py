"""What is said in a rollout stands there twice and is shown once."""

from __future__ import annotations

import pytest

from clearhead.core.events import (
    Compacted,
    Prompted,
    Said,
    Thought,
)

from .rollouts import (
    done,
    event,
    item,
    line,
    message,
    read,
)


@pytest.mark.parametrize("order", ["item first", "event first"])
def test_a_message_that_stands_twice_is_shown_once(order: str) -> None:
    agent = [event("agent_message", message="Hello"), message("assistant", "Hello")]
    user = [message("user", "Hi"), event("user_message", message="Hi")]
    if order == "item first":
        agent.reverse()
    else:
        user.reverse()
    assert read(*user, *agent).heads() == ["Hi", "Hello"]


def test_the_newer_events_are_copies_too() -> None:
    reading = read(
        message("user", "Hi"),
        done("UserMessage", content=[{"type": "text", "text": "Hi"}]),
        done("Reasoning", summary_text=["I think"], raw_content=[]),
        item("reasoning", summary=[{"type": "summary_text", "text": "I think"}]),
        done("AgentMessage", content=[{"type": "Text", "text": "Hello"}]),
        message("assistant", "Hello"),
    )
    assert reading.heads() == ["Hi", "I think", "Hello"]


def test_the_same_words_said_twice_are_shown_twice() -> None:
    one = [event("agent_message", message="Done."), message("assistant", "Done.")]
    assert read(*one, *one).heads() == ["Done.", "Done."]
    items = [message("assistant", "Done."), message("assistant", "Done.")]
    assert read(*items).heads() == ["Done.", "Done."]


def test_a_file_without_events_is_read_from_its_items() -> None:
    reading = read(
        line("session_meta", id="s1"),
        message("user", "# AGENTS.md instructions for /w\n\nBe brief."),
        message("user", "<environment_context>\n</environment_context>"),
        message("developer", "You may not."),
        message("user", "Fix it"),
        message("assistant", "Fixed."),
    )
    assert reading.heads() == ["Fix it", "Fixed."]
    assert reading.of(Prompted)[0].human


def test_items_are_no_prompts_once_an_event_has_told_one() -> None:
    reading = read(
        message("user", "instructions of an unknown make"),
        message("user", "Fix it"),
        event("user_message", message="Fix it"),
        message("user", "more instructions"),
        event("agent_message", message="Fixed."),
        message("assistant", "Fixed."),
    )
    assert reading.heads() == ["Fix it", "Fixed."]


def test_an_editors_context_above_the_request_is_not_its_head() -> None:
    asked = (
        "# Context from my IDE setup:\n\n## Open tabs: a.py\n\n## My request for Codex:\nfix a.py\n"
    )
    reading = read(event("user_message", message=asked))
    assert reading.heads() == ["fix a.py"]
    assert "Open tabs" in reading.bodies[0].text
    assert reading.items[0].size == len(asked)


def test_thinking_shows_its_summary_and_never_what_is_encrypted() -> None:
    reading = read(
        item("reasoning", summary=[], content=None, encrypted_content="gAAAA"),
        item(
            "reasoning",
            summary=[
                {"type": "summary_text", "text": "one"},
                {"type": "summary_text", "text": "two"},
            ],
            encrypted_content="gAAAA",
        ),
    )
    assert len(reading.of(Thought)) == 1
    assert reading.bodies[0].text == "one\n\ntwo"


def test_pictures_leave_a_mark() -> None:
    reading = read(
        event("user_message", message="look", images=["data:image/png;base64,AAAA"]),
        event("user_message", message="", local_images=["/w/a.png"]),
    )
    assert reading.heads() == ["look [image]", "[image]"]


def test_the_summary_of_a_compaction_is_no_answer() -> None:
    reading = read(
        event("agent_message", message="Hello"),
        message("assistant", "Hello"),
        message("assistant", "SUMMARY"),
        line(
            "compacted",
            message="Another language model started to solve this problem and so on:\nSUMMARY",
        ),
    )
    assert [type(found) for found in reading.events] == [Said, Compacted]
    assert reading.heads() == ["Hello", "SUMMARY"]
    assert reading.bodies[1].text == "SUMMARY"


def test_a_summary_without_an_introduction_is_whole() -> None:
    assert read(line("compacted", message="Goal:\nship")).heads() == ["Goal: ship"]
