"""Settings are read once; a wrong entry costs only itself and says where it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearhead.core.config import default_settings, load_config
from clearhead.core.paths import config_folder
from clearhead.core.prices import PriceSetting
from clearhead.core.zones import ZoneSetting

WHOLE = """\
claude_folders = ["~/.claude", "work"]
codex_folders = ["/srv/codex"]
theme = "night"
progress_files = ["NOTES.md"]
progress_template = "template.md"
git_seconds = 30

[keys]
"find.open" = "ctrl+f"

[windows]
"claude-opus-4-5" = 200_000

[zones."claude-*"]
dumb = 60_000
reset = 0.8

[prices."my-model"]
input = 1.5
output = 6
"""


@pytest.fixture
def write(tmp_path):
    def write_it(text: str | bytes):
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write_it


def test_everything_can_be_set(write, home):
    path = write(WHOLE)
    found, reports = load_config(path)
    assert reports == ()
    assert found.claude_folders == (home / ".claude", path.parent / "work")
    assert [str(folder) for folder in found.codex_folders] == ["/srv/codex"]
    assert found.theme == "night"
    assert found.progress_files == ("NOTES.md",)
    assert found.progress_template == path.parent / "template.md"
    assert found.git_seconds == 30
    assert found.keys == {"find.open": "ctrl+f"}
    assert found.windows == {"claude-opus-4-5": 200_000}
    assert found.zones == {"claude-*": ZoneSetting(dumb=60_000, reset=0.8)}
    assert found.prices == {"my-model": PriceSetting(input=Decimal("1.5"), output=Decimal(6))}


def test_the_home_of_a_user_who_does_not_exist_is_no_crash(write, monkeypatch):
    path = write('codex_folders = ["~nobody-of-this-name/x"]')
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "~nobody-of-this-name")
    found, reports = load_config(path)
    assert reports == ()
    assert found.codex_folders == (path.parent / "~nobody-of-this-name" / "x",)
    assert str(found.claude_folders[0]) == "~nobody-of-this-name"


def test_the_own_file_is_found_in_the_config_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    config_folder().mkdir()
    (config_folder() / "config.toml").write_text('theme = "night"')
    assert load_config()[0].theme == "night"


def test_without_a_file_the_defaults_hold(tmp_path):
    assert load_config(tmp_path / "none.toml") == (default_settings(), ())


def test_the_agents_folders_are_those_of_the_agents_own_variables(home, monkeypatch, tmp_path):
    assert default_settings().claude_folders == (home / ".claude",)
    assert default_settings().codex_folders == (home / ".codex",)
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "c"))
    monkeypatch.setenv("CODEX_HOME", str(tmp_path / "x"))
    assert default_settings().claude_folders == (tmp_path / "c",)
    assert default_settings().codex_folders == (tmp_path / "x",)


def test_the_xdg_folder_of_claude_counts_when_it_is_there(home, monkeypatch, tmp_path):
    (home / ".config" / "claude").mkdir(parents=True)
    assert default_settings().claude_folders == (home / ".claude", home / ".config" / "claude")
    (tmp_path / "claude").mkdir()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_settings().claude_folders == (home / ".claude", tmp_path / "claude")
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))
    assert default_settings().claude_folders == (tmp_path / "claude",)


@pytest.mark.parametrize(
    ("text", "line", "detail", "remedy"),
    [
        pytest.param("\ntheem = 1", 2, "`theem`: there is no such", "`theme`?", id="unknown key"),
        pytest.param("theme = 3", 1, "Expected `str`, got `int`", "default", id="wrong type"),
        pytest.param("git_seconds = 0", 1, "`git_seconds`", "default", id="out of range"),
        pytest.param("git_seconds = nan", 1, "`git_seconds`", "default", id="no number"),
        pytest.param("git_seconds = true", 1, "got `bool`", "default", id="truth for number"),
        pytest.param("claude_folders = [4]", 1, "Expected a path", "default", id="no path"),
        pytest.param('claude_folders = "~"', 1, "Expected `array`", "default", id="no list"),
        pytest.param('progress_template = "a\\u0000"', 1, "Expected a path", "", id="odd path"),
        pytest.param("keys = 3", 1, "Expected `object`", "default", id="no table"),
        pytest.param("[windows]\na = 1\nb = 0\n", 3, "`windows.b`", "default", id="one entry"),
        pytest.param("[windows]\na = 1\n\n[keys]\na = 0", 5, "`keys.a`", "default", id="same name"),
        pytest.param('[keys]\n"a.b" = 0', 2, "`keys.a.b`", "default", id="quoted key"),
        pytest.param('keys."a.b" = 0', 1, "`keys.a.b`", "default", id="dotted key"),
        pytest.param("\nkeys = {a = 0}", 2, "`keys.a`", "default", id="inline table"),
        pytest.param("[zones.x]\ndum = 1", 1, "unknown field `dum`", "Give tokens", id="zones"),
        pytest.param("[prices.x]\ninput = -1", 1, "0 or more", "US dollars", id="prices"),
    ],
)
def test_a_wrong_entry_is_reported_with_its_line(write, text, line, detail, remedy):
    found, (report,) = load_config(write(text))
    assert report.line == line
    assert detail in report.detail
    assert remedy in report.remedy
    assert found.theme is None
    assert found.claude_folders == default_settings().claude_folders


def test_a_wrong_entry_costs_only_itself(write):
    wrong = WHOLE.replace("200_000", '"big"').replace("theme = ", "theme = 3 #")
    found, reports = load_config(write(wrong))
    assert [report.line for report in reports] == [3, 12]
    assert found.theme is None
    assert found.windows == {}
    assert found.keys == {"find.open": "ctrl+f"}
    assert found.progress_files == ("NOTES.md",)


def test_broken_toml_is_reported_with_its_line(write):
    found, (report,) = load_config(write("theme = 'a'\nkeys = [\n= 3"))
    assert found == default_settings()
    assert report.line == 3
    assert "not valid TOML" in report.detail


def test_a_file_that_is_no_text_is_reported(write):
    found, (report,) = load_config(write(b"theme = '\xff'"))
    assert found == default_settings()
    assert "cannot be read" in report.detail


def test_a_folder_in_place_of_the_file_is_reported(tmp_path):
    assert len(load_config(tmp_path)[1]) == 1


@given(st.binary(max_size=200) | st.text("[]{}=.\"'#\n\\, a0-~é", max_size=200).map(str.encode))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_bytes_raise(tmp_path, content):
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    assert load_config(path)[0].git_seconds == 5


@pytest.mark.parametrize("text", [f"a = {'[' * 5000}", f"a = {'9' * 5000}", "a.b\u2028=1"])
def test_strange_texts_are_reported(write, text):
    assert load_config(write(text))[1]
