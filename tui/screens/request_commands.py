"""What a screen lets the person answer: what the agent asks for, on the card in the transcript."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...core.acting.action import Action, Outcome, Result, Verb, action
from ...core.acting.channel import Reach
from ...core.acting.live import Request, Source
from ...core.text import one_line
from ..facts import DEMO
from ..focus import focus_now
from ..keymap import Keymap
from ..widgets.footer import Footer
from ..widgets.request_card.asked import asked_of

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.agents.base import Body
    from ..look import Look
    from ..widgets.notes.pane import NotesPane
    from ..widgets.request_card.card import RequestCard
    from ..widgets.request_card.facts import Setting
    from ..widgets.transcript.pane import TranscriptPane

SETTLES = 3.0
"""Seconds that files may go on telling of a request that was answered."""

_LATE = {Source.TERMINAL, Source.TRANSCRIPT}
"""Where a request is read from files, which lag behind an answer."""

_FIRST = {
    Source.HOOK: "It was answered in its own terminal first",
    Source.TERMINAL: "It was answered in its own terminal first",
    Source.TRANSCRIPT: "It was answered in its own terminal first",
    Source.SERVER: "Another window of Codex answered it first",
    Source.STREAM: "Another clearhead answered it first, or the turn was interrupted",
}
_BY_SCRIPT = "The person in the script answered it first"
ATTACH = "It can be answered in its own terminal{place}. {key} attaches, if there is a way in."
ITS_TERMINAL = "It can be answered in its own terminal{place} only."


class RequestCommands:
    """The commands of a screen that shows `_look` with its card in `_transcript`."""

    _keymap: Keymap
    _look: Look
    _notes: NotesPane
    _transcript: TranscriptPane

    if TYPE_CHECKING:

        def _load(self, item: int) -> Body | None:
            """Load the whole text of one item."""

        def _draw_place(self) -> None:
            """Draw what depends on where the person is."""

        def _show_pane(self, *, notes: bool) -> None:
            """Show one of the panes where there is room for one only."""

        async def perform(self, wanted: Action) -> Result:
            """Carry out an action and say what came of it."""

    def __init__(self) -> None:
        super().__init__()
        self._asked: tuple[Request, ...] = ()
        self._asked_in: object = None
        self._answered: dict[str, tuple[Request, float]] = {}

    # What is asked

    def _show_requests(self) -> None:
        """Show what the session asks for now, and say what is asked no more."""
        before = self._asked if self._asked_in == self._look.key else ()
        if self._asked_in != self._look.key:
            self._answered.clear()
        asked = asked_of(self._look, self._load)
        self._asked = tuple(one for one in asked if not self._lags(one))
        self._asked_in = self._look.key
        for gone in before:
            if not any(_is(gone, one) for one in asked):
                self._tell_withdrawn(gone)
        if self._asked or self._transcript.card is not None:
            self._transcript.the_card.show(self._asked, self._setting())

    def _lags(self, request: Request) -> bool:
        """Say whether a request is one that was just answered, of which files still tell."""
        return request.source in _LATE and self._answered_here(request)

    def _recent(self) -> list[Request]:
        """Return what was answered here a moment ago."""
        now = time.monotonic()
        recent = {name: one for name, one in self._answered.items() if now - one[1] < SETTLES}
        self._answered = recent
        return [request for request, _ in recent.values()]

    def _answered_here(self, request: Request) -> bool:
        """Say whether this person has just answered it on this card."""
        return any(_is(request, one) for one in self._recent())

    def _setting(self) -> Setting:
        from ..widgets.request_card.facts import Setting

        look = self._look
        return Setting(
            agent=look.title,
            owned=look.reach is Reach.OWNED,
            home=str(Path.home()),
            root=str(look.repo.root) if look.repo else None,
            cwd=look.cwd,
            mode=look.live.mode if look.live else None,
            notes=self._notes.text or "",
            closed=self._why_closed(),
        )

    def _why_closed(self) -> str:
        """Say why nothing can be answered here, and where it can."""
        look, request = self._look, next(iter(self._asked), None)
        if look.forbidden:
            return "Started by an agent, clearhead may look and not answer."
        if request is None or request.answerable:
            return ""
        where = look.seen.sighting.place or (look.channel if "%" in look.channel else "")
        place = f" ({where.removeprefix('attached ')})" if where else ""
        if look.reach is Reach.WATCHED and request.source is Source.TRANSCRIPT:
            return ATTACH.format(place=place, key=self._keymap["session.attach"].key)
        return ITS_TERMINAL.format(place=place)

    def _tell_withdrawn(self, gone: Request) -> None:
        """Say who was first, when it was not this person on this card."""
        suggested = gone.source is Source.TRANSCRIPT
        if self._answered_here(gone) or (suggested and (self._asked or not gone.tool)):
            return
        first = _FIRST.get(gone.source or Source.STREAM)
        if self._look.ended:
            first = "The session ended"
        elif self._look.key[0] == DEMO:
            first = _BY_SCRIPT
        what = one_line(f"{gone.tool} {gone.text}".strip(), 60)
        self._say_of_request(f"{first}: {what}")

    # Focus

    def action_go_to_request(self) -> None:
        """Go to the card."""
        self._show_pane(notes=False)
        focus_now(self._transcript.the_card)

    def on_request_card_left(self, message: RequestCard.Left) -> None:
        """Go back to the transcript; it waits."""
        message.stop()
        focus_now(self._transcript.view)

    # Answers

    def on_request_card_approved(self, message: RequestCard.Approved) -> None:
        """Let it be done, once."""
        message.stop()
        self._answer(
            action(Verb.APPROVE, message.text, request=message.request.id), message.request
        )

    def on_request_card_denied(self, message: RequestCard.Denied) -> None:
        """Refuse it."""
        message.stop()
        self._answer(action(Verb.DENY, message.reason, request=message.request.id), message.request)

    def _answer(self, wanted: Action, request: Request) -> None:
        self._answered[request.id] = (request, time.monotonic())
        work = self._carry_out(wanted, request)
        self._request_screen.run_worker(work, group="answer", exit_on_error=False)

    async def _carry_out(self, wanted: Action, request: Request) -> None:
        result = await self.perform(wanted)
        if result.outcome is Outcome.CONFIRMED:
            self._answered[request.id] = (request, time.monotonic())
        else:
            self._answered.pop(request.id, None)
        self._transcript.the_card.settle(request)
        self._draw_place()

    def on_request_card_said(self, message: RequestCard.Said) -> None:
        """Say why a key did nothing."""
        message.stop()
        self._request_screen.query_one(Footer).say(message.text, warning=True)

    def _say_of_request(self, words: str) -> None:
        self._request_screen.query_one(Footer).say(words)

    @property
    def _request_screen(self) -> Screen[None]:
        return cast("Screen[None]", self)


def _is(one: Request, other: Request) -> bool:
    """Say whether two mean the same, though told by different ways and so under different ids."""
    return one.id == other.id or (one.tool, one.text) == (other.tool, other.text)
