"""What a transcript says of its session: id, folder, branch, model, mode, titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from ...events import Described
from ...model_ids import SYNTHETIC
from ...text import clean, one_line
from ...tree import Tree, short_id
from ..fields import text, text_or_none
from .content import Block
from .results import version_of

PERSON, GENERATED, FIRST = 3, 2, 1
"""Ranks of titles: a person's own beats a generated one, which beats the first prompt."""

_TITLES = {
    "agent-name": ("agentName", GENERATED),
    "ai-title": ("aiTitle", GENERATED),
    "custom-title": ("customTitle", PERSON),
}
TITLES = tuple(_TITLES)
_LONGEST = 4096
_SUMMARIES = 256
"""How many summaries wait for the record they name; most of them name other sessions."""


class Portrait(msgspec.Struct):
    """What was told until now, so that only news are reported.

    `own` is true in a sub-agent's own file, `None` until the first record of the conversation.
    """

    own: bool | None = None
    told: tuple[str | None, ...] = ()
    cwd: str = ""
    version: tuple[int, ...] = ()
    model: str = ""
    mode: str = ""
    titles: dict[str, str] = {}
    summaries: dict[int, str] = {}

    def look(self, record: Block, at: float | None) -> Iterable[Described]:
        """Report what the envelope of a record tells that is new."""
        get = record.get
        told = (get("sessionId"), get("cwd"), get("gitBranch"), get("version"), get("agentId"))
        if told == self.told:
            return ()
        session, cwd, branch, version, agent = map(text, told)
        self.told = told if all(value is None or type(value) is str for value in told) else ()
        self.cwd, self.version = path_text(cwd) or self.cwd, version_of(version) or self.version
        own, parent = self._ids(one_line(session, 200), one_line(agent, 200))
        news = Described(
            at=at,
            session_id=own or None,
            parent_session=parent or None,
            subagent=self.own or None,
            cwd=self.cwd or None,
            branch=one_line(branch, 200) or None,
            version=one_line(version, 60) or None,
        )
        return (news,)

    def _ids(self, session: str, agent: str) -> tuple[str, str]:
        """Return the session's own id and its parent's; a sub-agent's lines name the parent's."""
        if not self.own or not agent:
            return session, ""
        return agent, "" if session.removeprefix("agent-") == agent else session

    def moved(self, cwd: str) -> Iterator[Described]:
        """Report a new folder."""
        if cwd and cwd != self.cwd:
            self.cwd = cwd
            yield Described(cwd=cwd)

    def answered_by(self, model: str, at: float | None) -> Iterator[Described]:
        """Report another model than before."""
        if model and model not in {self.model, SYNTHETIC}:
            self.model = model
            yield Described(at=at, model=model)

    def switched(self, mode: str) -> Iterator[Described]:
        """Report another permission mode than before."""
        mode = one_line(mode, 60)
        if mode and mode != self.mode:
            self.mode = mode
            yield Described(mode=mode)

    def begun(self, first_words: str) -> Iterator[Described]:
        """Name a sub-agent by the first words that its parent gave it."""
        if not self.titles:
            title = self.titles["first"] = one_line(first_words)
            yield Described(title=title, title_rank=FIRST)

    def titled(self, record: Block, kind: str) -> Iterator[Described]:
        """Report a title; the client appends the same one again and again."""
        key, rank = _TITLES[kind]
        title = one_line(text(record.get(key)))
        if title and self.titles.get(kind) != title:
            self.titles[kind] = title
            yield Described(title=title, title_rank=rank)

    def summed_up(self, record: Block, tree: Tree) -> Iterator[Described]:
        """Take a `summary`: a title if it names a record of this file, now or later."""
        leaf, title = text_or_none(record.get("leafUuid")), one_line(text(record.get("summary")))
        if leaf is None or not title:
            return
        if tree.branch(leaf) is not None:
            yield Described(title=title, title_rank=GENERATED)
        elif len(self.summaries) < _SUMMARIES:
            self.summaries[short_id(leaf)] = title

    def met(self, name: str) -> Iterator[Described]:
        """Report the title that an earlier summary gave to a record met now."""
        title = self.summaries.pop(short_id(name), None)
        if title:
            yield Described(title=title, title_rank=GENERATED)


def path_text(path: str) -> str:
    """Return a path as it can be shown and compared."""
    return clean(path[:_LONGEST]).replace("\n", " ")
