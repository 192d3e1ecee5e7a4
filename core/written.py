"""What people write to agents: the unsent draft of each session, and what each folder was sent.

Both hold text, so they are open to their owner only, bounded, and erased by `clearhead forget`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from .clock import Clock, SystemClock
from .kept import DAYS
from .storage import Schema, not_saved, read_state, write_private

MOST = 100
"""Messages of one folder that are kept, the newest."""

BYTES = 256 * 1024
"""Bytes of them that are kept; a longer message is not kept at all."""

BETWEEN = "\n\n"
"""What stands in a draft between a prompt that waits to be sent and what was written since."""

Key = tuple[str, str]
"""Agent name and session id."""


class Sent(msgspec.Struct, frozen=True):
    """One message that was sent; `at` is epoch seconds."""

    text: str
    at: float


class _Page(msgspec.Struct, frozen=True):
    """A file of either store: whose folder it belongs to, and the messages or the one draft."""

    folder: str
    texts: tuple[Sent, ...] = ()


_SCHEMA: Schema[_Page] = Schema(_Page)


class Written:
    """The two stores, in the state folder. Every method reads or writes the disk."""

    def __init__(self, state: Path, *, clock: Clock | None = None) -> None:
        self._sent = state / "messages" / "sent"
        self._drafts = state / "messages" / "drafts"
        self._clock = clock or SystemClock()

    def sent(self, folder: Path) -> tuple[str, ...]:
        """Return what was sent from a folder, the latest last."""
        return tuple(message.text for message in self._fresh(self._sent / _name(str(folder))))

    def remember(self, folder: Path, text: str) -> None:
        """Add a message to what was sent from a folder; the same one is kept once, as the latest.

        Raises:
            NotSaved: the state folder cannot be written.
        """
        place = self._sent / _name(str(folder))
        text = _whole(text)
        before = [message for message in self._fresh(place) if message.text != text]
        texts = tuple(_bounded([*before, Sent(text, self._clock.now())]))
        write_private(place, _SCHEMA.encode(_Page(str(folder), texts)))

    def draft(self, key: Key) -> str:
        """Return what was typed for a session and not sent; empty when there is nothing."""
        page = _read(self._drafts / _name(*key))
        return page.texts[0].text if page.texts else ""

    def keep_draft(self, key: Key, folder: Path, text: str) -> None:
        """Keep what is typed for a session, in place of an earlier draft; nothing when empty.

        Raises:
            NotSaved: the state folder cannot be written; the earlier draft is as it was.
        """
        place = self._drafts / _name(*key)
        if text:
            page = _Page(str(folder), (Sent(_whole(text), self._clock.now()),))
            write_private(place, _SCHEMA.encode(page))
        else:
            with suppress(OSError):
                place.unlink()

    def sent_off(self, key: Key, folder: Path, text: str) -> None:
        """Take what was sent out of a session's draft, and add it to what was sent from a folder.

        Raises:
            NotSaved: the state folder cannot be written.
        """
        draft = self.draft(key)
        if (rest := without(draft, text)) != draft:
            self.keep_draft(key, folder, rest)
        self.remember(folder, text)

    def holdings(self, root: Path | None = None) -> tuple[int, int]:
        """Return how many texts are kept of all folders, or of those below `root`, and bytes."""
        pages = list(self._pages(root))
        return sum(len(page.texts) for _, page in pages), sum(p.stat().st_size for p, _ in pages)

    def forget(self, root: Path | None = None) -> None:
        """Erase the texts of all folders, or of those below `root`.

        Raises:
            NotSaved: something could not be erased.
        """
        for place, _ in tuple(self._pages(root)):
            try:
                place.unlink(missing_ok=True)
            except OSError as error:
                raise not_saved(place, error) from error

    def sweep(self) -> None:
        """Erase what is too old."""
        horizon = self._clock.now() - DAYS * 24 * 3600
        for place, page in tuple(self._pages(None)):
            if all(message.at < horizon for message in page.texts):
                with suppress(OSError):
                    place.unlink()

    def _fresh(self, place: Path) -> list[Sent]:
        horizon = self._clock.now() - DAYS * 24 * 3600
        return [message for message in _read(place).texts if message.at >= horizon]

    def _pages(self, root: Path | None) -> Iterator[tuple[Path, _Page]]:
        for store in (self._sent, self._drafts):
            for place in sorted(store.glob("*.json")):
                page = _read(place)
                if root is None or Path(page.folder).is_relative_to(root):
                    yield place, page


def without(draft: str, prompt: str) -> str:
    """Return what stands in a draft behind a prompt that was kept with it."""
    if not prompt or not draft.startswith(prompt):
        return draft
    return draft.removeprefix(prompt).removeprefix(BETWEEN)


def _read(place: Path) -> _Page:
    """Return a page; one that cannot be read is set aside and counts as empty."""
    page, _ = read_state(place, _SCHEMA.decode)
    return page or _Page("")


def _whole(text: str) -> str:
    """Return text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()


def _bounded(texts: list[Sent]) -> list[Sent]:
    """Return the newest messages that are few and short enough, in their order."""
    kept: list[Sent] = []
    size = 0
    for message in reversed(texts):
        size += len(message.text.encode(errors="surrogatepass"))
        if len(kept) == MOST or size > BYTES:
            break
        kept.append(message)
    return kept[::-1]


def _name(*parts: str) -> str:
    return sha256(os.fsencode("\0".join(parts))).hexdigest()[:32] + ".json"
