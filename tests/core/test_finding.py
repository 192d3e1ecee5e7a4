"""Finding: every item whose text holds the words, the newest first, and nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from clearhead.core import finding
from clearhead.core.agents.claude.agent import ClaudeCode
from clearhead.core.chain import Chain
from clearhead.core.finding import MOST, Progress, find
from clearhead.core.items import ItemLog
from clearhead.core.transcript import Transcript

from ..agents.claude_lines import Chat, call, said, thought


def opened(path: Path, data: bytes) -> Transcript:
    path.write_bytes(data)
    transcript = Transcript(ClaudeCode((path.parent,)), path)
    transcript.catch_up()
    return transcript


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s1.jsonl"


def steps(transcript: Transcript, query: str, start: int = 0) -> list[Progress]:
    items = transcript.view.items
    return list(find(Chain(transcript.path), items, query, transcript.body, start))


def heads(transcript: Transcript, query: str) -> list[str]:
    """The heads of the items that match."""
    last = steps(transcript, query)[-1]
    assert (last.done, last.share) == (True, 1.0)
    return [transcript.view.items.head(item) for item in last.matches]


def unescaped(data: bytes) -> bytes:
    """The same records as a client writes them that escapes nothing it need not."""
    lines = (json.dumps(json.loads(line), ensure_ascii=False) for line in data.splitlines())
    return "".join(f"{line}\n" for line in lines).encode()


def talk(*answers: str) -> bytes:
    chat = Chat()
    for answer in answers:
        chat.answer(said(answer))
    return chat.data


def test_prompts_answers_thoughts_calls_and_results_are_found(path: Path) -> None:
    chat = Chat()
    chat.ask("a needle in a prompt")
    chat.answer(thought("a needle in a thought"))
    chat.answer(said("a needle in an answer"))
    chat.answer(call("Bash", command="echo a needle in a call"))
    chat.returned("t1", "a needle in a result")
    chat.answer(said("nothing here"))
    assert heads(opened(path, chat.data), "needle") == [
        "a needle in a prompt",
        "a needle in a thought",
        "a needle in an answer",
        "echo a needle in a call",
        "a needle in a result",
    ]


def test_the_name_of_a_tool_is_found(path: Path) -> None:
    chat = Chat()
    chat.answer(call("WebFetch", url="https://x.org"))
    assert heads(opened(path, chat.data), "webfetch") == ["https://x.org"]


def test_what_is_no_text_of_an_item_is_not_found(path: Path) -> None:
    assert heads(opened(path, talk("hello")), "parentUuid") == []


def test_small_letters_match_capitals_and_a_capital_only_itself(path: Path) -> None:
    transcript = opened(path, talk("Reload it", "reload it", "RELOAD it"))
    assert len(heads(transcript, "reload")) == 3
    assert heads(transcript, "Reload") == ["Reload it"]
    assert heads(opened(path, talk("Reload, then a reload")), "a Reload") == []


@pytest.mark.parametrize(
    "query",
    [
        "(a|b)*",
        "x[0]",
        "^$",
        ".*",
        'say "hi"',
        "back\\slash",
        "src/a.py",
        "größe",
        "GRÖSSE",
        "日本",
        "👍",
        "— …",
    ],
)
def test_every_character_stands_for_itself(path: Path, query: str) -> None:
    text = f"before {query} after"
    for data in (talk(text, "something else"), unescaped(talk(text, "something else"))):
        assert heads(opened(path, data), query) == [text]


def test_characters_outside_ascii_are_found_however_they_were_written(path: Path) -> None:
    escaped = talk("die größe zählt")
    for data in (escaped, unescaped(escaped), escaped.replace(b"\\u00f6", b"\\u00F6")):
        transcript = opened(path, data)
        assert heads(transcript, "ö") == ["die größe zählt"]
        assert heads(transcript, "Ö") == []
    shouted = talk("DIE GRÖSSE")
    assert heads(opened(path, shouted), "ö") == ["DIE GRÖSSE"]
    assert heads(opened(path, shouted.replace(b"\\u00d6", b"\\u00D6")), "Ö") == ["DIE GRÖSSE"]


def test_words_are_found_over_a_line_break_and_through_escape_codes(path: Path) -> None:
    transcript = opened(path, talk("keeps the\nrange", "\x1b[31mkeeps\x1b[0m the range"))
    assert len(heads(transcript, "keeps the range")) == 2


def test_the_newest_come_first_and_matches_stand_in_order(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(finding, "CHUNK", 400)
    transcript = opened(path, talk(*(f"needle {number}" for number in range(12))))
    found = steps(transcript, "needle")
    assert found[0].matches[-1] == 11
    assert all(list(step.matches) == sorted(set(step.matches)) for step in found)
    assert [step.share for step in found] == sorted(step.share for step in found)
    assert found[-1].matches == tuple(range(12))


@pytest.mark.parametrize("chunk", [1, 7, 50, 333, 1_000])
def test_a_match_across_two_pieces_of_the_file_is_found(
    path: Path, monkeypatch, chunk: int
) -> None:
    monkeypatch.setattr(finding, "CHUNK", chunk)
    transcript = opened(path, talk("first needle", "none", "second needle", "x" * 500))
    assert steps(transcript, "needle")[-1].matches == (0, 2)


def test_too_many_matches_end_the_search(path: Path) -> None:
    chat = Chat()
    for number in range(MOST + 100):
        chat.answer(said(f"e {number}"))
    last = steps(opened(path, chat.data), "e")[-1]
    assert (len(last.matches), last.capped, last.done) == (MOST, True, True)
    assert last.matches[-1] == MOST + 99, "the newest are kept"


def test_a_search_can_be_given_up(path: Path, monkeypatch) -> None:
    monkeypatch.setattr(finding, "CHUNK", 200)
    transcript = opened(path, talk(*("needle",) * 50))
    loads = []

    def load(item: int):
        loads.append(item)
        return transcript.body(item)

    next(find(Chain(path), transcript.view.items, "needle", load))
    assert len(loads) < 5


def test_only_what_was_written_since_can_be_searched(path: Path) -> None:
    transcript = opened(path, talk("old needle"))
    end = steps(transcript, "needle")[-1].end
    with path.open("ab") as file:
        file.write(talk("new needle").replace(b'"u1"', b'"u9"'))
    transcript.catch_up()
    assert steps(transcript, "needle", end)[-1].matches == (1,)
    assert steps(transcript, '"', end)[-1].matches == ()


def test_lines_that_are_written_meanwhile_do_not_confuse(path: Path) -> None:
    transcript = opened(path, talk("a needle"))
    with path.open("ab") as file:
        file.write(talk("a needle that nobody has read yet"))
    assert steps(transcript, "needle")[-1].matches == (0,)


def test_a_query_that_bytes_cannot_tell_is_looked_for_in_every_text(path: Path) -> None:
    transcript = opened(path, talk('he said "hi"', "nothing", "a/b", "tail"))
    assert heads(transcript, '"') == ['he said "hi"']
    assert heads(transcript, "/") == ["a/b"]


def test_a_file_that_is_gone_has_no_matches(path: Path) -> None:
    transcript = opened(path, talk("a needle"))
    path.unlink()
    assert steps(transcript, "needle") == [Progress(share=1.0, done=True)]


def test_a_slice_of_a_file_is_searched_as_far_as_it_was_read(path: Path) -> None:
    path.write_bytes(talk(*(f"needle {number} " + "x" * 300 for number in range(50))))
    transcript = Transcript(ClaudeCode((path.parent,)), path)
    transcript.open_end(2_000)
    count = len(transcript.view.items)
    assert 0 < count < 50
    assert steps(transcript, "needle")[-1].matches == tuple(range(count))
    assert steps(transcript, '"')[-1].matches == ()


def test_without_items_nothing_is_found(path: Path) -> None:
    path.write_bytes(b"")
    assert list(find(Chain(path), ItemLog(), "x", lambda _: None))[-1].matches == ()


def test_a_large_file_is_searched_quickly(path: Path) -> None:
    transcript = opened(path, talk(*("word " * 400,) * 3_000))
    began = time.perf_counter()
    assert steps(transcript, "absent")[-1].matches == ()
    assert time.perf_counter() - began < 2
