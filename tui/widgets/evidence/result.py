"""What came of a reset: the boot check point by point, what failed, the bargain. Pure."""

from __future__ import annotations

from textual.content import Content

from ....core.agents.base import State
from ....core.reset.boot import Check
from ....core.reset.transaction import Purpose, Status, Step
from ....core.session_id import short_id
from ....core.text import clean, one_line
from ... import glyphs, numbers
from ...resets.facts import Need, ResetFacts
from ...resets.refusals import refusals
from ...task_words import cost_words
from ...themes import Palette
from ..line import figure, joined
from .lines import INDENT, heading, marked, wrapped

GAP = "     "

CAME = 24
"""Cells of the column that says how a session came into the task."""

SHOWN = 6
"""Sessions of a task that are shown, the newest."""

POINT = 19
"""Cells of the column of points."""


def checks_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return the boot check: each point with what shows it."""
    if not facts.checks:
        return []
    right = Content.styled("from the fresh transcript", palette.style("muted"))
    lines = [heading("Did the fresh session take up its brief?", right, width, palette)]
    lines += [_check(check, width, palette) for check in facts.checks]
    why = facts.transaction.step(Step.CHECK).facts.get("why") if facts.transaction else None
    if facts.missed and why:
        lines += [Content(), *wrapped(clean(f"Why: {why}"), width, palette, "dumb")]
    if facts.missed:
        key = facts.keys["reset.say_again"]
        words = f"{key} says again what was missed. A mark tells of wording, not of understanding."
        lines += [Content(), *wrapped(words, width, palette, "muted")]
    return lines


def _check(check: Check, width: int, palette: Palette) -> Content:
    glyph, token = (glyphs.PROVED, "ok") if check.done else (glyphs.FAILED, "reset")
    said = Content.assemble(
        (str(check.point).ljust(POINT), palette.style("text", bold=not check.done)),
        (one_line(check.evidence, 400), palette.style("muted")),
    )
    return marked(glyph, token, said, palette).truncate(width, ellipsis=True)


def failed_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return what stands in the way, whole, and what can be done about it."""
    if facts.need is not Need.FAILED:
        return []
    if facts.problem is not None:
        report = facts.problem
        words = " ".join(filter(None, (report.detail, report.remedy)))
        title = report.title
    elif facts.transaction is not None:
        found = facts.transaction
        step = next((s for s in Step if found.step(s).status is Status.FAILED), Step.NOTES)
        title, words = f"The step stopped: {step}", clean(found.step(step).words)
    else:
        return []
    mark = Content.styled(title, palette.style("strong", bold=True))
    keys = facts.keys
    can_draft = "reset.draft" not in refusals(facts)
    draft = f"{keys['reset.draft']} drafts the notes from its transcript · " if can_draft else ""
    ways = (
        f"{keys['reset.go']} tries it again · {draft}{keys['reset.skip']} leaves it out and goes "
        f"on · {keys['reset.abort']} stops here, nothing is taken back"
    )
    return [
        Content.assemble((f"{glyphs.FAILED} ", palette.style("reset", bold=True)), mark),
        *wrapped(words, width, palette),
        Content(),
        *wrapped(ways, width, palette, "muted"),
    ]


def errand_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return what the person does by hand now: where, and the exact text."""
    errand = facts.errand
    if errand is None:
        return []
    right = Content.styled(one_line(errand.where), palette.style("muted"))
    ground = palette.style("", "raised")
    text = [
        line.pad_right(max(0, width - line.cell_length)).stylize_before(ground)
        for line in wrapped(errand.text, width, palette)
    ]
    waits = f"It is copied; {facts.keys['reset.copy']} copies it again. The proof is waited for."
    return [
        heading("Do this by hand", right, width, palette),
        *wrapped(errand.todo, width, palette, "dumb"),
        Content(),
        *text,
        *wrapped(waits, width, palette, "muted"),
    ]


def question_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Say that the agent asks the person while a step waits for it."""
    if facts.need is not Need.EFFECT or facts.state is not State.WAITING:
        return []
    mark = Content.styled("The agent waits for your answer", palette.style("needs", bold=True))
    key = facts.keys["view.close"]
    words = f"{key} leads back to it; this step goes on by itself once it is answered."
    return [mark, *wrapped(words, width, palette)]


def unable_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Say that the agent cannot answer for its notes, and which ways lead on."""
    if not facts.unable:
        return []
    mark = Content.styled("The agent cannot answer", palette.style("needs", bold=True))
    keys = facts.keys
    ways = (
        f"{keys['reset.draft']} ends its turn and drafts the notes from its transcript · "
        f"{keys['reset.abort']} stops here, nothing is taken back"
    )
    waits = "It goes on trying, and this step goes on by itself once it answers."
    return [
        mark,
        *wrapped(clean(facts.unable), width, palette),
        Content(),
        *wrapped(waits, width, palette),
        *wrapped(ways, width, palette, "muted"),
    ]


def bargain(facts: ResetFacts, width: int, palette: Palette) -> Content:
    """Return the line that says what the reset brings: tokens, money, attention."""
    before, after = facts.before, facts.after
    fill = after.fill if after.fill is not None else facts.start
    about = "" if after.fill is not None else "about " if facts.own is not None else "about +"
    parts = []
    if before.fill is not None and fill is not None:
        parts.append(
            _change(numbers.tokens(before.fill), about + numbers.tokens(fill), "", palette)
        )
    if before.next_usd is not None and after.next_usd is not None:
        was, now = numbers.dollars(before.next_usd), numbers.dollars(after.next_usd)
        parts.append(_change(was, now, "next call ", palette))
    if (seconds := took(facts)) is not None:
        parts.append(figure(palette, numbers.span(seconds), before=f"{_what(facts)} in"))
    if facts.attention >= 1:
        parts.append(figure(palette, numbers.span(facts.attention), before="your attention"))
    while parts and joined(parts, GAP).cell_length > width:
        parts.pop()
    return joined(parts, GAP)


def _change(before: str, after: str, label: str, palette: Palette) -> Content:
    return Content.assemble(
        (label, palette.style("muted")),
        (before, palette.style("strong", bold=True)),
        (f" {glyphs.TO} ", palette.style("muted")),
        (after, palette.style("ok", bold=True)),
    )


def _what(facts: ResetFacts) -> str:
    return "handed off" if facts.receiver.purpose is Purpose.HAND_OFF else "reset"


def took(facts: ResetFacts) -> float | None:
    """Return the seconds that the whole took; `None` while it is not over."""
    closed = facts.transaction.closed if facts.transaction else None
    return closed.seconds if closed else None


def chain_lines(facts: ResetFacts, width: int, palette: Palette) -> list[Content]:
    """Return the sessions that serve the task, oldest first, and its one cost."""
    chain = facts.chain
    if chain is None or len(chain.members) < 2:
        return []
    count = numbers.count(len(chain.members), "session")
    usd, rest = cost_words(chain)
    total = Content.assemble(
        (f"{count}, ", palette.style("muted")),
        (usd, palette.style("text", bold=True)),
        (f" {rest}" if rest else "", palette.style("muted")),
    )
    rows = [
        Content.assemble(
            " " * INDENT,
            (f"{short_id(member.session_id)}  ", palette.style("text")),
            (f"{member.agent}, {member.came}".ljust(CAME), palette.style("muted")),
            ("" if member.usd is None else numbers.dollars(member.usd), palette.style("text")),
        )
        for member in chain.members[-SHOWN:]
    ]
    return [heading("One task", total, width, palette), *rows]
