"""What a screen of one session offers to a person who comes back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, cast

from ...core.agents.base import State
from .. import numbers
from ..keymap import Keymap
from ..widgets.advice_line import Advice

if TYPE_CHECKING:
    from textual.screen import Screen

    from ..bridge import Bridge
    from ..presence import Presence


class SinceCommands:
    """The offer of a screen that has an advice line."""

    _bridge: Bridge
    _keymap: Keymap

    if TYPE_CHECKING:

        def _advise(self) -> None:
            """Say what matters most."""

    def on_came_back(self) -> None:
        """Offer what happened meanwhile; by its name, since Textual decorates no plain class."""
        self._advise()

    @property
    def _since_advice(self) -> Advice | None:
        """What the line above the footer offers after an absence in which something went on."""
        app = cast("Screen[None]", self).app
        presence: Presence | None = getattr(app, "presence", None)
        now = time.time()
        if presence is None or not presence.offered(now):
            return None
        looks = self._bridge.looks()
        count = sum((look.seen.snapshot.last_at or 0.0) > presence.since for look in looks)
        if not count:
            return None
        waiting = sum(look.standing.state is State.WAITING for look in looks)
        waits = (f"{waiting} waits for you" if waiting == 1 else f"{waiting} wait for you",)
        words = f"You were away {numbers.span(now - presence.since)}"
        went = f"{numbers.count(count, 'session')} went on"
        key = self._keymap["since.open"].key
        return Advice(words, (went, *(waits if waiting else ())), "you", key, "what happened")
