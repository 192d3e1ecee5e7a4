"""Claude Code's transcript → events, record by record.

Records with a `uuid` form a tree: the conversation, several lines for one message, several branches
after a rewind. Records without one say something about the session. No schema is published; what
is read here was seen in files of 2.0.64 to 2.1.330.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from ...events import (
    AnyEvent,
    Compacted,
    Ended,
    Noted,
    RecordSkipped,
    Retried,
    TurnEnded,
)
from ...items import Kind
from ...model_ids import SYNTHETIC
from ...text import one_line
from ...tree import Tree, TreeState
from ..fields import count, mapping, moment, text, text_or_none
from ..records import Record
from .accounts import UNNAMED, Accounts, AccountsState
from .content import blocks_of, message_of, model_of
from .desk import Desk, Line
from .early import Early
from .notes import (
    NOTED_PLAIN,
    NOTED_SYSTEM,
    QUIET_PLAIN,
    QUIET_SYSTEM,
    Note,
    api_reason,
    attachment_note,
    plain_note,
    system_note,
)
from .portrait import TITLES, Portrait, path_text
from .prompts import Voice, Words, queued_words, words_of
from .speech import failure, reply, results, spoken
from .thread import Thread
from .waiting import Queue

_SPEAKING = {"user", "assistant"}
_ENDS = {"end_turn", "refusal", "stop_sequence"}
"""Why a response stops when the agent has nothing more to do."""


class Memory(msgspec.Struct, array_like=True):
    """Everything a reader remembers, for the checkpoint on disk."""

    tree: TreeState
    accounts: AccountsState
    desk: Desk
    portrait: Portrait
    queue: Queue
    turn: bool | None
    early: Early


class ClaudeReader:
    """Reads one transcript. `own` is true for a sub-agent's own file, `None` if it must be seen.

    `turn` is whether a turn runs, `None` while a slice has not told.
    """

    def __init__(self, *, own: bool | None = None) -> None:
        self._accounts = Accounts()
        self._thread = Thread(Tree(), self._accounts)
        self._desk = Desk()
        self._portrait = Portrait(own=own)
        self._queue = Queue()
        self._turn: bool | None = None
        self._early = Early()
        self._chained: dict[str, Callable[[Line, list[Words]], Iterator[AnyEvent]]] = {
            "assistant": self._assistant,
            "attachment": self._attachment,
            "progress": self._progress,
            "system": self._system,
            "user": self._user,
        }

    def read(self, record: Record) -> Iterable[AnyEvent]:
        """Return the events of one record, in order; of others with it that waited for it."""
        chained = text(record.value.get("type")) in self._chained
        found = self._early.in_order(record, chained=chained)
        return [event for one in found for event in self._read(one)]

    def _read(self, record: Record) -> Iterator[AnyEvent]:
        kind = text(record.value.get("type"))
        return self._chain(kind, record) if kind in self._chained else self._apart(kind, record)

    def freeze(self) -> bytes:
        """Return the reader's memory."""
        memory = Memory(
            self._thread.tree.freeze(),
            self._accounts.freeze(),
            self._desk,
            self._portrait,
            self._queue,
            self._turn,
            self._early,
        )
        return msgspec.msgpack.encode(memory)

    def thaw(self, memory: bytes) -> None:
        """Take up a memory that `freeze` gave out; `ValueError` if it is none."""
        try:
            known = msgspec.msgpack.decode(memory, type=Memory)
        except msgspec.MsgspecError as error:
            raise ValueError("this is no reader's memory") from error
        self._accounts = Accounts.thaw(known.accounts)
        self._thread = Thread(Tree.thaw(known.tree), self._accounts)
        self._desk, self._portrait, self._queue = known.desk, known.portrait, known.queue
        self._turn, self._early = known.turn, known.early

    def _chain(self, kind: str, record: Record) -> Iterator[AnyEvent]:
        """Read a record of the conversation: first where it belongs, then what it says."""
        value, portrait = record.value, self._portrait
        message = message_of(value)
        blocks = blocks_of(message.get("content"))
        line = Line(value, record.span, moment(value.get("timestamp")), message, blocks)
        aside = value.get("isSidechain") is True
        if portrait.own is None and (kind in _SPEAKING or not aside):
            portrait.own = aside
        if aside and not portrait.own:
            line.agent_id = one_line(text(value.get("agentId"))) or UNNAMED
        else:
            yield from portrait.look(value, line.at)
        name = text_or_none(value.get("uuid"))
        if self._thread.holds(name):
            yield from self._again(kind, line)
            return
        words = _words(kind, line)
        yield from self._place(kind, name, line, words)
        yield from self._chained[kind](line, words)

    def _again(self, kind: str, line: Line) -> Iterator[AnyEvent]:
        """Read a line that stands in the file already: only its figures may have grown."""
        if kind == "assistant":
            yield from self._accounts.answered(line, repeated=True)

    def _place(
        self, kind: str, name: str | None, line: Line, words: list[Words]
    ) -> Iterator[AnyEvent]:
        """Find the branch of a line, and follow a person who went back or came back."""
        main = line.agent_id is None
        if kind == "user" and main and not self._portrait.own and _by_person(words):
            yield from self._end(line, only_if_running=True)
            yield from self._thread.prompt(line, name, self._desk.count)
        else:
            self._thread.place(line, name)
        if name is not None and self._portrait.summaries:
            yield from self._portrait.met(name)
        if main and kind in {"assistant", "user"}:
            yield from self._thread.take(line.branch, line.at)

    def _assistant(self, line: Line, _words: list[Words]) -> Iterator[AnyEvent]:
        value, main = line.value, line.agent_id is None
        model = model_of(text(line.message.get("model")))
        if value.get("isApiErrorMessage") is True:
            yield from failure(self._desk, line)
            self._turn = False if main else self._turn
            return
        if main:
            yield from self._portrait.answered_by(model, line.at)
            self._turn = True
        yield from reply(self._desk, line, self._portrait.cwd)
        yield from self._accounts.answered(line)
        if value.get("isAbortedMidStream") is True:
            yield from self._end(line, Ended.INTERRUPTED)
        elif model != SYNTHETIC and text(line.message.get("stop_reason")) in _ENDS and _talks(line):
            yield from self._end(line)

    def _user(self, line: Line, words: list[Words]) -> Iterator[AnyEvent]:
        if line.agent_id is None:
            yield from self._portrait.switched(text(line.value.get("permissionMode")))
        yield from results(self._desk, line, self._portrait.version)
        yield from self._spoken(line, words)

    def _spoken(self, line: Line, words: list[Words]) -> Iterator[AnyEvent]:
        for part in words:
            if self._portrait.own and part.voice is Voice.PERSON:
                yield from self._portrait.begun(part.text)
            yield spoken(self._desk, line, part, to_subagent=self._portrait.own is True)
            if line.agent_id is None and part.voice in {Voice.PERSON, Voice.PROGRAM}:
                self._turn = True
            elif line.agent_id is None and part.voice is Voice.INTERRUPT:
                self._turn = False

    def _attachment(self, line: Line, words: list[Words]) -> Iterator[AnyEvent]:
        yield from self._spoken(line, words)
        yield from self._noted(line, attachment_note(line.value))

    def _progress(self, line: Line, _words: list[Words]) -> Iterator[AnyEvent]:
        if mapping(line.value.get("data")).get("type") == "agent_progress":
            yield from self._accounts.copied(line.value)

    def _system(self, line: Line, _words: list[Words]) -> Iterator[AnyEvent]:
        value, subtype = line.value, text(line.value.get("subtype"))
        if subtype in {"stop_hook_summary", "turn_duration"}:
            yield from self._end(line)
        elif subtype in {"compact_boundary", "microcompact_boundary"}:
            yield from self._compacted(line, whole=subtype == "compact_boundary")
        elif subtype == "api_error":
            yield Retried(
                at=line.at,
                attempt=count(value.get("retryAttempt")),
                limit=count(value.get("maxRetries")),
                reason=one_line(api_reason(mapping(value.get("error")))),
            )
        elif subtype in NOTED_SYSTEM:
            yield from self._noted(line, system_note(value))
        elif subtype not in QUIET_SYSTEM:
            yield RecordSkipped(at=line.at, type=one_line(f"system/{subtype}", 60))

    def _compacted(self, line: Line, *, whole: bool) -> Iterator[AnyEvent]:
        facts = mapping(line.value.get("compactMetadata" if whole else "microcompactMetadata"))
        before, after = count(facts.get("preTokens")), count(facts.get("postTokens"))
        saved = count(facts.get("tokensSaved"))
        if before is not None and saved is not None:
            after = max(0, before - saved)
        trigger = one_line(text(facts.get("trigger")), 60)
        said = text(line.value.get("content")) or "Conversation compacted"
        item = self._desk.item(line, Kind.COMPACTION, said, meta=trigger, size=len(said))
        self._accounts.restore(line.branch, None)
        yield Compacted(
            at=line.at,
            item=item,
            trigger=trigger or None,
            before=before,
            after=after,
            whole=whole,
        )

    def _noted(self, line: Line, note: Note | None) -> Iterator[AnyEvent]:
        if note is not None:
            size = len(note.text)
            item = self._desk.item(line, Kind.NOTE, note.text, name=note.name, size=size)
            yield Noted(at=line.at, item=item)

    def _end(
        self, line: Line, how: Ended = Ended.COMPLETED, *, only_if_running: bool = False
    ) -> Iterator[AnyEvent]:
        """End the turn once, whichever of its marks comes first."""
        unknown = self._turn is None and not only_if_running
        if line.agent_id is None and (self._turn or unknown):
            yield TurnEnded(at=line.at, how=how)
            self._turn = False

    def _apart(self, kind: str, record: Record) -> Iterator[AnyEvent]:
        """Read a record that stands outside the conversation."""
        value = record.value
        if kind in TITLES:
            yield from self._portrait.titled(value, kind)
        elif kind == "summary":
            yield from self._portrait.summed_up(value, self._thread.tree)
        elif kind == "permission-mode":
            yield from self._portrait.switched(text(value.get("permissionMode")))
        elif kind == "relocated":
            yield from self._portrait.moved(path_text(text(value.get("relocatedCwd"))))
        elif kind == "queue-operation":
            yield from self._queue.change(value)
        elif kind == "last-prompt":
            leaf = text_or_none(value.get("leafUuid"))
            yield from self._thread.take(self._thread.tree.branch(leaf))
        elif kind in NOTED_PLAIN:
            line = Line(value, record.span, moment(value.get("timestamp")))
            self._thread.place(line, None)
            yield from self._noted(line, plain_note(value))
        elif kind not in QUIET_PLAIN:
            yield RecordSkipped(type=one_line(kind, 60) or "untyped")


def _words(kind: str, line: Line) -> list[Words]:
    if kind == "user":
        return words_of(line.value, line.blocks)
    return queued_words(line.value) if kind == "attachment" else []


def _by_person(words: list[Words]) -> bool:
    return any(part.voice is Voice.PERSON for part in words)


def _talks(line: Line) -> bool:
    """Say whether a line holds the words that end a response, not only the thinking before."""
    return any(block.get("type") == "text" for block in line.blocks)
