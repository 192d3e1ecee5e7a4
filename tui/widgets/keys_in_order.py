"""A widget for text whose keys take effect in the order in which they were pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import events

if TYPE_CHECKING:
    from textual.widget import Widget


class KeysInOrder:
    """Does at once what a key is bound to, so that no letter typed behind it overtakes it.

    Textual lets such a key rise to the app first; until it is there, letters would go on into the
    text: before the cursor has moved, the text is sent, or the leader's letters are asked for.
    """

    AS_TEXT: ClassVar[frozenset[str]] = frozenset()
    """Keys that are text here, though they print nothing."""

    async def on_key(self, event: events.Key) -> None:
        """Run the binding of a key that is no text; hand on what another screen is to have."""
        widget = cast("Widget", self)
        if widget.app.screen is not widget.screen:
            widget.app.post_message(events.Key(event.key, event.character))
        elif (
            event.is_printable
            or event.key in self.AS_TEXT
            or not await widget.app._check_bindings(event.key)  # noqa: SLF001 - as the app does
        ):
            return
        event.stop()
        event.prevent_default()
