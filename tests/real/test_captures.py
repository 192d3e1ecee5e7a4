"""The captures in tests/data: whole, small, and without a trace of the machine they come from."""

import json
import re
from pathlib import Path

import pytest

from .make_captures import DATA
from .sanitize import LONG, Sanitizer

CAPTURES = sorted(path for path in DATA.rglob("*.json*") if path.is_file())
PLACES = re.compile(r"/(?:home/(?!dev\b)|work/|Users/|tmp/(?:lab|pytest|clearhead)-)[\w./-]*")
BUDGET = 3_000_000


@pytest.fixture
def clean(lab):
    return Sanitizer(lab, "http://127.0.0.1:4321")


def test_there_are_captures_of_every_pinned_client():
    names = {path.name for path in CAPTURES}
    assert {"v197-course-1.jsonl", "v330-course-1.jsonl", "rollout-daemon-course-1.jsonl"} <= names


def test_they_are_small_enough_for_a_repository():
    assert sum(path.stat().st_size for path in CAPTURES) < BUDGET


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: str(path.relative_to(DATA)))
def test_a_capture_is_json_and_names_no_place_of_a_machine(path: Path):
    text = path.read_text()
    for document in text.splitlines() if path.suffix == ".jsonl" else [text]:
        json.loads(document)
    assert PLACES.findall(text) == []


def test_the_folders_of_a_lab_become_those_of_a_developer(lab, clean):
    assert clean.text(f"{lab.repo}/a.py {lab.claude_config}/x {lab.codex_home}/y") == (
        "/home/dev/project/a.py /home/dev/.claude/x /home/dev/.codex/y"
    )
    slug = "".join(c if c.isalnum() else "-" for c in str(lab.repo))
    assert clean.text(f"projects/{slug}/s.jsonl") == "projects/-home-dev-project/s.jsonl"


def test_what_was_said_stays_whole_and_what_the_vendor_wrote_is_cut(clean):
    long = "word " * LONG
    said = {"type": "user", "message": {"content": long}}
    vendors = {"type": "attachment", "attachment": {"type": "skill_listing", "content": long}}
    developer = {"role": "developer", "content": [{"text": long}]}
    kept = {"type": "compacted", "payload": {"message": long, "history": [developer]}}

    lines = [json.dumps(record) + "\n" for record in (said, vendors, kept)]
    first, second, third = map(json.loads, clean.lines(lines).splitlines())

    assert first == said
    assert len(second["attachment"]["content"]) < LONG + 50
    assert third["payload"]["message"] == long
    assert "taken out" in third["payload"]["history"][0]["content"][0]["text"]
