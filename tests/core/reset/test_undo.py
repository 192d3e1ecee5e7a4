"""What a session is brought back with: its own flags, and never a wider permission."""

from __future__ import annotations

import pytest

from clearhead.core.reset.undo import kept_flags


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        (["claude"], ()),
        (["claude", "--model", "opus", "fix it"], ("--model", "opus")),
        (["claude", "--permission-mode", "plan"], ("--permission-mode", "plan")),
        (["claude", "--permission-mode", "bypassPermissions"], ()),
        (["claude", "--permission-mode=auto", "--model=haiku"], ("--model", "haiku")),
        (["claude", "--dangerously-skip-permissions"], ()),
        (["node", "/x/claude", "--resume", "7f3", "-c"], ()),
        (["codex", "-s", "danger-full-access", "-m", "gpt"], ("-m", "gpt")),
        (["claude", "--model", "--resume"], ()),
    ],
)
def test_flags(command: list[str], kept: tuple[str, ...]) -> None:
    assert kept_flags(command) == kept
