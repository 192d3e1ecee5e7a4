"""Text goes to an editor and back, and what was not edited stays identical to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.lineends import decode, encode

FILES = {
    "empty": b"",
    "no final newline": b"# Notes\n\n- one",
    "final newlines": b"a\n\n\n",
    "trailing blanks": b"a  \n\t\n b \n",
    "CRLF": b"a\r\nb\r\n",
    "CR": b"a\rb\r",
    "mixed": b"a\r\nb\nc\r\nd\re",
    "byte order mark": b"\xef\xbb\xbfa\n",
    "byte order mark and CRLF": b"\xef\xbb\xbfa\r\nb",
    "form feed": b"page one\n\x0cpage two\n",
    "separators": "a\u2028b\u2029c\x85d\x0be\x1cf\n".encode(),
    "zero width no-break inside": "a\ufeffb\n\ufeff".encode(),
    "other scripts": "# 本次完成内容\n- é e\u0301 😀\n".encode(),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_unedited_text_comes_back_identical(data):
    text, form = decode(data)
    assert encode(text, form, text) == data


@pytest.mark.parametrize("data", FILES.values(), ids=FILES.keys())
def test_the_text_has_the_lines_an_editor_makes_of_it(data):
    """Textual splits a text as `str.splitlines` does: nothing may be left for it to change."""
    text, _ = decode(data)
    assert text.splitlines() == text.removesuffix("\n").split("\n")[: len(text.splitlines())]
    assert "\n".join([*text.splitlines(), *[""] * text.endswith("\n")]) == text


@given(st.text(alphabet="ab \n\r\x0b\x0c\x1c\x85\u2028\u2029\ufeffé😀"))
def test_any_text_survives_the_way_there_and_back(content):
    data = content.encode()
    text, form = decode(data)
    assert encode(text, form, text) == data


LINES = st.lists(
    st.tuples(st.sampled_from(["a", "b", "", "c d"]), st.sampled_from(["\n", "\r\n", "\x0c"])),
    max_size=8,
)


@given(LINES, LINES, st.text(alphabet="xyz", min_size=1))
def test_an_insertion_leaves_everything_around_it_identical(before, after, new):
    """Whatever the line ends are, only the bytes of the edit itself change."""
    head, tail = ("".join(line + end for line, end in part) for part in (before, after))
    data = (head + "MARK\n" + tail).encode()
    text, form = decode(data)
    found = encode(text.replace("MARK\n", f"MARK\n{new}\nKRAM\n"), form, text)
    assert found.startswith(head.encode() + b"MARK")
    assert found.endswith(b"KRAM" + (form.end + tail).encode())


@pytest.mark.parametrize(
    ("data", "new", "expected"),
    [
        pytest.param(b"a\r\nb\r\n", "a\nb\nc\n", b"a\r\nb\r\nc\r\n", id="new-lines-as-the-others"),
        pytest.param(b"a\r\nb\nc\n", "A\nb\nc\n", b"A\r\nb\nc\n", id="edited-line-keeps-its-end"),
        pytest.param(b"a\nb", "a\nb\nc", b"a\nb\nc", id="old-last-line-gets-an-end"),
        pytest.param(b"a\r\nb\nc", "a\nb\nc\nd", b"a\r\nb\nc\nd", id="old-last-line-of-mixed"),
        pytest.param(b"a\r\nb", "a\nb\n", b"a\r\nb\r\n", id="final-newline-added"),
        pytest.param(b"a\n", "a", b"a", id="final-newline-removed"),
        pytest.param(b"a\x0cb\n", "a\nb\nc\n", b"a\x0cb\nc\n", id="form-feed-kept"),
        pytest.param(b"", "a\n", b"a\n", id="was-empty"),
        pytest.param(b"\xef\xbb\xbf", "a\n", b"\xef\xbb\xbfa\n", id="mark-kept"),
        pytest.param(b"a\n", "a\r\nb\r\n", b"a\nb\n", id="pasted-line-ends-become-the-file's"),
    ],
)
def test_an_edit_fits_into_the_file(data, new, expected):
    text, form = decode(data)
    assert encode(new, form, text) == expected


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "LF"),
        (b"a\nb\n", "LF"),
        (b"a\r\n", "CRLF"),
        (b"a\rb", "CR"),
        (b"a\r\nb\n", "mixed"),
        (b"a\x0cb", "LF"),
        (b"a\x0cb\r\n", "CRLF"),
    ],
)
def test_line_ends_are_named(data, name):
    assert decode(data)[1].name == name


def test_other_encodings_are_refused():
    with pytest.raises(UnicodeDecodeError):
        decode("café".encode("latin-1"))
