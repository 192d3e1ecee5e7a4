"""What the rows of the screen say of a session, worked out from a look at it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from ..core.acting.channel import Reach
from ..core.agents.base import ASKING, State, Waiting
from ..core.cost import cache_share
from ..core.gauge import Zone
from ..core.problems import Report
from ..core.snapshot import OpenCall, Snapshot
from ..core.text import one_line
from . import numbers
from .look import Look
from .widgets.advice_line import Advice
from .widgets.cost_line import CostFacts
from .widgets.gauge_facts import GaugeFacts, trace_of
from .widgets.header import HeaderFacts

DEMO = "demo"
"""The name of the agent whose every screen says that it is a script."""

WORTH_A_RATE = 60
"""Seconds of a session below which dollars per hour say nothing."""


def header_facts(look: Look, now: float, banner: str = "") -> HeaderFacts:
    """Return what the header says of a session at the time `now` (epoch seconds)."""
    where = look.standing
    return HeaderFacts(
        project=look.project,
        branch=look.branch,
        dirty=look.repo.dirty if look.repo else None,
        agent=look.title,
        model=short_model(look.seen.snapshot.model) or "model unknown",
        channel=look.channel,
        state=where.state,
        since=_age(where.since, now, _finest(where.state)),
        waiting_for=where.waiting_for,
        asserted=where.asserted,
        banner=banner if look.key[0] == DEMO else "",
        armed=look.armed.name if look.armed else "",
        asking=look.asking or "",
    )


def _age(at: float | None, now: float, fine: float = numbers.MINUTE) -> float | None:
    return None if at is None else numbers.coarse(now - at, fine)


def _finest(state: State) -> float:
    """How long seconds count: while the agent works or waits, each one is shown."""
    return numbers.HOUR if state in {State.BUSY, State.WAITING} else numbers.MINUTE


def counts_seconds(header: HeaderFacts, *ages: float | None) -> bool:
    """Say whether what is shown changes with every second; else it does with a minute."""
    if header.since is not None and header.since < _finest(header.state):
        return True
    return any(age is not None and age < numbers.MINUTE for age in ages)


def short_model(model: str | None) -> str | None:
    """Return a model's name without maker and date: `claude-opus-4-5-20251101` → `opus-4-5`."""
    if model is None:
        return None
    name = model.rpartition("/")[2].removeprefix("claude-")
    head, _, date = name.rpartition("-")
    return head if date.isdigit() and len(date) == 8 else name


def gauge_facts(look: Look, now: float) -> GaugeFacts:
    """Return what the gauge draws of a session at the time `now`."""
    snapshot = look.seen.snapshot
    feed_at = look.feed.at if look.feed and look.gauge.source == "status line" else None
    fill_at = snapshot.fill.at if snapshot.fill else None
    at = feed_at if feed_at is not None else fill_at
    return GaugeFacts(
        gauge=look.gauge,
        age=_age(at, now),
        history=trace_of(snapshot.history),
        settling=snapshot.settling,
        ended=look.ended,
    )


def cost_facts(look: Look, now: float) -> CostFacts:
    """Return what the cost line says of a session; dollars are `None` until they are known."""
    snapshot, costs = look.seen.snapshot, look.costs
    known = snapshot.complete and costs is not None
    facts = CostFacts(
        tokens=snapshot.tokens,
        subagent_tokens=snapshot.subagent_tokens,
        cache_share=cache_share(snapshot.tokens),
        complete=known,
        label=_price_label(look),
        client_usd=look.feed.usd if look.feed else None,
        client_age=None if look.feed is None else _age(look.feed.at, now),
    )
    if costs is None or not known:
        return facts
    saved = (costs.main + costs.subagents).cache_saved if costs.reported is None else None
    return _with_money(facts, look, saved, _lasted(snapshot))


def _with_money(
    facts: CostFacts, look: Look, saved: float | None, lasted: float | None
) -> CostFacts:
    costs = look.costs
    assert costs is not None
    usd = costs.usd
    rate = usd * numbers.HOUR / lasted if usd is not None and lasted else None
    return replace(
        facts,
        usd=usd,
        last_usd=costs.turn.usd if costs.turn.priced_calls else None,
        usd_per_hour=rate,
        saved_usd=saved or None,
        saved_share=saved / (saved + usd) if saved and usd and saved > 0 else None,
        subagent_usd=costs.subagents.usd if costs.reported is None else None,
        unknown_models=costs.unknown_models,
    )


def _lasted(snapshot: Snapshot) -> float | None:
    """Seconds from the first to the last record, when that is long enough for a rate."""
    if snapshot.started_at is None or snapshot.last_at is None:
        return None
    lasted = snapshot.last_at - snapshot.started_at
    return lasted if lasted >= WORTH_A_RATE else None


def _price_label(look: Look) -> str:
    if look.costs is not None and look.costs.reported is not None:
        return "as the agent reports it"
    return "API price, a subscription pays otherwise"


def advice_of(look: Look, problems: Sequence[Report] = (), offer: Advice | None = None) -> Advice:
    """Return the one sentence that matters most now: a problem, who waits, the zone, or calm.

    An `offer` to note down what failed comes before the zone, which the gauge shows as well, and
    after everything that is wrong or waits.
    """
    if (report := look.seen.report) is not None:
        return Advice(report.title, (report.detail,), "reset", "P", "problems")
    if look.seen.view is not None and look.seen.view.gone:
        stays = ("what was read before stays on the screen",)
        return Advice("The transcript is no longer on disk", stays, "reset")
    if look.standing.state is State.WAITING:
        return _waiting(look)
    if look.live is not None and look.live.problem is not None:
        return _cut_off(look.live.problem)
    if look.armed is not None and look.asking:
        ways = (look.asking, "it waits for your word")
        return Advice(f"The armed {look.armed.name} asks", ways, "dumb", "R", "do it all the same")
    if offer is not None and not problems:
        return offer
    if look.gauge.zone not in (None, Zone.SMART):
        return _zone(look)
    return _problems(problems) if problems else _calm(look)


def _cut_off(report: Report) -> Advice:
    """Say that the way into the session is gone, and the way on."""
    return Advice(report.title, tuple(filter(None, (report.remedy, report.detail))), "reset")


def _problems(problems: Sequence[Report]) -> Advice:
    count = numbers.count(len(problems), "problem")
    return Advice(count, (problems[-1].title,), "dumb", "P", "problems")


_WANTS = {
    Waiting.PERMISSION: "It asks for permission",
    Waiting.INPUT: "It asks you a question",
    Waiting.DIALOG: "A dialog is open there",
    None: "It waits for you",
}


def _waiting(look: Look) -> Advice:
    here = bool(look.live and look.live.requests and look.live.requests[0].answerable)
    where = "" if here and not look.forbidden else "answer in its own terminal"
    details = tuple(filter(None, (_asked_for(look), where)))
    label = "see it whole" if where else "answer"
    return Advice(_WANTS[look.standing.waiting_for], details, "needs", "!", label)


def _asked_for(look: Look) -> str:
    """Return in one line what the agent asks for: the request's own word, else the newest call."""
    if look.live is not None and look.live.requests:
        first = look.live.requests[0]
        words = " / ".join(q.text for q in first.questions) or f"{first.tool} {first.text}"
        return one_line(words.strip(), 60)
    call = newest_call(look.seen.snapshot)
    if call is None or call.name in ASKING:
        return call.head if call else ""
    return f"{call.name} {call.head}".strip()


def newest_call(snapshot: Snapshot) -> OpenCall | None:
    """Return the newest tool call without an answer: what the agent waits for or works at."""
    return max(snapshot.open_calls.values(), key=lambda call: call.item, default=None)


def _zone(look: Look) -> Advice:
    zone = look.gauge.zone
    assert zone is not None
    fill = look.gauge.fill or 0
    edge = look.gauge.edges.edge(zone)
    words = zone.word[0].upper() + zone.word[1:]
    over = f"{numbers.tokens(fill - edge.at)} over the edge at {edge.mark}"
    return Advice(words, (over, edge.basis), zone.value, "?", "why")


def _calm(look: Look) -> Advice:
    if look.ended:
        agent, session = look.key
        on = () if agent == DEMO else (f"go on: clearhead run {agent} --resume {session}",)
        stays = (*on, "its transcript stays readable")
        sure = "has ended" if look.standing.asserted else "has probably ended"
        return Advice(f"This session {sure}", stays, key="s", label="sessions")
    if look.seen.sighting.path is None:
        return Advice("No turn yet", ("the transcript begins with the first prompt",))
    if look.seen.snapshot.settling:
        told = ("the next reply tells how full the context is now",)
        return Advice("Compacted", told, key="J", label="what was lost")
    if look.reach is not Reach.WATCHED:
        return Advice(f"You can act: {look.channel}", ("each action shows what proves it",))
    return Advice("Watching only", ("nothing is written, nothing is typed into the agent",))


def activity_of(look: Look) -> str:
    """Return in one line what a session does or did last, for lists."""
    snapshot = look.seen.snapshot
    call = newest_call(snapshot)
    if look.standing.state is State.WAITING and look.live and look.live.requests:
        first = look.live.requests[0]
        if first.questions:
            return f"asks: {one_line(' / '.join(q.text for q in first.questions))}"
        return f"{first.tool} wants: {one_line(first.text)}"
    if look.standing.state is State.WAITING and call:
        if call.name in ASKING:
            return f"asks: {call.head}"
        return f"{call.name} wants: {call.head}"
    if call and not look.ended:
        return f"{call.name} {call.head}".strip()
    return snapshot.last_said or snapshot.title or ""


def folder_of(look: Look) -> str:
    """Return the folder an agent works in, for titles and lists."""
    return "a folder that is unknown" if look.cwd is None else short_path(look.cwd)


def short_path(path: str) -> str:
    """Return `path` with the home folder shortened to `~`."""
    home = str(Path.home())
    inside = path == home or path.startswith(home + "/")
    return f"~{path[len(home) :]}" if inside else path
