"""Fixtures of the tests with real clients: a lab, tmux, scripted vendors, sessions."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from . import claude, codex
from .anthropic_api import AnthropicApi
from .claude import ClaudeSession
from .clearhead import Watching, clearhead_pane
from .clients import Client, find, missing
from .codex import CodexSession
from .lab import Lab
from .openai_api import OpenAiApi
from .tmux import Tmux

HERE = Path(__file__).parent
BESIDE = (120, 36)
"""Columns and rows of clearhead's screen: transcript and notes side by side."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that start a client: `-m 'not real'` leaves them out."""
    for item in items:
        starts_client = {"claude_session", "codex_session"} & set(getattr(item, "fixturenames", ()))
        if HERE in item.path.parents and starts_client:
            item.add_marker("real")


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A throw-away place; its processes end with the test."""
    with Lab() as made:
        yield made


@pytest.fixture
def tmux(lab: Lab) -> Iterator[Tmux]:
    """A private tmux server; a failed test shows what was on its screens."""
    if not shutil.which("tmux"):
        missing("tmux is not installed")
    with Tmux(lab) as server:
        yield server
        sys.stdout.writelines(pane.describe() + "\n" for pane in server.panes)


@pytest.fixture
def anthropic_api() -> Iterator[AnthropicApi]:
    """The scripted Messages API."""
    with AnthropicApi() as api:
        yield api


@pytest.fixture
def openai_api() -> Iterator[OpenAiApi]:
    """The scripted Responses API."""
    with OpenAiApi() as api:
        yield api


@pytest.fixture(scope="session")
def announced(request: pytest.FixtureRequest) -> Callable[[Client], Client]:
    """Tells once which program is driven, and that it is the version that is pinned."""
    told: set[Client] = set()
    capture = request.config.pluginmanager.getplugin("capturemanager")
    reporter = request.config.pluginmanager.getplugin("terminalreporter")

    def announce(client: Client) -> Client:
        if client not in told:
            told.add(client)
            assert client.reported_version() == client.version
            with capture.global_and_fixture_disabled():
                reporter.write_line(f"real client: {client} ({client.program})")
        return client

    return announce


@pytest.fixture
def watching(lab: Lab, tmux: Tmux) -> Callable[..., Watching]:
    """Opens clearhead in the lab's repository, beside what runs there already: `watching()`."""
    return lambda *arguments: Watching(clearhead_pane(tmux, lab, *arguments, size=BESIDE))


@pytest.fixture
def claude_session(
    lab: Lab, tmux: Tmux, anthropic_api: AnthropicApi, announced: Callable[[Client], Client]
) -> Callable[..., ClaudeSession]:
    """Starts Claude Code, ready for a prompt: `claude_session("2.1.330", settings={…})`."""

    def start(
        version: str | None = None,
        *,
        settings: dict[str, Any] | None = None,
        folder: Path | None = None,
        **options: Any,
    ) -> ClaudeSession:
        client = announced(find("claude", version))
        claude.preset(lab, folder, **settings or {})
        return ClaudeSession(client, lab, tmux, anthropic_api, folder=folder, **options)

    return start


@pytest.fixture
def codex_session(
    lab: Lab, tmux: Tmux, openai_api: OpenAiApi, announced: Callable[[Client], Client]
) -> Callable[..., CodexSession]:
    """Starts Codex, ready for a prompt: `codex_session(daemon=True, window=100_000)`."""

    def start(
        version: str | None = None,
        *,
        window: int = codex.WINDOW,
        questions: bool = False,
        folder: Path | None = None,
        **options: Any,
    ) -> CodexSession:
        client = announced(find("codex", version))
        codex.preset(lab, openai_api, folder, window=window, questions=questions)
        return CodexSession(client, lab, tmux, openai_api, folder=folder, **options)

    return start


@pytest.fixture
def notes_shell(
    lab: Lab,
    anthropic_api: AnthropicApi,
    openai_api: OpenAiApi,
    announced: Callable[[Client], Client],
) -> Any:
    """A shell with both agents, in a repository with a map, notes and tests."""
    from .resetting import prepared

    clients = [announced(find(name)) for name in ("claude", "codex")]
    return prepared(lab, anthropic_api, openai_api, *clients)
