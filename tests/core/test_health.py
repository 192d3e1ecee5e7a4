"""Each check finds what it is for, and leaves alone what is well."""

from __future__ import annotations

import json
import os
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from clearhead.core.counting import counted
from clearhead.core.features import Feature, Features
from clearhead.core.health.facts import facts_of
from clearhead.core.health.finding import Ancestry, Facts, Fix, Severity
from clearhead.core.health.fixes import apply, side_name
from clearhead.core.health.linter import check, summary
from clearhead.core.health.words import commit_ids, path_names
from clearhead.core.lineends import decode
from clearhead.core.notes import template
from clearhead.core.progress import render
from clearhead.core.secrets import find_secrets, mask
from clearhead.core.tokens import count
from tests.corpus import real_progress_files

DATA = Path(__file__).parent.parent / "data" / "health"
GOOD = (DATA / "good.md").read_text()
TODAY = date(2026, 11, 23)
FACTS = Facts(TODAY.isoformat())


def codes(text: str, facts: Facts = FACTS) -> list[str]:
    return [finding.code for finding in check(text, facts)]


def test_a_good_file_has_nothing_to_mend() -> None:
    assert check(GOOD, FACTS) == ()
    assert summary(()) == "healthy"


def test_a_new_file_is_told_what_to_say() -> None:
    new = render(template(), project="shop", date="2026-11-23")
    assert codes(new) == ["section-empty"] * 4
    assert summary(check(new, FACTS)) == "4 errors"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("## Failed approaches\n", "## Other\n", "section-missing"),
        ("- Write the export of the filtered list as CSV", "- TBD", "section-empty"),
        ("- Write", "- [x] Write", "next-missing"),
        ("- Write the export", "- The export", "next-not-verb"),
        ("Export is not", "\n<<<<<<< a\nx\n=======\ny\n>>>>>>> b\nExport is not", "conflict-marks"),
        ("Export is", "Key AKIAABCDEFGHIJKLMNOP. Export is", "secret"),
        ("Export is", "See /home/ada/shop/x. Export is", "home-path"),
        (
            "- Schema of orders and customers: `db/schema.sql`, 12 tests pass",
            "- Schema",
            "done-unproved",
        ),
        (" — infinite re-render, turn 41", "", "reason-missing"),
        (" — infinite", " because infinite", "reason-mixed"),
        ("Export is", "3/9 tests passing, then 4/9 tests passing. Export is", "counts-contradict"),
        ("- Filter by state", "- [ ] Filter by state", "done-open"),
        (
            "Export is",
            "Status: complete. 249 passed, 4 known failures.\n\nExport is",
            "done-failing",
        ),
        ("Export is", "\n\n```\n" + "line\n" * 16 + "```\nExport is", "log-pasted"),
        (
            "- Write the export of the filtered list as CSV",
            "- Filter by state: commit 1a2b3c4",
            "next-done",
        ),
        ("Export is", "words and more words " * 1_200 + "Export is", "far-too-long"),
    ],
)
def test_one_fault_is_one_finding(old: str, new: str, code: str) -> None:
    assert old in GOOD
    assert set(codes(GOOD.replace(old, new))) == {code}


def test_findings_that_keep_a_session_from_starting_well_are_errors() -> None:
    found = check(GOOD.replace("Export is", "AKIAABCDEFGHIJKLMNOP Export is"), FACTS)
    assert [finding.severity for finding in found] == [Severity.ERROR]
    assert "AKIA" not in found[0].message + found[0].remedy


def test_what_git_says_is_used() -> None:
    behind = ("Write the export of the filtered list as CSV", "two", "three")
    facts = Facts(
        "2026-11-23",
        behind=behind,
        ancestry={"1a2b3c4": Ancestry.ELSEWHERE},
        missing=frozenset({"db/schema.sql"}),
        features=Features((Feature("a", passes=False),)),
    )
    text = GOOD.replace("all tests pass", "all features are done")
    found = set(codes(text, facts))
    assert found == {"outdated", "next-done", "commit-lost", "path-missing", "done-open"}
    assert codes(GOOD, Facts("2026-11-23", behind=("one", "two"))) == []


def test_counts_of_different_sessions_do_not_contradict_each_other() -> None:
    logs = "## Session 2026-01-01\n3/9 passing\n## Session 2026-01-02\n4/9 passing\n"
    assert "counts-contradict" not in codes(GOOD + logs)
    assert "counts-contradict" not in codes(GOOD + "3/9 passing\n\n---\n\n4/9 passing\n")


def test_commits_and_paths_are_named_on_purpose() -> None:
    assert commit_ids("in commit 1a2b3c4d, not deadbeefcafe nor 1234567") == (("1a2b3c4d", 0),)
    assert commit_ids("(1a2b3c4) and color a1b2c3d") == (("1a2b3c4", 0),)
    text = "see `src/a.py:12`, lib/b.ts and `c.json`; not `os.path` nor https://x.io/d.js\n"
    assert [path for path, _ in path_names(text)] == ["src/a.py", "c.json", "lib/b.ts"]
    assert path_names("- Create src/new.py\n- deleted `old.py`\n- path/to/x.py") == ()


def test_fixes_mend_what_they_are_for() -> None:
    bare = "# t\n\n## Next step\n- Go\n"
    assert "section-missing" not in codes(apply(Fix.INSERT, bare, FACTS).text)
    mixed = GOOD.replace(" — infinite", " because infinite")
    assert codes(apply(Fix.SPLIT, mixed, FACTS).text) == []
    facts = Facts("2026-12-01", branch="main", commit="9f8e7d6", tests="50 passed")
    stamped = apply(Fix.STAMP, GOOD, facts).text
    assert "Updated: 2026-12-01 · branch main · commit 9f8e7d6 · 50 passed\n" in stamped
    logs = "".join(f"## Session 2026-01-0{n}\nwork {n}\n" for n in range(1, 7))
    fixed = apply(Fix.ARCHIVE, GOOD + logs, FACTS)
    assert "sessions-many" in codes(GOOD + logs)
    assert "sessions-many" not in codes(fixed.text)
    assert "work 1" in fixed.aside
    assert "work 1" not in fixed.text
    assert side_name("claude-progress.md") == "claude-progress-archive.md"


@given(st.text(st.sampled_from("#- [x]`~\n*:|<>=ab1/."), max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    check(text, FACTS)
    for fix in Fix:
        apply(fix, text, FACTS)


def test_a_megabyte_is_checked_within_seconds() -> None:
    text = GOOD + "## part\n- some words of a log, over and over `a/b.py`\n\n" * 18_000
    begun = time.perf_counter()
    check(text, FACTS)
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("sk-ant-api03-" + "a1B2" * 10, "Anthropic key"),
        ("ghp_" + "a1B2" * 9, "GitHub token"),
        ("postgres://ada:s3cret@db/x", "password in an address"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "private key"),
    ],
)
def test_secrets_are_masked_by_their_kind(secret: str, kind: str) -> None:
    text = f"first\nbefore {secret} after"
    (found,) = find_secrets(text)
    assert (found.kind, found.line) == (kind, 1)
    masked = mask(text)
    assert f"[{kind}]" in masked
    assert masked.startswith("first\nbefore ")
    assert "s3cret" not in masked


def test_usual_words_are_no_secrets() -> None:
    assert (
        find_secrets("commit 0123456789abcdef0123456789abcdef01234567, task-list-of-things") == ()
    )


# With a real repository


def git(root: Path, *args: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *args],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "db").mkdir()
    (root / "db" / "schema.sql").write_text("")
    (root / "progress.md").write_text(GOOD)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "begin")
    return root


def test_facts_come_from_the_repository(repository: Path) -> None:
    path = repository / "progress.md"
    text = GOOD.replace("Export is", "See commit 1234abc and `gone/away.py`. Export is")
    side = git(repository, "commit-tree", "HEAD^{tree}", "-m", "elsewhere")
    text = text.replace("1a2b3c4", side[:9])
    facts = facts_of(path, text, today=TODAY)
    assert (facts.branch, facts.date, facts.unknown) == ("main", "2026-11-23", "")
    assert facts.commit
    assert git(repository, "rev-parse", "HEAD").startswith(facts.commit)
    assert facts.missing >= {"gone/away.py"}
    assert "db/schema.sql" not in facts.missing
    assert facts.ancestry[side[:9]] is Ancestry.ELSEWHERE
    assert facts.ancestry["1234abc"] is Ancestry.UNKNOWN
    assert facts.behind == ()


def test_commits_after_the_last_change_are_counted(repository: Path) -> None:
    path = repository / "progress.md"
    os.utime(path, (1_700_000_000, 1_700_000_000))
    for number in range(3):
        git(repository, "commit", "-qm", f"step {number}", "--allow-empty")
    assert facts_of(path, GOOD, today=TODAY).behind == ("step 2", "step 1", "step 0")
    path.write_text(GOOD + "\n")
    os.utime(path, (time.time() + 60, time.time() + 60))
    assert facts_of(path, GOOD, today=TODAY).behind == ()


def test_a_repository_that_names_programs_runs_none_of_them(repository: Path) -> None:
    trap = repository / "trap"
    git(repository, "config", "core.fsmonitor", f"touch {trap}")
    git(repository, "config", "filter.x.clean", f"touch {trap}; cat")
    (repository / ".gitattributes").write_text("* filter=x\n")
    facts_of(repository / "progress.md", GOOD, today=TODAY)
    assert not trap.exists()


def test_outside_of_a_repository_git_says_nothing(tmp_path: Path) -> None:
    facts = facts_of(tmp_path / "progress.md", GOOD, today=TODAY)
    assert (facts.commit, facts.unknown) == (None, "it lies in no repository")
    assert check(GOOD, facts) == ()


@pytest.mark.corpus
def test_real_files_have_the_findings_that_were_read_and_found_right() -> None:
    golden = json.loads((DATA / "golden.json").read_text())
    found = {}
    for place in real_progress_files():
        if place.suffix == ".json":
            continue
        text, _ = decode(place.read_bytes())
        facts = replace(FACTS, tokens=count(text))
        found[place.name] = [
            f"{f.severity} {f.code} {'-' if f.line is None else f.line + 1}"
            for f in check(text, facts)
        ]
    assert found == golden


def test_a_long_text_is_counted_exactly_and_not_in_this_process(tmp_path: Path) -> None:
    path = tmp_path / "claude-progress.md"
    text = GOOD + "The filter reads its range from the URL. " * 300
    facts = facts_of(path, text, today=TODAY)
    assert facts.tokens == count(text)
    assert facts_of(path, GOOD, today=TODAY).tokens is None
    assert f"About {facts.tokens:,} tokens" in next(
        finding.message for finding in check(text, facts) if finding.code == "long"
    )


def test_what_cannot_be_counted_is_estimated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clearhead.core.counting.LIMIT", 0.001)
    assert counted("words " * 1_000) is None
    assert "far-too-long" in codes(GOOD + "words " * 5_000)
