"""What a course has read of the world by now: plan, repository, notes, brief, figures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from ...core.committable import Committable
from ...core.problems import NotFound, Problem
from ...core.reset.preparing import Prepared, Review, review
from ...core.reset.transaction import Begun, Closed, Status, Step, Transaction
from . import looking
from .drafting import Draft, draft
from .facts import Figures, Receiver

if TYPE_CHECKING:
    from ...core.supervisor import Key
    from ..bridge import Bridge

T = TypeVar("T")

GONE = "This session is gone."


class Known:
    """Reads in the thread pool and keeps what it found; `begun` names what it is about."""

    def __init__(self, bridge: Bridge) -> None:
        self.begun: Begun | None = None
        self.notes: tuple[str | None, str | None] = (None, None)
        """The progress file before the agent was asked, and after."""
        self.notes_ignored = False
        self.smart: int | None = None
        self.figures = (Figures(), Figures())
        """How full the session was, and the fresh one is."""
        self.draft = Draft()
        self._bridge = bridge
        self._review: Review | None = None

    # What is known

    @property
    def committable(self) -> Committable:
        """What could be committed; nothing before it was looked at."""
        return self._review.committable if self._review else Committable()

    @property
    def review(self) -> Review:
        """The repository and the notes as they were seen last; empty before."""
        return self._review or Review(Committable(), (), "", ())

    @property
    def hooks_are_new(self) -> bool:
        """Whether a hook that git would run was changed since the session began."""
        changed, begun = self.committable.hooks_changed_at, self.begun
        if changed is None or begun is None:
            return False
        return changed > (begun.session_began or begun.at)

    # Reading

    async def plan(self, key: Key, receiver: Receiver) -> Prepared:
        """Look at a session, its repository and its notes, and say what a reset would do.

        Raises:
            Problem: something cannot be read, or the session is gone.
        """
        bridge = self._bridge
        look = bridge.look(key)
        if look is None:
            raise NotFound(GONE)
        make = partial(looking.plan, look, receiver, bridge.settings, bridge.state)
        found = await self.in_pool(make)
        now = await self.in_pool(partial(looking.figures_now, look, bridge.settings))
        self.begun, self.figures = found.begun, (now, Figures())
        self.smart, self.notes_ignored = looking.smart_of(look), found.notes_ignored
        self.notes = (found.notes_text if found.notes_path else None, None)
        self._review = Review(found.committable, found.ticked, found.message, found.findings)
        return found

    def take_up(self, begun: Begun) -> None:
        """Begin with what an open reset tells of itself."""
        self.begun = begun
        self.figures = (Figures(begun.fill, None, begun.next_usd), Figures())

    async def look_again(self, transaction: Transaction) -> None:
        """Look at the repository and the notes again; both may have changed since.

        Raises:
            Problem: git cannot say.
        """
        begun, step = transaction.begun, transaction.step(Step.NOTES)
        await self._weigh_again((begun.agent, begun.session_id))
        look = partial(review, begun, self._bridge.state, looking.today())
        self._review = await self.in_pool(look)
        if step.status in {Status.DONE, Status.SKIPPED}:
            before = step.facts.get("before", self.notes[0])
            self.notes = (before, await self.in_pool(partial(looking.notes_text, begun)))

    async def _weigh_again(self, key: Key) -> None:
        """See how full the session is by now: the agent's turn for the notes has filled it on."""
        look = self._bridge.look(key)
        if look is not None and look.seen.snapshot.fill is not None:
            now = partial(looking.figures_now, look, self._bridge.settings)
            self.figures = (await self.in_pool(now), self.figures[1])

    async def draw_up(self, own_text: str | None) -> None:
        """Make the brief anew from what is there; the person's own wording is kept."""
        begun, agents = self.begun, self._bridge.supervisor.agents
        if begun is not None:
            make = partial(draft, begun, agents, self.draft.chosen, own_text)
            with suppress(Problem):
                self.draft = await self.in_pool(make)

    def choose(self, step: int) -> bool:
        """Take another of the next steps that the notes name; say whether there is one."""
        count = len(self.draft.open_steps)
        if count > 1:
            self.draft = replace(self.draft, chosen=(self.draft.chosen + step) % count)
        return count > 1

    def concluded(self, closed: Closed) -> None:
        """Take up what the result line says of the fresh session."""
        self.figures = (self.figures[0], Figures(closed.fill, None, closed.next_usd))

    async def in_pool(self, work: Callable[[], T]) -> T:
        """Do what reads files or git, away from the screen."""
        return await self._bridge.supervisor.in_pool(work)
