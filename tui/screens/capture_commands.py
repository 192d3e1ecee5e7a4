"""What a screen with transcript and notes lets the person put from the one into the other."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, cast

from ...core.symptoms.symptom import Symptom
from ...core.text import shorten_middle
from ..keymap import Keymap
from ..symptom_watch import SymptomWatch
from ..widgets.advice_line import Advice
from ..widgets.footer import Footer
from ..widgets.line import WIDE, margin

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.agents.base import Body
    from ...core.capture import Draft
    from ...core.progress import Topic
    from ...core.transcript import View
    from ..bridge import Bridge
    from ..look import Look
    from ..widgets.notes.keeper import Keeper
    from ..widgets.notes.pane import NotesPane
    from ..widgets.transcript.pane import TranscriptPane

PAUSE = 1.0
"""Seconds between two looks for symptoms, while a session goes on changing."""

FIRST = 0.2
"""Seconds before the first look, so that the screen is painted before the detectors are loaded."""

AROUND = 6
"""Cells of the offer's row that hold its mark and the gaps."""

LEAST = 8
"""Cells of a command that are shown however narrow the screen is."""

NOT_YET = "The notes are still being looked for. Try again in a moment."
OTHER_NOTES = "Other notes are shown by now. Nothing was added."
NOT_ADDED = "The notes may not be edited now. Nothing was added."


class CaptureCommands:
    """The commands of a screen that shows `_transcript` beside `_notes`."""

    _bridge: Bridge
    _keymap: Keymap
    _look: Look
    _notes: NotesPane
    _transcript: TranscriptPane

    if TYPE_CHECKING:

        def _load(self, item: int) -> Body | None:
            """Load the whole text of one item."""

        def _draw_place(self) -> None:
            """Draw what depends on where the person is."""

    def __init__(self) -> None:
        super().__init__()
        self._symptoms = SymptomWatch()
        self._looking = False

    # Into the notes

    async def action_capture(self, name: str) -> None:
        """Open the sheet for an entry about the topic `name`."""
        screen, keeper = self._screen_here, self._notes.keeper
        if keeper is None or (reason := why_closed(keeper)) is not None:
            self._say_of_capture(NOT_YET if keeper is None else reason or NOT_YET)
            return
        from ...core.progress import Topic

        topic, view = Topic[name], self._transcript.view.source.view
        item, symptom = self._transcript.view.selected, self._offer
        make = partial(self._drafts, topic, view, item, symptom)
        drafts = await self._bridge.supervisor.in_pool(make)
        if screen.app.screen is not screen:
            return
        from .capture import CaptureScreen

        where = self._notes.path.name if self._notes.path else "a new progress file"
        sheet = CaptureScreen(topic, drafts, f"into {where}", self._keymap)
        screen.app.push_screen(sheet, partial(self._captured, topic, keeper, symptom))

    def _drafts(
        self, topic: Topic, view: View, item: int | None, symptom: Symptom | None
    ) -> tuple[Draft, ...]:
        """Make what the sheet offers; runs in the thread pool."""
        from ...core.capture import Draft, decided, drafted, offered
        from ...core.progress import Topic
        from ...core.symptoms.corrections import corrections
        from ...core.thread import Thread

        thread = Thread(view, self._load)
        drafts = [] if item is None else [drafted(thread, topic, item)]
        if topic is Topic.FAILED and symptom is not None:
            evident = item is None or item in symptom.items
            drafts.insert(0 if evident else 1, offered(symptom))
        if topic is Topic.DECISIONS:
            drafts += map(decided, corrections(thread))
        texts = {draft.text: draft for draft in reversed(drafts)}
        return tuple(d for d in drafts if texts[d.text] is d) or (Draft(""),)

    def _captured(
        self, topic: Topic, keeper: Keeper, symptom: Symptom | None, entry: str | None
    ) -> None:
        if entry:
            put = self._put(topic, keeper, symptom, entry)
            self._screen_here.run_worker(put, exit_on_error=False)

    async def _put(self, topic: Topic, keeper: Keeper, symptom: Symptom | None, entry: str) -> None:
        """Add an entry to the notes, as an edit of the person's."""
        from ...core.progress_edit import add_entry

        notes = self._notes
        if notes.keeper is not keeper:
            self._say_of_capture(OTHER_NOTES)
            return
        await notes.make()
        text = notes.text
        if text is None or not await notes.change(add_entry(text, topic, entry)):
            self._say_of_capture(why_closed(keeper) or NOT_ADDED)
            return
        if symptom is not None and entry.startswith(symptom.approach):
            self._symptoms.dismiss(self._look.key)
            self._draw_place()
        key = self._keymap["notes.focus"].key
        self._say_of_capture(f"Added to {topic.value}. To take it back: {key}, then ctrl+z.")

    # Symptoms

    def action_go_to_symptom(self) -> None:
        """Go to what the offer rests on, from the newest to the oldest."""
        place = self._symptoms.place(self._look.key)
        if place is not None:
            item, which, all_of_them = place
            self._transcript.view.go_to(item)
            self._say_of_capture(f"Evidence {which} of {all_of_them}, the newest first.")

    def action_dismiss_symptom(self) -> None:
        """Be silent about this until there is clearly more of it."""
        if self._symptoms.dismiss(self._look.key):
            self._draw_place()
            self._say_of_capture("Hidden. It comes back in this session only with more repeats.")

    @property
    def _offer(self) -> Symptom | None:
        return self._symptoms.offer(self._look.key)

    @property
    def _offered(self) -> Advice | None:
        """What the line above the footer says of the offer, with the key that fits now."""
        symptom, item = self._offer, self._transcript.view.selected
        if symptom is None:
            return None
        hide = f"{self._keymap['symptom.dismiss'].key} hides this"
        width = self._screen_here.app.size.width
        if item is not None and item not in symptom.items:
            key, label = self._keymap["symptom.go"].key, "see it"
        else:
            key = self._keymap["capture.failed"].key
            label = "puts it into Failed approaches" if width >= WIDE else "notes it as failed"
        room = width - 2 * margin(width) - len(symptom.claim) - len(key) - len(label) - AROUND
        what = shorten_middle(symptom.what, max(LEAST, room))
        return Advice(f"{what} {symptom.claim}", (hide,), "dumb", key, label)

    def _look_for_symptoms(self) -> None:
        """Let the detectors look at what is new, away from the screen and one at a time."""
        view = self._look.seen.view
        if not self._looking and view is not None and self._symptoms.is_due(self._look.key, view):
            self._looking = True
            self._screen_here.run_worker(self._find_symptoms(), exit_on_error=False)

    async def _find_symptoms(self) -> None:
        """Look again until nothing new came meanwhile."""
        try:
            await asyncio.sleep(FIRST)
            from ...core.symptoms.finder import found_now

            while (view := self._look.seen.view) is not None:
                key = self._look.key
                if not self._symptoms.is_due(key, view):
                    return
                find = partial(found_now, view, self._load)
                self._symptoms.take(key, view, await self._bridge.supervisor.in_pool(find))
                self._draw_place()
                await asyncio.sleep(PAUSE)
        finally:
            self._looking = False

    def _say_of_capture(self, words: str) -> None:
        self._screen_here.query_one(Footer).say(words)

    @property
    def _screen_here(self) -> Screen[None]:
        return cast("Screen[None]", self)


def why_closed(keeper: Keeper) -> str | None:
    """Say why nothing can be added to the notes, `None` when it can."""
    if keeper.file is not None:
        reason = keeper.file.loaded.read_only
        return reason and f"The notes are read-only: {reason}"
    if not keeper.looked:
        return NOT_YET
    problem = keeper.problem
    return None if problem is None else f"{problem.title}. {problem.detail}"
