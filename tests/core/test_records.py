"""Bytes → records: whatever stands in a file, nothing is lost, invented or shown twice."""

from __future__ import annotations

import json
import time
from typing import Any
from zlib import crc32

from hypothesis import example, given
from hypothesis import strategies as st

from clearhead.core.agents.records import Record, Scrap, Splitter, decode

MB = 1024 * 1024


def split(data: bytes, *cuts: int) -> list[Record | Scrap]:
    """Feed `data` in pieces that end at `cuts` and return everything that comes out."""
    splitter = Splitter()
    ends = [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    found, start = [], 0
    for end in ends:
        found += splitter.feed(data[start:end])
        start = end
    return found


def values(found: list[Record | Scrap]) -> list[dict[str, Any]]:
    return [entry.value for entry in found if isinstance(entry, Record)]


def scraps(found: list[Record | Scrap]) -> list[Scrap]:
    return [entry for entry in found if isinstance(entry, Scrap)]


def test_each_line_is_a_record_with_its_place() -> None:
    data = b'{"a":1}\n{"b":"\xc3\xa4"}\n'
    first, second = split(data)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.span.offset, first.span.length, first.line) == (0, 7, 1)
    assert (second.span.offset, second.span.length, second.line) == (8, 10, 2)
    assert second.span.check == crc32(b'{"b":"\xc3\xa4"}')
    assert second.value == {"b": "ä"}


def test_a_half_line_waits_for_its_other_half() -> None:
    splitter = Splitter()
    assert list(splitter.feed(b'{"a":')) == []
    assert splitter.pending == 5
    assert splitter.offset == 0
    assert values(list(splitter.feed(b"1}\n"))) == [{"a": 1}]
    assert (splitter.offset, splitter.pending, splitter.line) == (8, 0, 2)


def test_a_last_line_without_newline_counts_once_it_is_whole() -> None:
    splitter = Splitter()
    assert values(list(splitter.feed(b'{"a":1}'))) == [{"a": 1}]
    assert splitter.offset == 7
    later = list(splitter.feed(b'\n{"b":2}\n'))
    assert values(later) == [{"b": 2}]
    assert [entry.line for entry in later if isinstance(entry, Record)] == [2]


def test_a_brace_inside_a_string_does_not_end_a_record() -> None:
    splitter = Splitter()
    assert list(splitter.feed(b'{"a":"{}')) == []
    assert values(list(splitter.feed(b'"}\n'))) == [{"a": "{}"}]


def test_records_glued_together_are_taken_apart_with_exact_places() -> None:
    data = '{"a":"ä"}{"b":2} {"c":3}\n'.encode()
    found = split(data)
    assert values(found) == [{"a": "ä"}, {"b": 2}, {"c": 3}]
    for entry in found:
        assert isinstance(entry, Record)
        piece = data[entry.span.offset : entry.span.offset + entry.span.length]
        assert json.loads(piece) == entry.value
        assert crc32(piece) == entry.span.check
        assert entry.line == 1


def test_a_record_appended_after_a_line_without_newline_is_found() -> None:
    splitter = Splitter()
    assert values(list(splitter.feed(b'{"a":1}'))) == [{"a": 1}]
    assert values(list(splitter.feed(b'{"b":2}\n'))) == [{"b": 2}]


def test_what_is_no_record_is_reported_with_its_line() -> None:
    found = split(b'{"a":1}\nnot json\n[1,2]\n"text"\n{"b":2}\n')
    assert values(found) == [{"a": 1}, {"b": 2}]
    assert [entry.report.line for entry in scraps(found)] == [2, 3, 4]


def test_junk_between_records_is_scrap_and_the_records_stay() -> None:
    found = split(b'{"a":1},{"b":2}]\n')
    assert values(found) == [{"a": 1}, {"b": 2}]
    assert len(scraps(found)) == 2


def test_blank_lines_are_nothing() -> None:
    assert values(split(b'\n\n{"a":1}\r\n \n')) == [{"a": 1}]
    assert scraps(split(b"\n\r\n  \n")) == []


def test_nul_bytes_do_not_hide_the_record_behind_them() -> None:
    found = split(b'\0\0\0\0{"a":1}\n{"b":2}\n')
    assert values(found) == [{"a": 1}, {"b": 2}]
    assert len(scraps(found)) == 1
    record = found[1]
    assert isinstance(record, Record)
    assert record.span.offset == 4


def test_bytes_that_are_no_utf8_keep_the_record_and_every_place() -> None:
    data = b'{"a":"\xff\xfe"}\n{"b":2}\n'
    found = split(data)
    assert values(found)[1] == {"b": 2}
    text = values(found)[0]["a"]
    assert text.encode("utf-8").decode("utf-8") == text
    assert [entry.span.length for entry in found if isinstance(entry, Record)] == [10, 7]


def test_a_lone_surrogate_becomes_valid_text() -> None:
    (record,) = split(b'{"a\\ud800":["\\udfff"]}\n')
    assert isinstance(record, Record)
    json.dumps(record.value, ensure_ascii=False).encode("utf-8")


def test_deep_nesting_is_scrap() -> None:
    found = split(b'{"a":' + b"[" * 200_000 + b"\n" + b'{"b":2}\n')
    assert values(found) == [{"b": 2}]
    assert len(scraps(found)) == 1


def test_a_line_of_forty_megabytes_is_one_record() -> None:
    text = b"x" * (40 * MB)
    data = b'{"a":"' + text + b'"}\n{"b":2}\n'
    splitter, found = Splitter(), []
    for start in range(0, len(data), MB):
        found += splitter.feed(data[start : start + MB])
    assert len(values(found)[0]["a"]) == 40 * MB
    assert values(found)[1] == {"b": 2}
    assert splitter.offset == len(data)


def test_a_million_objects_on_one_line_take_linear_time() -> None:
    count = 1_000_000
    begun = time.monotonic()
    found = sum(1 for _ in Splitter().feed(b"{}" * count + b"\n"))
    assert found == count
    assert time.monotonic() - begun < 60  # a quadratic splitter needs an hour


def test_a_line_of_braces_that_never_close_is_one_scrap() -> None:
    found = split(b"{" * 2_000_000 + b"\n" + b'{"b":2}\n')
    assert values(found) == [{"b": 2}]
    assert len(scraps(found)) == 1


def test_a_record_is_decoded_from_its_own_bytes_as_in_the_file() -> None:
    data = b'{"a":"\xff"}{"b":2}\n'
    for entry in split(data):
        assert isinstance(entry, Record)
        piece = data[entry.span.offset : entry.span.offset + entry.span.length]
        assert decode(piece) == entry.value
    assert decode(b"no record") is None
    assert decode(b"[1]") is None


def test_reading_from_the_middle_knows_places_but_no_lines() -> None:
    (record,) = Splitter(offset=100, line=None).feed(b'{"a":1}\n')
    assert isinstance(record, Record)
    assert record.span.offset == 100
    assert record.line is None


LEAF = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
OBJECT = st.dictionaries(st.text(max_size=4), LEAF | st.lists(LEAF, max_size=3), max_size=4)
PIECE = st.one_of(
    OBJECT.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")),
    OBJECT.map(lambda value: json.dumps(value, ensure_ascii=True).encode()),
    st.sampled_from([b"\n", b"\n", b"\r\n", b" ", b"}", b"{", b'"', b"\0", b"[]", b"junk"]),
    st.binary(max_size=6),
)
FILE = st.lists(PIECE, max_size=12).map(b"".join)


@given(FILE, st.lists(st.integers(0, 400), max_size=5))
@example(b"{}\r\n", [2])
@example(b'  {"a":1} \n', [9])
def test_a_file_cut_anywhere_gives_what_it_gives_in_one_piece(data: bytes, cuts: list[int]) -> None:
    whole = split(data + b"\n")
    assert split(data + b"\n", *cuts) == whole


@given(FILE)
def test_any_bytes_raise_nothing_and_every_place_holds(data: bytes) -> None:
    for entry in split(data + b"\n"):
        if isinstance(entry, Record):
            piece = data[entry.span.offset : entry.span.offset + entry.span.length]
            assert crc32(piece) == entry.span.check
            assert decode(piece) == entry.value
