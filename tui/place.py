"""Where the person is: what a screen tells the commands about itself.

A screen may have `contexts`, the narrowest first, and a `situation`; one that has neither offers
only what works everywhere. An app may have a `banner` that every screen shows.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from .command import Context, Situation


def contexts_of(screen: Screen[Any]) -> tuple[Context, ...]:
    """Return the contexts whose commands work on `screen` now."""
    contexts: tuple[Context, ...] = getattr(screen, "contexts", (Context.EVERYWHERE,))
    return contexts


def situation_of(screen: Screen[Any]) -> Situation:
    """Return what the reasons of the commands look at on `screen`."""
    situation: Situation = getattr(screen, "situation", Situation())
    return situation


def banner_of(screen: Screen[Any]) -> str:
    """Return what every screen of the app says beside its title, such as that this is a demo."""
    banner: str = getattr(screen.app, "banner", "")
    return banner
