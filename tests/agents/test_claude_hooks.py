"""Feed and hooks go into the settings as a plan and come out to the byte."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from clearhead.core.agents.claude import feed_command, hooks
from clearhead.core.agents.claude.feed_command import feeds_folder, script_path, wrapped
from clearhead.core.agents.claude.feed_setting import with_feed
from clearhead.core.agents.claude.hook_commands import HOLD, HOOKS, PERMISSION, is_ours
from clearhead.core.agents.claude.hook_commands import script_path as hook_path
from clearhead.core.agents.claude.hooks import (
    Script,
    SettingsChanged,
    apply,
    plan_install,
    plan_remove,
    status,
)
from clearhead.core.problems import NotSaved, Unreadable

DATA = Path(__file__).parents[1] / "data" / "claude" / "statusline"
OWN = r"""{
    "model": "opus",
    "statusLine": { "type": "command", "padding": 2,
        "command": "\/opt\/mine.sh \u2014 'a b' \"$HOME\"" },
    "env": {"A": "\ud83d\ude00é", "n": 1.50}
}
"""
OWN_HOOKS = """{
  "hooks": {
    "PreToolUse": [
      { "matcher": "Bash", "hooks": [{ "type": "command", "command": "./check.sh" }] }
    ],
    "Stop": []
  },
  "model": "opus"
}
"""
TOLD = json.dumps(json.loads((DATA / "v330-after-a-turn.json").read_text()), separators=(",", ":"))
EVENTS = ("PermissionRequest", "PreToolUse")
SESSION = "64e4904c-0eac-4540-80ad-432138426e30"


@pytest.fixture
def settings(home) -> Path:
    (home / ".claude").mkdir()
    return home / ".claude" / "settings.json"


def install(settings: Path) -> None:
    apply(plan_install(settings))


def remove(settings: Path) -> None:
    apply(plan_remove(settings))


def command_in(settings: Path) -> str:
    return json.loads(settings.read_bytes().removeprefix(b"\xef\xbb\xbf"))["statusLine"]["command"]


def as_claude_runs(command: str, told: str = TOLD + "\n", shell: str = "/bin/sh", **extra):
    return subprocess.run(
        [shell, "-c", command], input=told.encode(), capture_output=True, check=False, **extra
    )


EMPTY = [
    pytest.param("{}", id="empty object"),
    pytest.param("{ }\n", id="blank object"),
    pytest.param("", id="empty file"),
    pytest.param(" \n", id="blank file"),
]
TEXTS = [
    pytest.param('{"model":"opus"}', id="one line"),
    pytest.param('{ "model": "opus", "env": {} }', id="spaced line"),
    pytest.param('{\n  "model": "opus"\n}', id="no last line end"),
    pytest.param('{\n\t"model": "opus",\n\t"env": {\n\t\t"A": "}"\n\t}\n}\n', id="tabs"),
    pytest.param('{\r\n    "model": "opus"\r\n}\r\n', id="Windows line ends"),
    pytest.param('\ufeff{\n "model": "opus"\n}\n', id="byte order mark"),
    pytest.param('{\n\n\n  "a": [1,\n2]  ,"b"  :  null  \n\n}\n\n', id="odd blanks"),
    pytest.param('{"statusLine": {"type": "command", "command": ""}}', id="empty command"),
    pytest.param(OWN, id="own status line"),
    pytest.param(OWN_HOOKS, id="own hooks"),
    pytest.param('{"hooks": {"Stop": [{"hooks": []}]}}', id="hooks of other events"),
    pytest.param('{"hooks": {"PreToolUse": [ 1, {} ]}, "a": 1}', id="odd hooks in one line"),
    pytest.param(
        '{"statusLine": {"type": "command", "command": "a"},'
        ' "statusLine": {"command": "b", "type": "command", "command": "c"}}',
        id="same key twice",
    ),
]


@pytest.mark.parametrize("text", EMPTY + TEXTS)
def test_installing_and_removing_gives_every_byte_back(settings, text):
    settings.write_bytes(text.encode())
    before = json.loads(text.removeprefix("\ufeff").strip() or "{}")
    install(settings)
    after = json.loads(settings.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert command_in(settings).startswith("[ ! -r ")
    ours = {"statusLine": 0, "hooks": 0}
    assert after | ours == before | ours
    for event in EVENTS:
        assert after["hooks"][event][:-1] == before.get("hooks", {}).get(event, [])
        assert is_ours(after["hooks"][event][-1]["hooks"][0])
    remove(settings)
    assert settings.read_bytes() == text.encode()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("lost", [False, True], ids=["kept record", "lost record"])
def test_a_change_made_since_survives_removing(settings, text, lost):
    """The person's change is made in the text, as an editor does; the rest must not move."""

    def changed(text: str) -> bytes:
        start = text.index("{") + 1
        return f'{text[:start]} "mine" : 1.0,{text[start:]}'.encode()

    settings.write_bytes(text.encode())
    install(settings)
    settings.write_bytes(changed(settings.read_bytes().decode()))
    if lost:
        for record in (script_path().parent / "installed").iterdir():
            record.unlink()
    remove(settings)
    assert settings.read_bytes() == changed(text)


def test_an_own_status_line_keeps_its_bytes_and_its_other_settings(settings):
    settings.write_text(OWN)
    install(settings)
    prefix = f"[ ! -r {script_path()} ] || . {script_path()}; "
    changed = OWN.replace(r"\/opt", prefix + r"\/opt")
    assert settings.read_text().startswith(changed.removesuffix("\n}\n") + ',\n    "hooks": {')
    assert status(settings).own_command == "/opt/mine.sh — 'a b' \"$HOME\""


def test_the_style_of_the_file_is_kept(settings):
    settings.write_bytes(b'{\r\n\t"a": 1\r\n}\r\n')
    install(settings)
    lines = settings.read_bytes().split(b"\r\n")
    assert lines[2:4] == [b'\t"statusLine": {', b'\t\t"type": "command",']
    assert not any(b"\n" in line for line in lines)


def test_ours_goes_from_the_front_too(settings):
    install(settings)
    settings.write_text(json.dumps(json.loads(settings.read_bytes()) | {"a": 1}, indent=1))
    remove(settings)
    assert settings.read_text() == '{\n "a": 1\n}'


def test_settings_added_after_ours_stay_when_ours_goes(settings):
    settings.write_text('{\n  "a": 1\n}')
    install(settings)
    text = settings.read_text()
    settings.write_text(text[:-2] + ',\n  "b": 2\n}')
    remove(settings)
    assert settings.read_text() == '{\n  "a": 1,\n  "b": 2\n}'


def test_a_missing_file_is_made_and_deleted_again(settings):
    install(settings)
    assert list(json.loads(settings.read_bytes())) == ["statusLine", "hooks"]
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    remove(settings)
    assert not settings.exists()


def test_a_made_file_that_was_written_anew_with_ours_alone_is_deleted_too(settings):
    install(settings)
    settings.write_text(json.dumps(json.loads(settings.read_bytes())))
    remove(settings)
    assert not settings.exists()


def test_a_made_file_that_holds_more_by_now_stays(settings):
    install(settings)
    settings.write_text(json.dumps({"model": "opus"} | json.loads(settings.read_bytes())))
    remove(settings)
    assert settings.read_text() == '{"model": "opus"}'


def test_a_plan_shows_the_change_and_makes_none(settings, home):
    settings.write_text(OWN)
    plan = plan_install(settings)
    changed = [line for line in plan.diff.splitlines() if line[:1] in "+-"]
    assert [line[:3] for line in changed[:2]] == ["---", "+++"]
    assert sum(line.startswith("-") for line in changed[2:]) == 2
    assert any(line.startswith('+        "command": "[ ! -r ') for line in changed)
    assert all(any(event in line for line in changed) for event in EVENTS)
    assert settings.read_text() == OWN
    assert not (home / ".local").exists()


def test_installing_twice_changes_nothing_the_second_time(settings):
    settings.write_text(OWN)
    install(settings)
    plan = plan_install(settings)
    assert plan.already
    assert plan.diff == ""
    apply(plan)
    remove(settings)
    assert settings.read_text() == OWN


def test_removing_what_is_not_installed_changes_nothing(settings):
    settings.write_text(OWN)
    plan = plan_remove(settings)
    assert plan.already
    apply(plan)
    assert settings.read_text() == OWN
    assert plan_remove(settings.with_name("none.json")).already


def test_a_plan_that_was_overtaken_is_refused(settings):
    settings.write_text(OWN)
    plan = plan_install(settings)
    settings.write_text("{}")
    with pytest.raises(SettingsChanged):
        apply(plan)
    assert settings.read_text() == "{}"
    assert not script_path().exists()


def test_mode_and_link_of_the_settings_stay(settings, tmp_path):
    real = tmp_path / "dotfiles.json"
    real.write_text(OWN)
    real.chmod(0o640)
    settings.symlink_to(real)
    install(settings)
    assert settings.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert command_in(settings).startswith("[ ! -r ")
    remove(settings)
    assert settings.is_symlink()
    assert real.read_text() == OWN


def test_settings_of_another_user_are_left_alone(settings, monkeypatch):
    settings.write_text(OWN)
    monkeypatch.setattr(hooks.os, "geteuid", lambda: settings.stat().st_uid + 1)
    with pytest.raises(NotSaved, match="another user"):
        install(settings)
    assert settings.read_text() == OWN


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b'{\n "a": 1,\n}', "line 3", id="comma at the end"),
        pytest.param(b"{\n // mine\n}", "line 2", id="comment"),
        pytest.param(b'{"a": NaN}', "NaN", id="no JSON number"),
        pytest.param(b"[]", "object", id="a list"),
        pytest.param(b'{"a": "\xff"}', "utf-8", id="no text"),
        pytest.param(b'{"statusLine": "date"}', "not a command", id="status line as text"),
        pytest.param(b'{"statusLine": null}', "not a command", id="status line as null"),
        pytest.param(b'{"statusLine": {"type": "command"}}', "not a command", id="no command"),
        pytest.param(
            b'{"statusLine": {"type": "web", "command": "x"}}', "not a command", id="another type"
        ),
        pytest.param(b'{"hooks": []}', "not an object", id="hooks as a list"),
        pytest.param(b'{"hooks": {"PreToolUse": {}}}', "not a list", id="event as an object"),
        pytest.param(b"[" * 100_000, "recursion", id="very deep"),
    ],
)
def test_settings_that_cannot_be_changed_safely_are_a_problem(settings, content, says):
    settings.write_bytes(content)
    for look in (plan_install, plan_remove, status):
        with pytest.raises(Unreadable) as problem:
            look(settings)
        assert says in problem.value.detail
        assert problem.value.remedy
    assert settings.read_bytes() == content


def test_hooks_that_are_switched_off_are_told(settings):
    settings.write_text('{"disableAllHooks": true}')
    (report,) = plan_install(settings).problems
    assert "disableAllHooks" in report.detail
    install(settings)
    assert status(settings).problems == (report,)


def test_the_scripts_stay_until_no_settings_use_them(settings):
    second = settings.with_name("second.json")
    scripts = [script_path(), *map(hook_path, HOOKS)]
    install(settings)
    install(second)
    remove(settings)
    assert all(script.exists() for script in scripts)
    remove(second)
    assert not any(script.exists() for script in scripts)


@pytest.mark.parametrize("text", [OWN, OWN_HOOKS, "{}"])
@pytest.mark.parametrize("recorded", [True, False], ids=["on record", "record lost"])
def test_an_older_install_with_the_feed_alone_is_brought_up_to_date(
    settings, text, recorded, monkeypatch
):
    settings.write_text(text)
    with monkeypatch.context() as older:
        older.setattr(hooks, "with_hooks", lambda text: text)
        install(settings)
    assert settings.read_text() == with_feed(text)
    if not recorded:
        for record in (script_path().parent / "installed").iterdir():
            record.unlink()
    plan = plan_install(settings)
    assert "PermissionRequest" in plan.diff
    assert "statusLine" not in [line for line in plan.diff.splitlines() if line[:1] == "-"]
    apply(plan)
    found = status(settings)
    assert (found.installed, found.permission.installed, found.hold.installed) == (True,) * 3
    assert plan_install(settings).already
    remove(settings)
    assert settings.read_text().split() == text.split()
    if recorded:
        assert settings.read_text() == text


def test_our_hook_goes_alone_from_a_group_that_the_person_put_it_in(settings):
    install(settings)
    whole = json.loads(settings.read_bytes())
    whole["hooks"]["PreToolUse"][0]["hooks"].insert(0, {"type": "command", "command": "./mine"})
    settings.write_text(json.dumps(whole))
    remove(settings)
    left = {"PreToolUse": [{"hooks": [{"type": "command", "command": "./mine"}]}]}
    assert json.loads(settings.read_bytes()) == {"hooks": left}


def test_a_hook_that_was_taken_out_is_told_and_comes_back(settings):
    settings.write_text(OWN_HOOKS)
    install(settings)
    whole = json.loads(settings.read_bytes())
    del whole["hooks"]["PermissionRequest"]
    settings.write_text(json.dumps(whole))
    found = status(settings)
    assert not found.permission.installed
    assert found.hold == hooks.HookStatus(installed=True, script=Script.FINE)
    install(settings)
    assert status(settings).permission.installed
    after = json.loads(settings.read_bytes())["hooks"]
    assert [len(after[event]) for event in EVENTS] == [1, 2]


def test_a_missing_or_older_script_of_a_hook_is_told_and_renewed(settings):
    install(settings)
    hook_path(PERMISSION).unlink()
    hook_path(HOLD).write_text("# of an older version")
    found = status(settings)
    assert (found.permission.script, found.hold.script) == (Script.MISSING, Script.OUTDATED)
    hooks.renew_scripts()
    found = status(settings)
    assert (found.permission.script, found.hold.script) == (Script.FINE, Script.FINE)


def test_the_status_tells_what_is_there(settings):
    assert not status(settings).installed
    settings.write_text(OWN)
    assert status(settings).own_command.startswith("/opt/mine.sh")
    install(settings)
    found = status(settings)
    assert (found.installed, found.script, found.changed_since) == (True, Script.FINE, False)
    assert found.last_feed is None
    as_claude_runs(wrapped(None))
    assert status(settings).last_feed == (feeds_folder() / f"{SESSION}.json").stat().st_mtime
    settings.write_text(settings.read_text() + "\n")
    assert status(settings).changed_since is True
    script_path().unlink()
    assert status(settings).script is Script.MISSING


def test_an_old_script_is_told_and_renewed(settings):
    install(settings)
    script_path().write_text("# of an older version\n")
    assert status(settings).script is Script.OUTDATED
    install(settings)
    assert status(settings).script is Script.FINE


def test_a_feed_of_another_state_folder_is_replaced_and_comes_out_whole(
    settings, monkeypatch, tmp_path
):
    settings.write_text(OWN)
    install(settings)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a 'new' state"))
    assert status(settings).script is Script.OUTDATED
    install(settings)
    assert status(settings).script is Script.FINE
    assert command_in(settings).count("feed.sh") == wrapped(None).count("feed.sh")
    remove(settings)
    assert settings.read_text() == OWN


def test_a_damaged_record_is_told_and_the_feed_comes_out_by_text(settings):
    settings.write_text(OWN)
    install(settings)
    (record,) = (script_path().parent / "installed").iterdir()
    record.write_text("{")
    plan = plan_remove(settings)
    assert [report.title for report in plan.problems] == ["A state file was set aside"]
    apply(plan)
    assert settings.read_text() == OWN


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    value=st.dictionaries(
        st.text(max_size=6).filter(lambda key: key not in {"statusLine", "hooks"}), JSON, max_size=4
    ),
    own=st.none() | st.text(max_size=20),
    indent=st.sampled_from([None, 0, 1, 4, "\t"]),
    ascii_only=st.booleans(),
)
@rules(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_any_settings_survive_installing_and_removing(settings, value, own, indent, ascii_only):
    if own is not None:
        value = {**value, "statusLine": {"type": "command", "command": own}}
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    before = text.encode(errors="surrogatepass")
    settings.write_bytes(before)
    try:
        install(settings)
    except Unreadable:
        assert settings.read_bytes() == before
        return
    assert command_in(settings) == wrapped(own)
    remove(settings)
    assert settings.read_bytes() == before


SHELLS = [
    shell for shell in ("/bin/sh", "/bin/dash", "/bin/bash", "/bin/zsh") if Path(shell).exists()
]


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_keeps_what_it_was_told_and_prints_nothing(settings, shell):
    install(settings)
    done = as_claude_runs(command_in(settings), shell=shell)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (kept,) = feeds_folder().iterdir()
    assert kept.name == f"{SESSION}.json"
    assert kept.read_text() == TOLD + "\n"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(feeds_folder().stat().st_mode) == 0o700


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "own",
    [
        pytest.param("cat", id="input"),
        pytest.param('umask; pwd; echo "$0 $#"; set | grep -c clearhead_', id="shell"),
        pytest.param("echo out; echo err >&2; exit 7", id="exit code"),
        pytest.param("kill -TERM $$", id="signal"),
        pytest.param("head -c 5", id="part of the input"),
        pytest.param("wc -c <<E\nhere\nE\n", id="several lines"),
        pytest.param("no-such-program-of-anyone", id="missing program"),
    ],
)
@pytest.mark.parametrize("witness", [True, False], ids=["installed", "uninstalled"])
def test_an_own_status_line_runs_as_if_alone(settings, shell, own, witness, monkeypatch):
    if not witness:
        monkeypatch.setattr(feed_command, "__file__", "/nonexistent/feed_command.py")
    settings.write_text(json.dumps({"statusLine": {"type": "command", "command": own}}))
    install(settings)
    alone = as_claude_runs(own, shell=shell)
    with_feed = as_claude_runs(command_in(settings), shell=shell)
    assert with_feed.stdout == alone.stdout
    assert with_feed.stderr.split(b": ")[-2:] == alone.stderr.split(b": ")[-2:]
    assert with_feed.returncode == alone.returncode


@pytest.mark.parametrize("shell", SHELLS)
def test_input_longer_than_a_pipe_holds_goes_through(settings, shell):
    settings.write_text('{"statusLine": {"type": "command", "command": "cat"}}')
    install(settings)
    long = TOLD[:-1] + ',"x":"' + r"$HOME `id` \\n %s é" * 8_000 + '"}\n'
    assert as_claude_runs(command_in(settings), long, shell).stdout.decode() == long
    assert (feeds_folder() / f"{SESSION}.json").read_text() == long


def test_without_clearhead_the_command_does_nothing(settings, monkeypatch):
    monkeypatch.setattr(feed_command, "__file__", "/nonexistent/feed_command.py")
    install(settings)
    done = as_claude_runs(command_in(settings))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert not feeds_folder().exists()


def test_without_the_script_the_command_does_nothing(settings):
    settings.write_text('{"statusLine": {"type": "command", "command": "cat"}}')
    install(settings)
    script_path().unlink()
    assert as_claude_runs(command_in(settings)).stdout.decode() == TOLD + "\n"
    done = as_claude_runs(wrapped(None))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_feed_folder_that_is_a_file_leaves_the_own_status_line_alone(settings):
    settings.write_text('{"statusLine": {"type": "command", "command": "cat"}}')
    install(settings)
    feeds_folder().write_text("")
    done = as_claude_runs(command_in(settings))
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, TOLD + "\n", b"")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("", id="nothing"),
        pytest.param("{", id="half"),
        pytest.param('{"session_id":"../../escape"}', id="a path"),
        pytest.param('{"session_id":"-rf"}', id="an option"),
        pytest.param('{"session_id":"' + "a" * 300 + '"}', id="too long"),
        pytest.param('{"session_id":"$(touch escape)"}', id="a command"),
        pytest.param('{"cwd":"/", "session_id":"later"}', id="another order"),
    ],
)
def test_no_session_id_leads_out_of_the_folder(settings, told, tmp_path):
    install(settings)
    done = as_claude_runs(command_in(settings), told, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    (kept,) = feeds_folder().iterdir()
    assert kept.name in {f"process-{os.getpid()}.json", "-rf.json"}
    assert kept.read_text() == told
    assert list(tmp_path.iterdir()) == []


def test_readers_never_see_half_a_file(settings):
    install(settings)
    told = [TOLD[:-1] + f',"x":"{letter * 50_000}"}}\n' for letter in "ab"]
    running = [
        subprocess.Popen(["/bin/sh", "-c", command_in(settings)], stdin=subprocess.PIPE)
        for _ in range(8)
    ]
    for number, process in enumerate(running):
        process.stdin.write(told[number % 2].encode())
        process.stdin.close()
    seen = set()
    while any(process.poll() is None for process in running):
        seen |= {path.read_text() for path in feeds_folder().glob("*.json")}
    assert [process.wait() for process in running] == [0] * 8
    assert {path.name for path in feeds_folder().iterdir()} == {f"{SESSION}.json"}
    assert seen | {(feeds_folder() / f"{SESSION}.json").read_text()} <= set(told)
