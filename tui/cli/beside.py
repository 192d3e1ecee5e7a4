"""Inside tmux: the agent's own screen in a new pane, clearhead attached in this one."""

from __future__ import annotations

import os
from pathlib import Path

from ...core.acting.appearing import appeared
from ...core.acting.in_tmux import start_in_tmux
from ...core.acting.plan import Plan
from ...core.acting.writers import check_alone
from ...core.config import load_config
from ...core.tmux import Server
from . import which
from .loop import run_to_end


def run_beside(plan: Plan) -> int:
    """Start the agent beside this pane, wait until it shows, and open the screen on it.

    Raises:
        SessionTaken: another live process runs the session that would be resumed.
        TmuxGone: tmux has no room for another pane, or does not answer.
        NotSeen: the agent did not show in time.
    """
    from .open import need_terminal, run_session

    need_terminal()
    check_alone(plan)
    server = Server(os.environ["TMUX"].partition(",")[0] or None)
    _, pane = run_to_end(start_in_tmux(plan, server, beside=os.environ.get("TMUX_PANE")))
    settings, _ = load_config()
    agent = next(a for a in which.agents_of(settings) if a.name == plan.agent)
    return run_session(appeared(agent, pane, plan.cwd), Path(plan.cwd)) or 0
