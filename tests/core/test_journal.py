"""The journal: what was asked and what came of it, also when clearhead ended in between."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from clearhead.core.acting import journal as module
from clearhead.core.acting.action import Evidence, Outcome, Verb, action, confirmed, refused
from clearhead.core.acting.journal import ENDED, Journal, Stage, left_open
from clearhead.core.problems import NotSaved

if TYPE_CHECKING:
    from pathlib import Path

SEEN = Evidence("registry", "busy", 1.0)


def test_a_line_is_on_the_disk_before_anything_is_sent(tmp_path: Path) -> None:
    journal, wanted = Journal(tmp_path), action(Verb.PROMPT, "secret words")
    journal.asked("claude", "one", "attached %3", wanted)
    text = journal.path.read_text()
    assert "secret" not in text
    assert [entry.stage for entry in journal.entries()] == [Stage.ASKED]
    assert journal.path.stat().st_mode & 0o777 == 0o600
    (entry,) = left_open(journal.entries())
    assert (entry.size, entry.pid) == (12, os.getpid())


def test_an_end_closes_what_was_asked(tmp_path: Path) -> None:
    journal, wanted = Journal(tmp_path), action(Verb.CLEAR)
    journal.asked("claude", "one", "owned", wanted)
    result = confirmed(wanted, SEEN, session_id="one", new="two")
    journal.ended("claude", "one", "owned", result)
    last = tuple(journal.entries())[-1]
    assert (last.stage, last.new_session_id, last.evidence) == (Stage.CONFIRMED, "two", (SEEN,))
    assert left_open(journal.entries()) == ()
    assert journal.settle() == ()


def test_what_a_dead_process_left_open_is_told_once_as_unknown(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib, os\n"
        "from clearhead.core.acting.journal import Journal\n"
        "from clearhead.core.acting.action import Verb, action\n"
        "Journal(pathlib.Path(sys.argv[1])).asked('claude', 'one', 'x', action(Verb.PROMPT, 'a'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    journal = Journal(tmp_path)
    journal.asked("claude", "two", "x", action(Verb.PROMPT, "this process lives"))
    (lost,) = journal.settle()
    assert (lost.session_id, lost.stage, lost.reason) == ("one", Stage.UNKNOWN, ENDED)
    assert journal.settle() == ()


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.asked("claude", "one", "x", action(Verb.PROMPT))
    with journal.path.open("ab") as file:
        file.write(b'{"at": 1, "id"')
    journal.asked("claude", "two", "x", action(Verb.PROMPT))
    assert [entry.session_id for entry in journal.entries()] == ["one", "two"]


def test_a_long_journal_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIMIT", 500)
    journal = Journal(tmp_path)
    for number in range(6):
        journal.asked("claude", str(number), "x", action(Verb.PROMPT))
    assert journal.path.stat().st_size < 1000
    assert [entry.session_id for entry in journal.entries()][-1] == "5"


def test_an_agents_text_is_cut_and_cleaned(tmp_path: Path) -> None:
    journal, wanted = Journal(tmp_path), action(Verb.PROMPT)
    journal.ended("claude", "one", "x", refused(wanted, "\x1b[31m" + "x" * 1000))
    (entry,) = journal.entries()
    assert "\x1b" not in entry.reason
    assert len(entry.reason) == module.LONGEST


def test_a_journal_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(NotSaved):
        Journal(tmp_path / "state").asked("claude", "one", "x", action(Verb.PROMPT))


def test_nothing_is_confirmed_without_evidence() -> None:
    with pytest.raises(ValueError, match="evidence"):
        confirmed(action(Verb.PROMPT), session_id="one")
    assert refused(action(Verb.PROMPT), "busy").outcome is Outcome.REFUSED


def test_a_newer_entry_is_passed_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    tmp_path.joinpath(module.NAME).write_bytes(
        msgspec.json.encode({"at": time.time(), "id": "x", "verb": "fly", "stage": "asked"}) + b"\n"
    )
    assert tuple(journal.entries()) == ()
