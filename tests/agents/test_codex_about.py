"""What a rollout says of itself, and a parent's lines at its beginning."""

from __future__ import annotations

from typing import Any

from clearhead.core.events import (
    Described,
    Prompted,
    UsageReported,
)
from clearhead.core.items import Flag
from clearhead.core.tokens import Tokens

from .rollouts import (
    capture,
    counted,
    ended,
    event,
    line,
    read,
    started,
    usage,
)

THREAD = "01a20565-9659-7fe1-a14f-bab60c944ae7"
OLDER = "01a20565-961a-77a3-9de9-72cc308714d5"
YOUNGER = "01a20565-96a4-7ea1-9b39-1732d307574b"


def test_the_first_header_counts_and_later_ones_are_copies() -> None:
    git = {"branch": "main"}
    first = line("session_meta", id="s1", cwd="/w/app", cli_version="0.104.0", git=git)
    reading = read(first, line("session_meta", id="s0", cwd="/elsewhere"))
    assert reading.snapshot.session_id == "s1"
    assert reading.snapshot.cwd == "/w/app"
    assert reading.snapshot.branch == "main"
    assert reading.snapshot.version == "0.104.0"


def test_repeated_turn_contexts_are_neither_turns_nor_news() -> None:
    context = {"model": "gpt-5", "cwd": "/w", "approval_policy": "on-request", "effort": "high"}
    reading = read(*(line("turn_context", context) for _ in range(5)))
    assert len(reading.of(Described)) == 1
    assert reading.snapshot.turns == 0
    assert reading.snapshot.model == "gpt-5"
    assert reading.snapshot.mode == "on-request, effort high"


def test_a_changed_model_is_told_and_later_calls_are_its_own() -> None:
    reading = read(
        line("turn_context", model="gpt-5"),
        counted(usage(10), usage(10)),
        event("thread_settings_applied", thread_settings={"model": "gpt-6"}),
        counted(usage(30), usage(20)),
    )
    assert [found.model for found in reading.of(UsageReported)] == ["gpt-5", "gpt-6"]


def test_a_subagent_names_its_parent_and_its_prompts_are_no_persons() -> None:
    spawn = {"subagent": {"thread_spawn": {"parent_thread_id": "p1", "agent_nickname": "Ada"}}}
    reading = read(
        line("session_meta", id="s1", source=spawn, agent_nickname="Ada"),
        event("user_message", message="find the bug"),
    )
    assert reading.snapshot.subagent
    assert reading.snapshot.parent_session == "p1"
    assert reading.snapshot.title == "Ada"
    assert reading.snapshot.turns == 0
    assert not reading.of(Prompted)[0].human
    assert not reading.items[0].flags & Flag.HUMAN


def test_a_name_that_a_person_gave_is_the_title() -> None:
    reading = read(
        event("user_message", message="do it"),
        event("thread_name_updated", thread_name="Filters"),
        event("user_message", message="and this"),
    )
    assert reading.snapshot.title == "Filters"


def copied(*, subagent: bool) -> list[dict[str, Any]]:
    source = {"subagent": {"thread_spawn": {"parent_thread_id": "p"}}} if subagent else "cli"
    return [
        line("session_meta", id=THREAD, forked_from_id="p", source=source),
        line("session_meta", id="p", cwd="/elsewhere"),
        started(OLDER),
        event("user_message", message="the parent's"),
        counted(usage(5000), usage(5000)),
        ended(OLDER),
        started(YOUNGER),
        event("user_message", message="its own"),
        counted(usage(5700), usage(700)),
        ended(YOUNGER),
    ]


def test_a_subagents_copy_of_its_parents_turns_is_left_out() -> None:
    reading = read(*copied(subagent=True))
    assert reading.heads() == ["its own"]
    assert reading.snapshot.tokens == Tokens(input=700)


def test_a_fork_shows_what_it_was_forked_from_and_counts_only_its_own() -> None:
    reading = read(*copied(subagent=False))
    assert reading.heads() == ["the parent's", "its own"]
    assert reading.snapshot.tokens == Tokens(input=700)
    assert reading.snapshot.parent_session == "p"


def test_a_compaction_among_the_copies_knows_the_fill_before() -> None:
    lines = copied(subagent=False)
    lines[5:5] = [line("compacted", message="S")]
    assert read(*lines).snapshot.compactions[0].before == 5000


def test_a_real_old_fork_counts_only_its_own_call() -> None:
    fork = capture("rollout-v104-fork").snapshot
    assert (fork.calls, fork.tokens.prompt, fork.tokens.output) == (1, 4151, 2)
    assert fork.turns == 7


def test_real_copies_are_left_out_and_real_references_are_not_counted() -> None:
    child = capture("rollout-subagent-with-copied-history").snapshot
    assert (child.subagent, child.items_seen, child.tokens.prompt) == (True, 2, 7124)
    fork = capture("rollout-fork")
    assert fork.snapshot.tokens.prompt == 7353
    assert fork.snapshot.parent_session == "01a20563-ec4d-7981-a217-f9439f913b6f"
    back = capture("rollout-after-going-back")
    assert back.snapshot.tokens.prompt == 7275
    assert back.items[0].name == "continued"
