"""Make the pictures of the README: `make pictures`. Every one shows the real demo at real work."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from clearhead.core.agents.demo.project import NOTES
from clearhead.core.config import default_settings
from clearhead.tui.app import ClearheadApp
from clearhead.tui.look import Look
from clearhead.tui.screens.supervise import SuperviseScreen
from clearhead.tui.start import prepare_demo

from .picture import save

FOLDER = Path(__file__).parent
BANNER = "demo: a scripted session"
SPEED = 8.0
PATIENCE = 120.0


@dataclass(frozen=True)
class Picture:
    """One picture: its name, the size of the screen, when to take it, the keys to press then."""

    name: str
    size: tuple[int, int]
    when: Callable[[Look], bool]
    keys: tuple[str, ...] = ()
    theme: str = "clearhead"
    meanwhile: tuple[str, str] | None = None
    """What somebody else puts in place of what in the notes, once the keys were pressed."""
    then: tuple[str, ...] = ()
    """The keys to press after that."""
    course: tuple[tuple[str, str], ...] = ()
    """Words to wait for, each with the key to press when they are there."""


def filled(tokens: int) -> Callable[[Look], bool]:
    """Return a test for a fill of at least so many tokens."""
    return lambda look: (look.gauge.fill or 0) >= tokens


def at_rest(tokens: int) -> Callable[[Look], bool]:
    """Return a test for an idle session with a fill of at least so many tokens."""
    return lambda look: look.standing.state == "idle" and filled(tokens)(look)


def typed(text: str) -> tuple[str, ...]:
    """Return the keys that type a text."""
    return tuple({" ": "space", "\n": "enter"}.get(char, char) for char in text)


def on_the_line_of(words: str) -> tuple[str, ...]:
    """Return the keys that put words behind the third line of the notes' first section."""
    return ("p", "ctrl+home", "down", "down", "down", "end", *typed(words))


BEGIN = (("Enter ", ""), ("asks the agent", "enter"))
BRIEF = (*BEGIN, ("Enter ends this session", ""))
RESULT = (*BEGIN, ("Enter ends this session", "enter"), ("Enter goes to the fresh", ""))
"""How a reset goes on, by its own words."""

PICTURES = (
    Picture("supervise", (140, 40), filled(128_000)),
    Picture("supervise-120x36", (120, 36), filled(90_000)),
    Picture("supervise-80x24", (80, 24), filled(90_000)),
    Picture("supervise-200x60", (200, 60), filled(128_000)),
    Picture("supervise-light", (140, 40), filled(90_000), theme="clearhead-light"),
    Picture("supervise-no-colour", (140, 40), filled(90_000), theme="no-colour"),
    Picture("needs-you", (140, 40), lambda look: look.standing.state == "waiting"),
    Picture("sessions", (140, 40), filled(90_000), ("s",)),
    Picture("why", (120, 36), filled(90_000), ("question_mark",)),
    Picture("help", (120, 36), filled(30_000), ("f1",)),
    Picture("capture", (120, 36), filled(90_000), ("E", "f")),
    Picture("notes", (120, 36), filled(90_000), on_the_line_of("")),
    Picture("notes-waiting", (120, 36), filled(90_000), on_the_line_of(" Ask Ana first.")),
    Picture(
        "notes-conflict",
        (120, 36),
        filled(90_000),
        on_the_line_of(" Ask Ana first."),
        meanwhile=("## Current status\n", "## Current status\nThe tests of the export fail. "),
        then=("ctrl+g", "C"),
    ),
    Picture("notes-health", (120, 36), filled(90_000), ("H",)),
    Picture("reset", (120, 36), at_rest(155_000), ("r",), course=BRIEF),
    Picture("reset-80x24", (80, 24), at_rest(155_000), ("r",), course=BRIEF),
    Picture("reset-light", (120, 36), at_rest(155_000), ("r",), "clearhead-light", course=RESULT),
    Picture("reset-no-colour", (120, 36), at_rest(155_000), ("r",), "no-colour", course=RESULT),
    Picture("hand-off", (120, 36), filled(60_000), ("h",)),
    Picture("since", (120, 36), filled(60_000), ("U",)),
    Picture("notes-history", (120, 36), filled(90_000), ("o",)),
)


async def take(picture: Picture) -> None:
    """Play the demo up to the moment and save the screen."""
    start = prepare_demo(default_settings(), SPEED, BANNER)
    app = ClearheadApp(start)
    try:
        async with app.run_test(size=picture.size) as pilot:
            app.theme = picture.theme
            end = time.monotonic() + PATIENCE
            while not picture.when(shown(app)) and time.monotonic() < end:
                await pilot.pause(0.1)
            await press(pilot, picture.keys)
            if picture.meanwhile:
                change_notes(shown(app), *picture.meanwhile)
                await pilot.pause(1.5)
            await press(pilot, picture.then)
            await follow(pilot, picture.course)
            await pilot.pause(0.6)
            save(app, FOLDER / f"{picture.name}.svg")
    finally:
        if start.demo is not None:
            start.demo.close()


async def press(pilot: Pilot[None], keys: tuple[str, ...]) -> None:
    """Press keys one after the other."""
    for key in keys:
        await pilot.press(key)


async def follow(pilot: Pilot[None], course: tuple[tuple[str, str], ...]) -> None:
    """Press each key when its words are on the screen."""
    for words, key in course:
        end = time.monotonic() + PATIENCE
        while words not in words_on(pilot.app) and time.monotonic() < end:
            await pilot.pause(0.1)
        await press(pilot, (key,) if key else ())


def words_on(app: App[None]) -> str:
    """Return what stands on the screen in front."""
    rows = app.screen._compositor.render_strips()  # noqa: SLF001 - nothing public tells it
    return "\n".join(strip.text for strip in rows)


def change_notes(look: Look, old: str, new: str) -> None:
    """Change the progress file of a session as another program would."""
    notes = Path(look.cwd or "") / NOTES
    notes.write_text(notes.read_text().replace(old, new))


def shown(app: ClearheadApp) -> Look:
    """Return the session that the app shows."""
    screen = next(s for s in app.screen_stack if isinstance(s, SuperviseScreen))
    return screen.look


def main(names: list[str]) -> None:
    """Take all pictures, or those that are named."""
    for picture in PICTURES:
        if not names or picture.name in names:
            print(f"taking {picture.name}")
            asyncio.run(take(picture))


if __name__ == "__main__":
    main(sys.argv[1:])
