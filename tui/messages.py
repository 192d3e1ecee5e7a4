"""Messages that cross the border between the core and the screen; all are past tense and small."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from ..core.acting.action import Action, Result
from ..core.acting.armed import Undertaking
from ..core.acting.live import Reply
from ..core.supervisor import Key
from .look import Look


@dataclass
class SessionChanged(Message, bubble=False):
    """A session was seen anew; only the newest look at it is worth drawing."""

    look: Look

    def can_replace(self, message: Message) -> bool:
        """Drop an older look at the same session that nobody has drawn yet."""
        return isinstance(message, SessionChanged) and message.look.key == self.look.key


@dataclass
class ReplyGrown(Message, bubble=False):
    """The reply of a session has grown, and nothing else has changed."""

    key: Key
    reply: Reply | None

    def can_replace(self, message: Message) -> bool:
        """Drop shorter words of the same reply that nobody has drawn yet."""
        return isinstance(message, ReplyGrown) and message.key == self.key


@dataclass
class SessionsChanged(Message, bubble=False):
    """Sessions came, went or changed their state."""

    def can_replace(self, message: Message) -> bool:
        """One of these is enough."""
        return isinstance(message, SessionsChanged)


@dataclass
class SessionSucceeded(Message, bubble=False):
    """A process went on with another session: after `/clear`, or when it resumed one."""

    old: Key
    new: Key


@dataclass
class SessionBegan(Message, bubble=False):
    """A session began, and it is none that a process went on with."""

    key: Key


@dataclass
class ArmedEnded(Message, bubble=False):
    """Something that was armed has run; an undertaking has no result of its own."""

    key: Key
    wanted: Action | Undertaking
    result: Result | None


@dataclass
class CameBack(Message, bubble=False):
    """The person is back after an absence."""


@dataclass
class SessionWanted(Message):
    """The person chose a session to look at."""

    key: Key
