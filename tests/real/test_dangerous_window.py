"""A prompt must never approve a tool, also when its dialog opens between look and Enter.

The text has stood in the box for longer than the client waits after a key, and Enter comes late:
so the window is open wide. `make bench ARGS=window` runs the same trials a thousand times.
"""

import pytest

from .clients import pinned
from .script import Growth
from .window import LATE, SETTINGS, STANDS, NotifiedApi, Window, install_hooks

pytestmark = pytest.mark.parametrize(
    "version", [client.version for client in pinned() if client.command == "claude"]
)


@pytest.fixture
def anthropic_api():
    """A model that calls a tool when a background command has ended."""
    with NotifiedApi() as api:
        api.script.growth = Growth(per_message=10)
        yield api


def test_with_the_hold_no_prompt_approves_a_tool(claude_session, version, lab, anthropic_api):
    mail = install_hooks(lab)
    window = Window(
        lambda: claude_session(version), anthropic_api, stands=STANDS, gap=LATE, mail=mail
    )
    trials = [window.trial() for _ in range(8)]
    assert [trial for trial in trials if trial.approved] == []
    assert [trial for trial in trials if trial.sent and trial.opened]


def test_without_the_hold_the_window_is_real(claude_session, version, anthropic_api):
    window = Window(
        lambda: claude_session(version, settings=SETTINGS), anthropic_api, stands=STANDS, gap=LATE
    )
    assert any(window.trial().approved for _ in range(8))
