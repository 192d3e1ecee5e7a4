"""A conversation that goes on in another rollout, since a person went back or forked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from clearhead.core.agents.codex.agent import Codex
from clearhead.core.chain import Chain
from clearhead.core.finding import find
from clearhead.core.transcript import Transcript

from .codex_homes import FOUR, ONE, THREE, TWO, rollout
from .rollouts import done, ended, line, started


def asked(turn: str, question: str, answer: str) -> list[dict[str, Any]]:
    """A whole turn: a question, its answer, and a call with 100 tokens of input."""
    text = [{"type": "text", "text": question}]
    usage = {"input_tokens": 100, "cached_input_tokens": 0, "output_tokens": 0}
    call = {"response_id": f"r-{turn}", "usage": usage}
    return [
        started(turn),
        line("turn_context", turn_id=turn, model="gpt-5.3-codex"),
        done("UserMessage", content=text),
        done("AgentMessage", content=[{"type": "Text", "text": answer}]),
        line("token_usage_record", **call),
        ended(turn),
    ]


def written(path: Path, records: list[dict[str, Any]]) -> int:
    """Write records to the end of a rollout; its length then."""
    with path.open("ab") as file:
        file.writelines(msgspec.json.encode(record) + b"\n" for record in records)
        return file.tell()


def began(thread: str, length: int) -> dict[str, Any]:
    return {"history_base": {"thread_id": thread, "end_byte_offset": length}}


class Threads:
    """ONE was gone back in after its first question; a fork, FOUR, was made of what followed."""

    def __init__(self, home: Path) -> None:
        self.agent = Codex([home])
        self.first = rollout(home, ONE, day="2026/09/19")
        cut = written(self.first, asked("a", "the first", "one"))
        written(self.first, asked("b", "given up", "two"))
        self.back = rollout(home, ONE, second=5, then=f"_{TWO}", **began(ONE, cut))
        end = written(self.back, asked("c", "another way", "three"))
        self.fork = rollout(home, FOUR, second=9, forked_from_id=ONE, **began(TWO, end))
        written(self.fork, asked("d", "in the fork", "four"))

    def read(self, path: Path) -> Transcript:
        transcript = Transcript(self.agent, path)
        transcript.catch_up()
        return transcript


@pytest.fixture
def threads(tmp_path: Path) -> Threads:
    return Threads(tmp_path / "codex")


def heads(transcript: Transcript) -> list[str]:
    return [item.head for item in transcript.view.items if item.name not in {"went back", "forked"}]


def test_what_was_said_before_going_back_stands_before_it(threads: Threads) -> None:
    back = threads.read(threads.back)
    assert heads(back) == ["the first", "one", "another way", "three"]
    assert [item.name for item in back.view.items][2] == "went back"
    assert back.snapshot.turns == 2
    assert back.snapshot.session_id == ONE


def test_going_back_costs_what_was_spent_on_what_is_left_behind(threads: Threads) -> None:
    snapshot = threads.read(threads.back).snapshot
    assert snapshot.tokens.input == 300
    assert sum(spend.tokens.input for spend in snapshot.turn_spend.values()) == 100


def test_a_fork_shows_the_whole_conversation_and_pays_for_its_own_part(threads: Threads) -> None:
    fork = threads.read(threads.fork)
    assert heads(fork) == ["the first", "one", "another way", "three", "in the fork", "four"]
    assert fork.snapshot.tokens.input == 100
    assert (fork.snapshot.session_id, fork.snapshot.parent_session) == (FOUR, ONE)
    assert fork.snapshot.calls == 1
    assert [spend.calls for spend in fork.snapshot.spend.values()] == [1]


def test_every_body_is_read_from_the_file_that_holds_it(threads: Threads) -> None:
    fork = threads.read(threads.fork)
    texts = [fork.body(index).text for index in range(len(fork.view.items))]
    for text in ("the first", "one", "three", "four"):
        assert text in texts
    assert not any(body.missing for body in map(fork.body, range(len(texts))))


def test_words_are_found_in_every_file_of_the_conversation(threads: Threads) -> None:
    fork = threads.read(threads.fork)
    assert fork.view.chain is not None
    for word, head in (("first", "the first"), ("another", "another way"), ("four", "four")):
        last = list(find(fork.view.chain, fork.view.items, word, fork.body))[-1]
        assert [fork.view.items[item].head for item in last.matches] == [head]


def test_the_end_alone_has_the_places_that_the_whole_has(threads: Threads) -> None:
    end = Transcript(threads.agent, threads.fork)
    size = threads.fork.stat().st_size
    end.open_end(limit=size - 10)
    assert not end.snapshot.complete
    whole = threads.read(threads.fork)
    assert end.view.items[0].span == whole.view.items[-2].span
    assert end.body(0).text == "in the fork"


def test_lines_that_come_later_follow_what_was_read(threads: Threads) -> None:
    fork = threads.read(threads.fork)
    written(threads.fork, asked("e", "more", "five"))
    assert fork.catch_up()
    assert heads(fork)[-2:] == ["more", "five"]
    assert fork.body(len(fork.view.items) - 1).text == "five"


def test_a_checkpoint_holds_while_the_same_files_stand_before(threads: Threads) -> None:
    made = threads.read(threads.fork).checkpoint()
    fresh = Transcript(threads.agent, threads.fork)
    assert made is not None
    assert fresh.adopt(msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=type(made)))
    assert heads(fresh) == heads(threads.read(threads.fork))
    written(threads.fork, asked("e", "more", "five"))
    fresh.catch_up()
    assert heads(fresh)[-1] == "five"
    threads.first.unlink()
    assert not Transcript(Codex([threads.first.parents[4]]), threads.fork).adopt(made)


def test_a_file_that_is_gone_is_told_and_the_rest_is_shown(threads: Threads) -> None:
    threads.first.unlink()
    fork = Transcript(Codex([threads.first.parents[4]]), threads.fork)
    fork.catch_up()
    assert fork.view.items[0].name == "continued"
    assert "not here" in fork.view.items[0].head
    assert heads(fork)[1:] == ["another way", "three", "in the fork", "four"]


def test_a_file_alone_is_read_alone(threads: Threads) -> None:
    alone = Transcript(threads.agent, threads.back, alone=True)
    alone.catch_up()
    assert heads(alone)[1:] == ["another way", "three"]
    assert alone.snapshot.tokens.input == 100


def test_files_that_refer_to_each_other_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    home = tmp_path / "codex"
    one = rollout(home, ONE, **began(THREE, 10))
    rollout(home, THREE, second=3, **began(ONE, 10))
    Transcript(Codex([home]), one).catch_up()


def test_a_chain_reads_over_the_seams(threads: Threads) -> None:
    stretches = threads.agent.earlier(threads.fork)
    chain = Chain(threads.fork, tuple(stretches))
    whole = b"".join(s.path.read_bytes()[: s.length] for s in stretches)
    whole += threads.fork.read_bytes()
    assert chain.end() == len(whole)
    for place in range(0, len(whole), 97):
        assert chain.read(place, 700) == whole[place : place + 700]
