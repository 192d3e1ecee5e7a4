"""Short ids tell sessions apart, also those that begin with their time."""

from __future__ import annotations

import pytest

from clearhead.core.session_id import names, short_id

RANDOM = "7f3a09c1-1c44-4b7e-9d4f-aaaaaaaaaaaa"
TIMED = "01a22261-ab57-7f00-a14c-fd7908258276"
NEXT = "01a22261-ea94-73d2-a3d6-5c10a64a40c2"


@pytest.mark.parametrize(
    ("session_id", "short"),
    [(RANDOM, "7f3a09c1"), (TIMED, "08258276"), (NEXT, "a64a40c2"), ("ses_1", "ses_1"), ("", "")],
)
def test_an_id_is_shortened_to_what_is_its_own(session_id: str, short: str) -> None:
    assert short_id(session_id) == short


@pytest.mark.parametrize(
    ("words", "session_id", "named"),
    [
        (TIMED, TIMED, True),
        ("01a22261", TIMED, True),
        ("01a22261-ab", NEXT, False),
        ("08258276", TIMED, True),
        ("258276", TIMED, False),
        ("7f3a", RANDOM, True),
        ("aaaaaaaa", RANDOM, False),
        ("", RANDOM, False),
    ],
)
def test_a_session_is_named_by_its_beginning_or_its_short_id(
    words: str, session_id: str, *, named: bool
) -> None:
    assert names(words, session_id) is named
