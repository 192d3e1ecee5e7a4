"""The brief points to what is there, and to nothing else."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from clearhead.core.reset.brief import Brief, render
from clearhead.core.reset.place import brief_of, maps_of, open_steps, test_command, tree

if TYPE_CHECKING:
    from pathlib import Path

test_command.__test__ = False  # type: ignore[attr-defined]

NOTES = """# Progress
## Current status
Half way.
## Next step
1. Wire the date range filter in src/filters.tsx
2. Then the export
"""


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    (root / "src/deep").mkdir(parents=True)
    (root / "AGENTS.md").write_text("map")
    (root / "claude-progress.md").write_text(NOTES)
    (root / "Makefile").write_text("build:\n\ttrue\ntest:\n\ttrue\n")
    for name in ("a", "b", "deep/c"):
        (root / "src" / name).write_text("x")
    git(root, "init", "-q")
    return root


def test_a_brief_names_what_the_project_has(root: Path) -> None:
    brief = brief_of(root, root, root / "claude-progress.md", NOTES)
    assert (brief.maps, brief.notes, brief.log) == (("AGENTS.md",), "claude-progress.md", False)
    assert brief.test_command == "make test"
    assert brief.next_step == "Wire the date range filter in src/filters.tsx"
    assert brief.tree == ("src/  (3 files)", "AGENTS.md", "Makefile", "claude-progress.md")
    text = render(brief)
    assert "1. Read AGENTS.md.\n2. Read claude-progress.md, all of it.\n\nThen" in text
    assert "`make test`" in text
    assert "$" not in text
    assert "git log" not in text


def test_commits_are_asked_for_where_there_are_any(root: Path) -> None:
    git(root, "-c", "user.email=a@b", "-c", "user.name=a", "commit", "-qm", "x", "--allow-empty")
    assert "git log --oneline -10" in render(brief_of(root, root, None, None))


def test_notes_elsewhere_are_named_whole(root: Path) -> None:
    brief = brief_of(root, root / "src", root / "claude-progress.md", NOTES)
    assert brief.notes == str(root / "claude-progress.md")


def test_a_project_without_anything_still_has_a_brief(tmp_path: Path) -> None:
    text = render(brief_of(tmp_path, tmp_path, None, None))
    assert "Do not declare the task done" in text
    assert "\n\n\n" not in text
    assert "Read" not in text


def test_a_template_of_ones_own_is_filled_and_foreign_dollars_stay() -> None:
    text = render(Brief(project="shop", next_step="Go"), "$project costs $5 $unknown: $next")
    assert text == "shop costs $5 $unknown: The notes name as next step: Go\n"


def test_more_than_one_next_step_is_seen() -> None:
    assert len(open_steps(NOTES)) == 2
    assert open_steps("## Next step\nTBD\n") == ()


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("package.json", '{"scripts": {"test": "vitest"}}', "npm test"),
        ("package.json", '{"scripts": {"test": "echo \\"no test specified\\""}}', None),
        ("package.json", "{broken", None),
        ("package.json", '{"scripts": []}', None),
        ("pyproject.toml", "[tool.pytest.ini_options]\n", "pytest"),
        ("Cargo.toml", "[package]", "cargo test"),
        ("go.mod", "module x", "go test ./..."),
        ("Makefile", "test := 1\n", None),
    ],
)
def test_the_test_command_comes_from_the_projects_own_files(
    tmp_path: Path, name: str, text: str, command: str | None
) -> None:
    (tmp_path / name).write_text(text)
    assert test_command(tmp_path) == command


def test_a_wide_tree_is_cut_and_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for number in range(50):
        (tmp_path / f"f{number:02}").write_text("")
    assert len(tree(tmp_path)) == 41
    assert tree(tmp_path)[-1] == "… 10 more"


@pytest.mark.parametrize(
    ("there", "agent", "named"),
    [
        (("AGENTS.md", "CLAUDE.md"), "claude", ("AGENTS.md", "CLAUDE.md")),
        (("AGENTS.md", "CLAUDE.md"), "codex", ("AGENTS.md",)),
        (("CLAUDE.md",), "codex", ("CLAUDE.md",)),
        (("GEMINI.md", "CLAUDE.md"), "claude", ("CLAUDE.md",)),
        (("AGENTS.md", "CLAUDE.md", "GEMINI.md"), "", ("AGENTS.md", "CLAUDE.md", "GEMINI.md")),
        ((), "claude", ()),
    ],
)
def test_each_agent_is_sent_to_its_own_map(
    tmp_path: Path, there: tuple[str, ...], agent: str, named: tuple[str, ...]
) -> None:
    for name in there:
        (tmp_path / name).write_text(name)
    assert maps_of(tmp_path, agent) == named


def test_a_map_that_is_a_link_to_another_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "AGENTS.md").write_text("map")
    (tmp_path / "CLAUDE.md").symlink_to("AGENTS.md")
    assert maps_of(tmp_path, "claude") == ("AGENTS.md",)


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("Wire the filter", ("Wire the filter",)),
        ("Wire the filter; measure the export", ("Wire the filter", "measure the export")),
        ("Wire the filter and then measure it all", ("Wire the filter", "measure it all")),
        ("Ask, then go", ("Ask, then go",)),
    ],
)
def test_a_step_that_holds_several_is_split(line: str, steps: tuple[str, ...]) -> None:
    assert open_steps(f"# P\n## Next step\n- {line}\n") == steps


def test_names_of_files_bring_no_escape_codes_into_a_brief(root: Path) -> None:
    (root / "a\x1b[2Jb\nc").write_text("x")
    assert all(line.isprintable() for line in tree(root))
