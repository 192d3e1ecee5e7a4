"""What a session is brought back with: its own flags, and never a wider permission."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from clearhead.core.reset.flags import kept_flags, narrowed, only_model, without_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("", ""),
        ("--model opus fix-it", "--model opus"),
        ("--permission-mode plan", "--permission-mode plan"),
        ("--permission-mode bypassPermissions", ""),
        ("--permission-mode dontAsk", ""),
        ("--permission-mode=auto --model=haiku", "--model haiku"),
        ("--dangerously-skip-permissions", ""),
        ("--allow-dangerously-skip-permissions", ""),
        ("--allowedTools Bash Edit", ""),
        ("--disallowedTools Bash WebFetch --model x", "--disallowedTools Bash WebFetch --model x"),
        ("--tools Read", "--tools Read"),
        ("--resume 7f3 -c", ""),
        ("-p do-it --model x", "--model x"),
        ("--model --resume", ""),
        ("--strict-mcp-config hello", "--strict-mcp-config"),
        ('--settings {"theme":"dark"}', '--settings {"theme":"dark"}'),
        ('--settings {"permissions":{"defaultMode":"bypassPermissions"}}', ""),
        ('--settings {"hooks":{}}', ""),
        ("--settings /not/there.json", ""),
    ],
)
def test_claude(command: str, kept: str) -> None:
    assert kept_flags("claude", command.split()) == tuple(kept.split())


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("-s danger-full-access -m gpt", "-m gpt"),
        ("-sread-only -anever -mgpt", "-s read-only -m gpt"),
        ("-a never", ""),
        ("-a=untrusted --sandbox=workspace-write", "-a untrusted --sandbox workspace-write"),
        ("--yolo -m gpt", "-m gpt"),
        ("--dangerously-bypass-approvals-and-sandbox", ""),
        ("--full-auto", ""),
        (
            "-c approval_policy=never -c model_reasoning_effort=high",
            "-c model_reasoning_effort=high",
        ),
        ('-c sandbox_mode="danger-full-access"', ""),
        ("--config=sandbox_workspace_write.network_access=true", ""),
        ("-c default_permissions=x -c projects./.trust_level=trusted", ""),
        ("-c profiles.x.approval_policy=never -c mcp_servers.x.command=sh", ""),
        ("-c notify=x", ""),
        ("--profile wide -m gpt", "-m gpt --sandbox read-only"),
        ("resume 7f3", ""),
    ],
)
def test_codex(command: str, kept: str) -> None:
    assert kept_flags("codex", command.split()) == tuple(kept.split())


def test_settings_in_a_file_are_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark"}))
    assert kept_flags("claude", ["--settings", str(path)]) == ("--settings", str(path))
    path.write_text(json.dumps({"permissions": {"allow": ["Bash"]}}))
    assert kept_flags("claude", ["--settings", str(path)]) == ()


@pytest.mark.parametrize(
    ("agent", "flags", "mode", "kept"),
    [
        ("claude", "--permission-mode acceptEdits", "plan", "--permission-mode plan"),
        ("claude", "--permission-mode acceptEdits", "default", "--permission-mode default"),
        ("claude", "--permission-mode plan", "acceptEdits", "--permission-mode plan"),
        ("claude", "--model x", "plan", "--model x --permission-mode plan"),
        ("claude", "--model x", "bypassPermissions", "--model x"),
        ("claude", "", None, ""),
        ("codex", "-a on-request", "untrusted, effort high", "-a untrusted"),
        ("codex", "", "untrusted", "--ask-for-approval untrusted"),
        ("codex", "-a untrusted", "never", "-a untrusted"),
        ("demo", "--x", "plan", "--x"),
    ],
)
def test_what_the_person_switched_to_is_not_widened(
    agent: str, flags: str, mode: str | None, kept: str
) -> None:
    assert narrowed(agent, flags.split(), mode) == tuple(kept.split())


def test_another_model_takes_the_place_of_the_old_one() -> None:
    flags = ("--model", "opus", "--permission-mode", "plan")
    assert without_model(flags) == ("--permission-mode", "plan")
    assert only_model(flags) == ("--model", "opus")
    assert only_model(()) == ()
