"""Permission requests of Claude Code sessions in anyone's terminal, and the answers to them.

The permission hook (`hook_commands`) writes a request as a file and waits for a file with the
answer. The dialog in the terminal stays open meanwhile: whoever answers first is heard. The client
does not end the hook when the person was first, so a request also ends when its session no longer
waits, or when the next one has come.

    runtime folder/listening/SESSION/PID         a clearhead that listens
                   requests/SESSION/CLIENT-HOOK.json, .answer
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ...acting.ancestry import agent_ancestor
from ...acting.live import Request, Source
from ...paths import make_folder
from ...problems import Problem
from ...storage import not_saved, write_private
from ..base import State
from ..fields import mapping, text
from ..processes import process
from .hook_commands import mail_folder
from .portrait import path_text
from .registry import read_registry
from .requests import answered, request_of

LARGEST = 4_000_000
"""Bytes of a request; what is larger cannot be shown whole, so it cannot be answered here."""

REGISTERED = 1.0
"""Seconds after a request within which the client's registry says that it waits."""

REFUSED = "The person refused this in clearhead."
"""What the agent is told when no reason is given."""

_LISTENERS: Counter[Path] = Counter()
"""How many mailboxes of this process listen at each place: the last one to stop takes it away."""

_SESSION_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_NAME = re.compile(r"(?P<client>\d{1,10})-(?P<hook>\d{1,10})")


class NotForAgents(Problem):
    """An agent, or a program that it started, wants to answer for the person."""

    title = "An agent cannot answer for you"


class _Letter(msgspec.Struct, frozen=True):
    """A request as it lies there; `mark` tells it from a later one of the same name."""

    path: Path
    session_id: str
    client: int
    mark: int
    agent_id: str
    request: Request
    given: dict[str, Any]


class Mailbox:
    """Hears the permission requests of the sessions it listens to, and answers them."""

    def __init__(self, folders: Sequence[Path] = (), mail: Path | None = None) -> None:
        """Hear sessions of clients with these configuration folders; `mail` is for trials.

        Raises:
            UnsafeFolder: others could reach into the folder.
        """
        self._folders = tuple(folders)
        self._mail = mail or mail_folder()
        self._listening: set[str] = set()
        self._shown: dict[str, _Letter] = {}

    def listen(self, session_id: str) -> None:
        """Hear the requests of a session from now on; nothing happens for an id of no session.

        Raises:
            NotSaved: the hook could not be told.
        """
        if not _SESSION_ID.fullmatch(session_id):
            return
        folder = self._requests(session_id)
        try:
            make_folder(folder)
        except OSError as error:
            raise not_saved(folder, error) from error
        listener = self._listener(session_id)
        write_private(listener, b"")
        if session_id not in self._listening:
            self._listening.add(session_id)
            _LISTENERS[listener] += 1

    def stop(self, session_id: str) -> None:
        """Hear a session no more; what waits there is left to the terminal."""
        if session_id not in self._listening:
            return
        self._listening.discard(session_id)
        self._shown = {
            name: letter for name, letter in self._shown.items() if letter.session_id != session_id
        }
        listener = self._listener(session_id)
        _LISTENERS[listener] -= 1
        if _LISTENERS[listener] > 0:
            return
        del _LISTENERS[listener]
        with suppress(OSError):
            listener.unlink()
        for folder in (listener.parent, self._requests(session_id)):
            with suppress(OSError):
                folder.rmdir()

    def close(self) -> None:
        """Hear nothing any more."""
        for session_id in tuple(self._listening):
            self.stop(session_id)

    def requests(self, session_id: str | None = None) -> tuple[Request, ...]:
        """Return what waits for an answer in all sessions, or in one; the oldest first."""
        wanted = (one for one in self._look() if session_id in {None, one.session_id})
        return tuple(one.request for one in wanted)

    def by_session(self) -> dict[str, tuple[Request, ...]]:
        """Return what waits for an answer by session, the oldest first; the others are left out."""
        found: dict[str, tuple[Request, ...]] = {}
        for letter in self._look():
            found[letter.session_id] = (*found.get(letter.session_id, ()), letter.request)
        return found

    def _look(self) -> list[_Letter]:
        """Look at every session that is listened to, and remember what is shown from now on."""
        letters: list[_Letter] = []
        for each in sorted(self._listening):
            letters += self._standing(self._letters(each))
        self._shown = {letter.request.id: letter for letter in letters}
        return sorted(letters, key=lambda one: one.mark)

    def answer(self, request_id: str, allow: bool, message: str = "") -> bool:
        """Answer a request that `requests` returned; false when it is gone or was answered.

        `message` is the reason of a refusal, or the answers to questions, a line for each.
        What the answer did stands in the session's own files, not here.

        Raises:
            NotForAgents: this process was started by an agent.
            NotSaved: the answer could not be written.
        """
        if by := agent_ancestor(os.getpid()):
            raise NotForAgents(f"This clearhead runs within an agent's session ({by}).")
        letter = self._shown.get(request_id)
        if letter is None or not letter.request.answerable or not _is_there(letter):
            return False
        if allow and letter.request.questions and not message.strip():
            return False
        draft = letter.path.with_suffix(f".{os.getpid()}")
        given = answered(letter.given, message) if letter.request.questions else None
        write_private(draft, decision(allow=allow, message=message, given=given))
        try:
            os.link(draft, letter.path.with_suffix(".answer"))
        except FileExistsError:
            return False
        except OSError as error:
            raise not_saved(draft, error) from error
        finally:
            draft.unlink(missing_ok=True)
        del self._shown[request_id]
        return True

    async def watch(self, changed: Callable[[], None]) -> None:
        """Tell `changed` whenever a request may have come or gone; ends when it is cancelled."""
        import asyncio

        from ...watching import changes

        folder = self._mail / "requests"
        make_folder(folder)
        async for _ in changes((folder,), (), asyncio.Event()):
            changed()

    def _listener(self, session_id: str) -> Path:
        return self._mail / "listening" / session_id / str(os.getpid())

    def _requests(self, session_id: str) -> Path:
        return self._mail / "requests" / session_id

    def _letters(self, session_id: str) -> list[_Letter]:
        found = self._requests(session_id).glob("*.json")
        return [letter for path in found if (letter := _letter(path, session_id))]

    def _standing(self, letters: list[_Letter]) -> list[_Letter]:
        """Return the requests that are still open, and let the hooks of the others go."""
        standing = []
        for letter in letters:
            if _overtaken(letter, letters) or self._answered_elsewhere(letter):
                _sweep(letter.path)
            elif not letter.path.with_suffix(".answer").exists():
                standing.append(letter)
        return standing

    def _answered_elsewhere(self, letter: _Letter) -> bool:
        """Say whether the client tells that it waits for nothing any more.

        A slow client tells late that it waits: what it said before it asked counts for nothing.
        """
        asked = letter.request.since
        if time.time() - asked < REGISTERED:
            return False
        clients = (client for folder in self._folders for client in read_registry(folder).live)
        told = next((client for client in clients if client.pid == letter.client), None)
        if told is None or (told.since is not None and told.since <= asked):
            return False
        return told.state not in {None, State.WAITING, State.UNKNOWN}


def decision(*, allow: bool, message: str = "", given: dict[str, Any] | None = None) -> bytes:
    """Return what the hook prints: the client's own words for yes or no.

    `given` is the input that the tool is to have instead of its own.
    """
    said: dict[str, Any] = {"behavior": "allow"}
    if allow and given is not None:
        said["updatedInput"] = given
    if not allow:
        said = {"behavior": "deny", "message": message or REFUSED}
    event = {"hookEventName": "PermissionRequest", "decision": said}
    return msgspec.json.encode({"hookSpecificOutput": event})


def sweep(mail: Path) -> None:
    """Delete what processes left that are gone: listeners and requests."""
    for listener in mail.glob("listening/*/*"):
        if not listener.name.isdigit() or process(int(listener.name)) is None:
            with suppress(OSError):
                listener.unlink()
    for path in mail.glob("requests/*/*"):
        name = _NAME.fullmatch(path.stem)
        if name is None or process(int(name["hook"])) is None:
            with suppress(OSError):
                path.unlink()
    for folder in (*mail.glob("listening/*"), *mail.glob("requests/*")):
        with suppress(OSError):
            folder.rmdir()


def _letter(path: Path, session_id: str) -> _Letter | None:
    """Return a request; `None` for what is no request of ours, which stays, or has no hook."""
    name = _NAME.fullmatch(path.stem)
    if name is None:
        return None
    hook = process(int(name["hook"]))
    if hook is None or hook.parent != int(name["client"]):
        _sweep(path)
        return None
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                return None
            content = file.read(LARGEST + 1)
        told = {"session_id": session_id} if len(content) > LARGEST else _decoded(content)
    except (OSError, ValueError, RecursionError):
        return None
    if text(told.get("session_id")) != session_id:
        return None
    return _Letter(
        path=path,
        session_id=session_id,
        client=int(name["client"]),
        mark=found.st_mtime_ns,
        agent_id=text(told.get("agent_id")),
        request=_request(told, f"{path.stem}-{found.st_mtime_ns}", found.st_mtime),
        given=mapping(told.get("tool_input")),
    )


def _decoded(content: bytes) -> dict[str, Any]:
    return mapping(msgspec.json.decode(content))


def _request(told: dict[str, Any], name: str, since: float) -> Request:
    tool, given = text(told.get("tool_name")), mapping(told.get("tool_input"))
    if not tool:
        return Request(
            id=name,
            tool="a tool",
            text="Too large to show.",
            since=since,
            answerable=False,
            source=Source.HOOK,
        )
    return request_of(
        name,
        tool,
        given,
        since,
        Source.HOOK,
        cwd=path_text(text(told.get("cwd"))) or None,
        mode=text(told.get("permission_mode")),
    )


def _overtaken(letter: _Letter, letters: list[_Letter]) -> bool:
    """Say whether the same agent of the same client asks something newer: it asks one by one."""
    same = (
        one for one in letters if (one.client, one.agent_id) == (letter.client, letter.agent_id)
    )
    return any(one.mark > letter.mark for one in same)


def _is_there(letter: _Letter) -> bool:
    try:
        return letter.path.stat().st_mtime_ns == letter.mark
    except OSError:
        return False


def _sweep(path: Path) -> None:
    """Take a request away; a hook that still waits for its answer then ends."""
    for suffix in (".json", ".answer", ".part"):
        with suppress(OSError):
            path.with_suffix(suffix).unlink()
