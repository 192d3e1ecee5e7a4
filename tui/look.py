"""One session with everything worked out that the screen draws. Frozen."""

from __future__ import annotations

import msgspec

from ..core.acting.action import Action
from ..core.acting.armed import Armed
from ..core.acting.channel import Capabilities, Reach
from ..core.acting.live import Live
from ..core.agents.base import Feed, State
from ..core.figures import Costs
from ..core.gauge import Gauge
from ..core.gitrepo import Repo
from ..core.session import Standing
from ..core.session_id import short_id
from ..core.supervisor import Key, Seen


class Look(msgspec.Struct, frozen=True):
    """A session as it was last seen. `costs` and `repo` are `None` until they are known.

    `live` is what the channel to the session tells, `None` where it is only watched. `asking` says
    why what is armed did not run; `under_way` waits for its evidence; `queues` says whether the
    agent's own queue takes a prompt while it works. `forbidden` says why this clearhead may look
    and not act.
    """

    seen: Seen
    standing: Standing
    gauge: Gauge
    title: str
    feed: Feed | None = None
    costs: Costs | None = None
    repo: Repo | None = None
    live: Live | None = None
    reach: Reach = Reach.WATCHED
    channel: str = "watched"
    capabilities: Capabilities = {}
    queues: bool = False
    armed: Armed | None = None
    asking: str | None = None
    under_way: Action | None = None
    forbidden: str | None = None

    @property
    def key(self) -> Key:
        """Agent name and session id."""
        return self.seen.key

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.standing.state is State.ENDED

    @property
    def cwd(self) -> str | None:
        """The folder the agent works in, as far as it is known."""
        return self.seen.snapshot.cwd or self.seen.sighting.cwd

    @property
    def project(self) -> str:
        """The name of the repository or folder, for titles."""
        if self.repo is not None:
            return self.repo.root.name
        place = (self.cwd or "").rstrip("/").rpartition("/")[2]
        return place or short_id(self.seen.sighting.session_id)

    @property
    def branch(self) -> str | None:
        """The branch: git's own word first, else what the transcript said."""
        if self.repo is not None and self.repo.branch:
            return self.repo.branch
        return self.seen.snapshot.branch
