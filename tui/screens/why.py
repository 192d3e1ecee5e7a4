"""Why the figures are what they are: formula, inputs, source and age of each."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from textwrap import wrap

from textual import on
from textual.content import Content

from ...core.cost import cache_share
from ...core.gauge import CLAUDE_FORMULA, CODEX_FORMULA, Explanation, explain
from ...core.session_id import short_id
from ...core.supervisor import Key
from ...core.task_chain import TaskChain
from .. import numbers
from ..keymap import Keymap
from ..look import Look
from ..messages import SessionChanged
from ..task_words import cost_words
from ..themes import Palette
from .page import Page
from .problems import WIDEST

ReadTask = Callable[[Key], Awaitable[TaskChain | None]]
"""Reads the chain of sessions that a session belongs to; reads their transcripts."""

FORMULAS = {"claude": CLAUDE_FORMULA, "codex": CODEX_FORMULA}

LABEL = 16
"""Cells of the column of labels."""


class WhyScreen(Page):
    """Explains the gauge and the cost of one session."""

    def __init__(self, look: Look, keymap: Keymap, read_task: ReadTask | None = None) -> None:
        super().__init__(keymap)
        self._look = look
        self._read_task = read_task
        self._chain: TaskChain | None = None

    def on_mount(self) -> None:
        """Have the task read that the session serves."""
        super().on_mount()
        if self._read_task is not None:
            self.run_worker(self._find_task(self._read_task), exit_on_error=False)

    async def _find_task(self, read: ReadTask) -> None:
        self._chain = await read(self._look.key)
        self.draw()

    @on(SessionChanged)
    def _changed(self, message: SessionChanged) -> None:
        if message.look.key == self._look.key:
            self._look = message.look
            self.draw()

    def title_words(self) -> tuple[str, str]:
        """Return the name of the page and of the session."""
        return "Why", self._look.project

    def text(self, width: int, palette: Palette) -> Content:
        """Return one section for the context and one for the cost."""
        room = min(width, WIDEST)
        look = self._look
        context = explain(look.gauge, formula=FORMULAS.get(look.key[0]))
        parts = [with_ages(context, look, time.time()), explain_cost(look)]
        if self._chain is not None:
            parts.append(explain_task(self._chain))
        return Content("\n\n").join(section(part, room, palette) for part in parts)


def section(part: Explanation, room: int, palette: Palette) -> Content:
    """Return an explanation: a heading, its sentences, its facts in two columns."""
    muted = palette.style("muted")
    lines = [Content.styled(part.title, palette.style("strong", bold=True))]
    lines += [Content.styled(line, palette.style("text")) for line in wrap(part.text, room)]
    lines.append(Content())
    for label, value in part.rows:
        first, *rest = wrap(value, max(10, room - LABEL)) or [""]
        lines.append(Content.assemble((label.ljust(LABEL), muted), first))
        lines += [Content(" " * LABEL + line) for line in rest]
    return Content("\n").join(lines)


def with_ages(context: Explanation, look: Look, now: float) -> Explanation:
    """Add how old the evidence is, and what would tell the window where it is unknown."""
    rows = list(context.rows)
    snapshot = look.seen.snapshot
    if snapshot.fill is not None and snapshot.fill.at is not None:
        rows.append(
            ("fill read", f"{numbers.span(now - snapshot.fill.at)} ago, from the transcript")
        )
    if look.feed is not None:
        rows.append(("status line", f"{numbers.span(now - look.feed.at)} ago"))
    elif look.gauge.window is None and look.key[0] == "claude":
        rows.append(("to know it", "run `clearhead hooks install`: it reports the window"))
    if snapshot.settling:
        rows.append(("settling", "compacted; the next response tells the true fill"))
    return Explanation(context.title, context.text, tuple(rows))


def explain_cost(look: Look) -> Explanation:
    """Explain where the dollars come from."""
    snapshot, costs = look.seen.snapshot, look.costs
    if costs is None or not snapshot.complete:
        return Explanation("Cost: counting", "The transcript is still being read.", ())
    if costs.reported is not None:
        rows = [("session", numbers.dollars(costs.reported))]
    else:
        rows = [
            ("main chain", _dollars(costs.main.usd)),
            ("sub-agents", _dollars(costs.subagents.usd)),
            ("last turn", _dollars(costs.turn.usd)),
        ]
    share = cache_share(snapshot.tokens)
    if share is not None:
        rows.append(("from the cache", f"{numbers.percent(share)} of all input"))
    if costs.unknown_models:
        rows.append(("no price for", ", ".join(costs.unknown_models)))
    if unseen := _unseen(look):
        rows.append(("not in it", unseen))
    return Explanation("Why: cost", _cost_words(look), tuple(rows))


def _unseen(look: Look) -> str:
    """Say which calls were paid for that no transcript tells of; nothing is guessed for them."""
    written = sum(compaction.whole for compaction in look.seen.snapshot.compactions)
    if look.key[0] != "claude" or not written:
        return ""
    summaries = numbers.count(written, "summary", "summaries")
    return f"the calls that wrote {summaries}: Claude Code notes no tokens for them"


def explain_task(chain: TaskChain) -> Explanation:
    """Explain what the whole task cost: its sessions make one chain over resets and hand-offs."""
    rows = [
        (short_id(m.session_id), f"{_dollars(m.usd)}, {m.agent}, {m.came}") for m in chain.members
    ]
    if chain.before:
        rows.insert(0, ("elsewhere", f"{numbers.dollars(chain.before)}, as other machines told"))
    count = numbers.count(len(chain.members), "session")
    words = f"{count} served it: {' '.join(filter(None, cost_words(chain)))}."
    return Explanation("Why: task", words, tuple(rows))


def _cost_words(look: Look) -> str:
    if look.costs is not None and look.costs.reported is not None:
        return "The agent states these dollars in its own transcript."
    return (
        "Every call once, at the list price of the time it was made. Cache writes for five "
        "minutes and for an hour are priced apart. A subscription pays otherwise."
    )


def _dollars(usd: float | None) -> str:
    return "price unknown" if usd is None else numbers.dollars(usd)
