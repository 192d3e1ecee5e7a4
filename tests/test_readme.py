"""What the README shows is made from the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clearhead.tui.commands import readme_table
from clearhead.tui.widgets.places import table_as_markdown

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        pytest.param("keys", readme_table(), id="keys"),
        pytest.param("places", table_as_markdown(), id="places"),
    ],
)
def test_the_tables_are_those_of_the_program(mark: str, expected: str) -> None:
    found = re.search(rf"<!-- {mark} -->\n(.*?)<!-- /{mark} -->", README, re.DOTALL)
    assert found is not None
    assert found[1] == expected


def test_every_picture_and_page_it_names_is_there() -> None:
    named = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
