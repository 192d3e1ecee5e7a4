"""The card: it shows what an agent asks for, whole, and takes the person's answer by two keys."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer

from ....core.acting.live import Request
from ....core.agents.base import Waiting
from ...command import Context
from ...commands import bindings
from ...focus import focus_now
from ...keymap import Keymap
from ..line import margin
from . import two_keys
from .excerpt import Excerpt
from .face import Card, excerpt_for, face_of, inner
from .facts import Setting, why_closed
from .field import Field, FieldRow
from .foot import GONE, Foot, Names, hindrance, rows_of
from .painted import CardFace
from .two_keys import TwoKeys, same
from .writing import Writing

ANSWERS_ONLY = "This is a question: {run}, then your answer."
EMPTY_ANSWER = "There is no answer yet. Type one, or go back with Esc."
WRITES = "An answer is being written: Enter there sends it, Esc leaves it."
ALONE = "Nothing else waits for an answer."


class RequestCard(Vertical, can_focus=True):
    """Shows requests, one at a time; nothing is sent here: its messages say what the person wants.

    Only keys that are pressed while it has the focus count, and only on the request that it shows.
    """

    CONTEXT: ClassVar = Context.REQUEST
    BINDINGS = bindings(CONTEXT)

    DEFAULT_CSS: ClassVar[str] = """
    RequestCard { height: auto; display: none; background: $bg; }
    """

    @dataclass
    class Approved(Message):
        """The person wants this to be done, once. `text` answers a question."""

        request: Request
        text: str = ""

    @dataclass
    class Denied(Message):
        """The person refuses; the reason may be empty."""

        request: Request
        reason: str

    @dataclass
    class Left(Message):
        """The person wants to answer later, or has nothing left to answer."""

    @dataclass
    class Said(Message):
        """A key did nothing, and why."""

        text: str

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(id="request")
        self._keymap, self._names = keymap, Names.of(keymap)
        self._requests: tuple[Request, ...] = ()
        self._setting = Setting()
        self._at = 0
        self._top = 0
        self._most = 0
        self._width = 0
        self._sent: Request | None = None
        self._writing: Writing | None = None
        self._keys = TwoKeys()
        self._pressed = 0.0
        self._expiry: Timer | None = None
        self._later: tuple[tuple[Request, ...], Setting] | None = None
        """What is asked by now, while the person still writes an answer to something else."""

    def compose(self) -> ComposeResult:
        """Lay out the face and the line below it."""
        yield CardFace()
        yield FieldRow()

    # What the screen tells

    @property
    def request(self) -> Request | None:
        """What is shown now."""
        return self._requests[self._at] if self._requests else None

    @property
    def count(self) -> int:
        """How many requests wait."""
        return len(self._requests)

    @property
    def closed(self) -> str:
        """Say why the request cannot be answered from here; "" when it can."""
        return "" if self.request is None else why_closed(self.request, self._setting)

    @property
    def armed(self) -> bool:
        """Whether the first of the two keys was pressed and still counts."""
        return self._keys.armed

    @property
    def whole(self) -> bool:
        """Whether every line was on the screen."""
        request = self.request
        return request is not None and request.whole and not self._unseen

    def show(self, requests: tuple[Request, ...], setting: Setting) -> None:
        """Show what waits for an answer.

        Who is writing an answer to something that is asked no more keeps the line until they leave
        it: what they type then must not run as keys.
        """
        self._later = None
        known = self.request
        if self._writing is not None and not any(same(known, one) for one in requests):
            self._later = requests, setting
            self.draw()
            return
        self._requests, self._setting = requests, setting
        here = (n for n, one in enumerate(requests) if known and one.id == known.id)
        self._at = next(here, min(self._at, max(0, len(requests) - 1)))
        if self._keys.appeared(self.request, time.monotonic()):
            self._begin_anew()
        self.display = bool(requests)
        self.draw()

    def _begin_anew(self) -> None:
        """Forget what belongs to the request that stood here before."""
        self._top = 0
        self._sent = None
        if self.is_mounted:
            self._face.painted = 0
        if not self._requests and self.has_focus_within:
            self.post_message(self.Left())

    def fit(self, most: int) -> None:
        """Take at most so many rows."""
        if most != self._most:
            self._most = most
            self.draw()

    def settle(self, request: Request) -> None:
        """Take keys again: what was sent has an outcome, and the request may still be open."""
        if self._sent is not None and same(self._sent, request):
            self._sent = None
            self.draw()

    # Drawing

    @property
    def _row(self) -> FieldRow:
        return self.query_one(FieldRow)

    @property
    def _edge(self) -> int:
        return margin(self.app.size.width)

    def _excerpt(self, request: Request) -> Excerpt:
        return excerpt_for(request, self.size.width, self._edge)

    @property
    def _unseen(self) -> int:
        """How many lines were not on the screen yet."""
        if self.request is None:
            return 0
        excerpt = self._excerpt(self.request)
        return excerpt.count - excerpt.shown(self._face.painted)

    def _foot(self, request: Request) -> Foot:
        return Foot(
            request=request,
            setting=self._setting,
            names=self._names,
            focused=self.has_focus,
            armed=self._keys.armed,
            sent=self._sent is not None,
            unseen=self._unseen,
            writing=self._sentence(),
        )

    def _sentence(self) -> str:
        """Say what comes of what is being written."""
        if self._writing is None:
            return ""
        return self._writing.sentence if self._later is None else GONE

    def draw(self) -> None:
        """Draw what is known for the present size."""
        request, width = self.request, self.size.width
        if not self.is_mounted or request is None or width == 0:
            return
        card = Card(
            request=request,
            setting=self._setting,
            foot=rows_of(self._foot(request), inner(width, self._edge)),
            now=time.time(),
            top=self._top,
            shown=self._face.painted,
            place=(self._at + 1, len(self._requests)),
            more_key=self._names.page,
        )
        writing = self._writing is not None
        face = face_of(card, width, self._edge, max(6, self._most - writing))
        self._top = face.top
        self._face.show(face)
        if writing:
            self._row.fit(width, self._edge)

    def on_resize(self) -> None:
        """Draw for the new width; lines that break otherwise are to be seen again, unless all were.

        What was wholly seen stays seen, however wide it is shown.
        """
        width, request = self.size.width, self.request
        if width != self._width and request is not None:
            before = len(excerpt_for(request, self._width, self._edge).lines)
            seen = bool(self._width) and self._face.painted >= before
            self._top = 0
            self._face.painted = len(self._excerpt(request).lines) if seen else 0
        self._width = width
        self.draw()

    @on(CardFace.Painted)
    def _painted(self, message: CardFace.Painted) -> None:
        """Say what was seen."""
        message.stop()
        self.draw()

    @property
    def _face(self) -> CardFace:
        return self.query_one(CardFace)

    # Keys

    def on_key(self, event: events.Key) -> None:
        """Note when a key was pressed; any but the second one takes the first one back."""
        self._pressed = event.time
        if event.key not in self._keymap["request.run"].keys.split() and self._keys.disarm():
            self.draw()

    def on_blur(self) -> None:
        """Whoever goes elsewhere has not approved."""
        self._disarm()

    def on_focus(self) -> None:
        """Show the keys."""
        self.draw()

    def _disarm(self) -> None:
        self._keys.disarm()
        self.draw()

    def _when(self) -> float:
        """Return when the key was pressed that is acted on; a click has no key and is now."""
        pressed, self._pressed = self._pressed, 0.0
        return pressed or time.monotonic()

    def _hindrance(self, *, approving: bool = True) -> str:
        """Say why the request cannot be answered now; "" when it can."""
        if self.request is None:
            return "Nothing is asked."
        if self._writing is not None:
            return WRITES
        return hindrance(self._foot(self.request), approving=approving)

    def action_arm_request(self) -> None:
        """Press the first of the two keys."""
        at, request = self._when(), self.request
        reason = self._hindrance()
        if not reason and request is not None and request.kind is Waiting.INPUT:
            reason = ANSWERS_ONLY.format(run=self._names.run)
        reason = reason or self._keys.arm(at) or ""
        if reason:
            self.post_message(self.Said(reason))
            return
        if self._expiry is not None:
            self._expiry.stop()
        self._expiry = self.set_timer(two_keys.LASTS, self._disarm)
        self.draw()

    def action_run_request(self) -> None:
        """Press the second of the two keys: it is done once, or nothing happens and is said."""
        at, request = self._when(), self.request
        if request is not None and request.kind is Waiting.INPUT:
            self._begin_writing(at, answering=True)
            return
        names = {"arm": self._names.arm, "run": self._names.run}
        reason = self._hindrance() or self._keys.run(request, at, **names)
        if reason or request is None:
            self.post_message(self.Said(reason))
        else:
            self._send(self.Approved(request))
        self.draw()

    def action_refuse_request(self) -> None:
        """Ask for the reason; Enter there refuses."""
        self._begin_writing(self._when(), answering=False)

    def action_answer_later(self) -> None:
        """Leave the request waiting."""
        self.post_message(self.Left())

    def action_other_request(self, step: int) -> None:
        """Look at another request that waits."""
        if len(self._requests) < 2:
            self.post_message(self.Said(ALONE))
            return
        self._at = (self._at + step) % len(self._requests)
        self._keys.appeared(self.request, time.monotonic())
        self._begin_anew()
        self.draw()

    # Answers in words

    def _begin_writing(self, at: float, *, answering: bool) -> None:
        """Let the person write, unless the key was pressed too soon or nothing can be answered."""
        request = self.request
        reason = self._hindrance(approving=answering)
        if not reason and self._keys.too_soon(at):
            reason = two_keys.TOO_SOON
        if reason or request is None:
            self.post_message(self.Said(reason))
            return
        self._writing = Writing(request, answering)
        self._begin_line(self._writing)
        self.draw()

    def _begin_line(self, writing: Writing) -> None:
        secret = writing.asked is not None and writing.asked.secret
        self._row.begin(writing.label, writing.hint, secret=secret)

    @on(Field.Sent)
    def _take_words(self, message: Field.Sent) -> None:
        message.stop()
        writing = self._writing
        if writing is None or self._later is not None:
            self._close_field()
            self.post_message(self.Said(two_keys.OTHER))
        elif writing.answering and not message.text:
            self.post_message(self.Said(EMPTY_ANSWER))
        elif (whole := writing.take(message.text)) is None:
            self._begin_line(writing)
            self.draw()
        else:
            self._close_field()
            sent = self.Approved if writing.answering else self.Denied
            self._send(sent(writing.request, whole))

    @on(Field.Left)
    def _leave_field(self, message: Field.Left) -> None:
        message.stop()
        self._close_field()

    def _close_field(self) -> None:
        """Take the line away; what came meanwhile is shown now, and is deaf for a moment."""
        focused, self._writing = self._row.has_focus_within, None
        self._row.end()
        if focused:
            focus_now(self)
        if self._later is not None:
            self.show(*self._later)
        self.draw()

    def _send(self, message: Approved | Denied) -> None:
        self._sent = message.request
        self.post_message(message)
        self.draw()

    # Reading

    def action_scroll_request(self, pages: int) -> None:
        """Go through what is asked for, by screens."""
        face = self._face.face
        if face is not None:
            self._scroll(pages * max(1, face.rows - 1))

    def action_move_request(self, lines: int) -> None:
        """Go through what is asked for, by lines."""
        self._scroll(lines)

    def _scroll(self, lines: int) -> None:
        self._top = max(0, self._top + lines)
        self.draw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go on."""
        event.stop()
        self._scroll(2)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go back."""
        event.stop()
        self._scroll(-2)
