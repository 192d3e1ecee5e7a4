"""How a task is told: its sessions, and what it cost over all of them."""

from __future__ import annotations

from typing import Any

from ...core.task_chain import TaskChain
from .. import numbers
from ..task_words import cost_words


def words_of(chain: TaskChain) -> str:
    """Return a task in one line."""
    count = numbers.count(len(chain.members), "session")
    return f"{chain.task}: {count}, {' '.join(filter(None, cost_words(chain)))}"


def task_json(chain: TaskChain | None) -> dict[str, Any] | None:
    """Return a task as scripts read it: its sessions, and its one cost."""
    if chain is None:
        return None
    return {
        "id": chain.task,
        "usd": chain.usd,
        "usd_elsewhere": chain.before,
        "unknown": chain.unknown,
        "sessions": [
            {"agent": m.agent, "session_id": m.session_id, "came": m.came, "usd": m.usd}
            for m in chain.members
        ],
    }
