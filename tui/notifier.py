"""Tells the person that a session waits for them: bell, terminal, and a command of theirs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App

from ..core.agents.base import State
from ..core.notify import Notice, NotNotified, Watch, notice_of, osc9, run_command
from .facts import activity_of
from .look import Look

if TYPE_CHECKING:
    from ..core.supervisor import Key
    from .bridge import Bridge

AFTER = 0.5
"""Seconds between the state and the words: what it waits for is often told a moment later."""


class Notifier:
    """Watches all sessions of an app; each wait is told once, as it begins."""

    def __init__(self, app: App[None], bridge: Bridge) -> None:
        self._app, self._bridge = app, bridge
        self._watch = Watch()

    def begin(self, looks: Iterable[Look]) -> None:
        """Take note of the sessions that wait already: the person has just come and sees them."""
        for look in looks:
            self._watch.begins(look.key, look.standing)

    def look(self, look: Look) -> None:
        """Tell of a session that has just begun to wait, once it has said for what."""
        if self._watch.begins(look.key, look.standing):
            self._app.set_timer(AFTER, partial(self._tell_if_waiting, look.key))

    def _tell_if_waiting(self, key: Key) -> None:
        """Tell of it unless it was answered meanwhile."""
        look = self._bridge.look(key)
        if look is not None and look.standing.state is State.WAITING:
            self._tell(look)

    def _tell(self, look: Look) -> None:
        wants = next((f"{r.tool} {r.text}" for r in look.live.requests), "") if look.live else ""
        notice = notice_of(
            look.key,
            look.project,
            look.title,
            look.standing,
            wants=wants or activity_of(look).replace(" wants: ", " ").removeprefix("asks: "),
            cwd=look.cwd or "",
        )
        setting = self._bridge.settings.notify
        if setting.bell:
            self._app.bell()
        if setting.osc9:
            self._send(osc9(notice.text, tmux=bool(os.environ.get("TMUX"))))
        if setting.command:
            self._app.run_worker(
                self._run(setting.command, notice), group="notify", exit_on_error=False
            )

    def _send(self, sequence: str) -> None:
        """Write to the terminal, as Textual does for its bell."""
        driver = self._app._driver  # noqa: SLF001 - Textual has no way to send a sequence
        if driver is not None and not self._app.is_headless:
            driver.write(sequence)

    async def _run(self, command: tuple[str, ...], notice: Notice) -> None:
        try:
            await self._bridge.supervisor.in_pool(partial(run_command, command, notice))
        except NotNotified as problem:
            self._bridge.report(problem.report())
