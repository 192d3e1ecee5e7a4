"""How a screen that shows one session lets the person write to its agent, and loses no word."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from ...core.acting.action import Action, Outcome, Verb, action
from ...core.agents.base import State
from ...core.problems import NotSaved
from ...core.repo_files import files_of, top_of
from ...core.written import BETWEEN, Written, without
from ..act_reasons import act_reasons
from ..focus import focus_now
from ..messages import ArmedEnded
from ..widgets.composer.bar import Composer
from ..widgets.composer.facts import composer_facts
from ..widgets.notes.clock import Clock

if TYPE_CHECKING:
    from textual.screen import Screen

    from ...core.acting.action import Result
    from ...core.acting.armed import Undertaking
    from ...core.supervisor import Key
    from ..bridge import Bridge
    from ..command_app import CommandApp
    from ..look import Look
    from ..widgets.transcript.pane import TranscriptPane

T = TypeVar("T")

KEPT_AFTER = 0.5
"""Seconds after a key until what is written is on the disk."""


class ComposerCommands:
    """The commands of a screen that has a `_composer` and reaches sessions through `_bridge`."""

    _bridge: Bridge
    _composer: Composer
    _look: Look
    _transcript: TranscriptPane

    if TYPE_CHECKING:

        async def perform(self, wanted: Action) -> Result:
            """Carry out an action and say what came of it."""

        def _tell(self, result: Result) -> None:
            """Say what came of an action."""

        def arm(self, wanted: Action | Undertaking) -> None:
            """Let something wait for the end of the turn."""

    def __init__(self) -> None:
        super().__init__()
        self._writing_to: tuple[Key, Path] | None = None
        self._kept = ""
        self._follows = False
        self._draft_clock = Clock(self._on_screen, self._keep_draft, self.on_composer_edited)

    @cached_property
    def _written(self) -> Written:
        return Written(self._bridge.state)

    # Writing

    async def action_write_message(self) -> None:
        """Go to the composer."""
        await self._composer.write()

    def on_composer_left(self) -> None:
        """Go back to the transcript."""
        focus_now(self._transcript.view)

    def on_composer_wanted(self, message: Composer.Wanted) -> None:
        """Send what is written, queue it, or arm it, as the session and its channel can."""
        verb = Verb.STEER if message.now else Verb.PROMPT
        if (reason := act_reasons(self._look)[verb]) is not None:
            cast("CommandApp", self._on_screen.app).refuse(reason)
            return
        if message.now:
            self._begin_sending(action(verb, message.text))
            return
        busy = self._look.standing.state is State.BUSY
        wanted = action(Verb.PROMPT, message.text, queue=busy and self._look.queues)
        if busy and not self._look.queues:
            self._arm_prompt(wanted)
        else:
            self._begin_sending(wanted)

    def _begin_sending(self, wanted: Action) -> None:
        work = self._send(wanted, self._look.key)
        self._on_screen.run_worker(work, group="send", exit_on_error=False)

    def _arm_prompt(self, wanted: Action) -> None:
        """Let a prompt wait for the end of the turn; an earlier one comes back to be written on."""
        earlier = self._bridge.acting.arming.disarm(self._look.key)
        self._composer.sent(wanted.text)
        if earlier is not None:
            self._give_back(earlier.wanted)
        self.arm(wanted)

    async def _send(self, wanted: Action, key: Key) -> None:
        """Send a prompt; only one that the agent has for sure leaves the composer."""
        result = await self.perform(wanted)
        if result.outcome is Outcome.CONFIRMED:
            if self._look.key in (key, (key[0], result.session_id)):
                self._composer.sent(wanted.text)
            await self._has_gone_out(wanted.text, key)

    async def _has_gone_out(self, text: str, key: Key) -> None:
        """Keep it as sent and no longer as a draft, so that a crash brings back nothing twice."""
        folder = self._folder_of(key)
        with suppress(NotSaved):
            await self._in_pool(partial(self._written.sent_off, key, folder, text))
        if self._writing_to is not None and self._writing_to[0] == key:
            await self._keep_draft()

    def _give_back(self, wanted: Action | Undertaking) -> None:
        """Put a prompt that was not sent back into the composer."""
        if isinstance(wanted, Action) and wanted.verb is Verb.PROMPT:
            self._composer.give_back(wanted.text)

    async def on_armed_ended(self, message: ArmedEnded) -> None:
        """Tell what came of what was armed; a prompt that has not gone out comes back."""
        result = message.result
        if result is None:
            return
        if message.key == self._look.key:
            self._tell(result)
        if result.action.verb is not Verb.PROMPT:
            return
        if result.outcome is Outcome.CONFIRMED:
            await self._has_gone_out(result.action.text, message.key)
        elif message.key == self._look.key:
            self._give_back(message.wanted)

    # Drafts

    def _show_composer(self) -> None:
        """Draw the composer for the session that is shown, with what was written for it before."""
        self._composer.facts = composer_facts(self._look)
        if self._writing_to is None or self._writing_to[0] != self._look.key:
            self._keep_now()
            self._draft_clock.stop()
            follows, self._follows = self._follows, False
            key = self._look.key
            self._writing_to = (key, self._folder_of(key))
            if not follows:
                self._kept = self._prompt_that_waits
                self._composer.open("")
            work = self._open_composer(*self._writing_to, follows=follows)
            self._on_screen.run_worker(work, group="composer", exit_on_error=False)

    async def _open_composer(self, key: Key, folder: Path, *, follows: bool) -> None:
        """Show what was written for a session; what is written now goes with it where it follows.

        That is so when the agent itself went on with another session.
        """
        draft = await self._in_pool(partial(self._written.draft, key))
        sent = await self._in_pool(partial(self._written.sent, folder))
        if self._look.key != key:
            return
        self._kept = draft
        rest = without(draft, self._prompt_that_waits)
        self._composer.open(rest or (self._composer.text if follows else ""), sent)

    def on_composer_edited(self) -> None:
        """Keep what is written, soon."""
        if self._unsent != self._kept:
            self._draft_clock.set(KEPT_AFTER)

    @property
    def _unsent(self) -> str:
        """What would be lost if clearhead ended now: what is written, and the prompt that waits."""
        return BETWEEN.join(filter(None, (self._prompt_that_waits, self._composer.text)))

    @property
    def _prompt_that_waits(self) -> str:
        """The text of the prompt that is armed, "" when none is."""
        armed = self._bridge.acting.arming.armed(self._writing_to[0]) if self._writing_to else None
        waits = armed.wanted if armed else None
        return waits.text if isinstance(waits, Action) and waits.verb is Verb.PROMPT else ""

    async def _keep_draft(self) -> None:
        if self._writing_to is not None:
            text, place = self._unsent, self._writing_to
            with suppress(NotSaved):
                await self._in_pool(partial(self._written.keep_draft, *place, text))
                self._kept = text

    def _keep_now(self) -> None:
        """Keep what is written at once: the session or the screen goes."""
        if self._writing_to is not None and self._unsent != self._kept:
            with suppress(NotSaved):
                self._written.keep_draft(*self._writing_to, self._unsent)
                self._kept = self._unsent

    # Files

    def on_composer_files_wanted(self) -> None:
        """Look for the names of the files."""
        self._on_screen.run_worker(
            self._look_for_files(), group="files", exclusive=True, exit_on_error=False
        )

    async def _look_for_files(self) -> None:
        cwd = self._look.cwd
        files = await self._in_pool(partial(files_of, Path(cwd))) if cwd else ()
        self._composer.offer(files)

    def _folder_of(self, key: Key) -> Path:
        """Return the repository that the history of a session belongs to, else its folder."""
        look = self._bridge.look(key)
        return top_of(Path((look.cwd if look else None) or "/"))

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await self._bridge.supervisor.in_pool(work)

    @property
    def _on_screen(self) -> Screen[None]:
        return cast("Screen[None]", self)
