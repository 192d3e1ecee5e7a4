"""A reset is what its lines say, wherever they end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from clearhead.core.reset.store import Store
from clearhead.core.reset.transaction import (
    STEPS,
    Aborted,
    Again,
    Asking,
    Begun,
    Chosen,
    Closed,
    Finished,
    Line,
    Next,
    Status,
    Step,
    fold,
    next_step,
)

if TYPE_CHECKING:
    from pathlib import Path

BEGUN = Begun(at=1.0, id="t", agent="claude", session_id="one", cwd="/w")


def ask(step: Step, **facts: Any) -> Asking:
    return Asking(at=2.0, step=step, facts=facts)


def done(step: Step, status: Status = Status.DONE, **facts: Any) -> Finished:
    return Finished(at=3.0, step=step, status=status, facts=facts)


def whole() -> list[Line]:
    return [BEGUN, *(line for step in STEPS for line in (ask(step), done(step)))]


def upcoming(*lines: Line) -> Next | None:
    found = fold((BEGUN, *lines))
    assert found is not None
    return next_step(found)


def test_steps_come_in_their_order() -> None:
    assert upcoming() == Next(Step.NOTES)
    assert upcoming(done(Step.NOTES), done(Step.COMMIT, Status.SKIPPED)) == Next(Step.CLOSE)
    found = fold(whole())
    assert found is not None
    assert found.over


def test_an_effect_without_an_end_is_looked_into_first() -> None:
    assert upcoming(ask(Step.NOTES)) == Next(Step.NOTES, recover=True)
    again = Again(at=4.0, step=Step.NOTES, words="no prompt was seen")
    assert upcoming(ask(Step.NOTES), again) == Next(Step.NOTES)


def test_a_failed_step_waits_for_the_person() -> None:
    assert upcoming(done(Step.NOTES, Status.FAILED)) is None
    assert upcoming(done(Step.NOTES, Status.FAILED), Again(at=4.0, step=Step.NOTES)) == Next(
        Step.NOTES
    )
    assert upcoming(Aborted(at=4.0)) is None
    assert upcoming(Closed(at=4.0, seconds=3.0)) is None


def test_facts_of_a_step_come_together() -> None:
    found = fold(
        [
            BEGUN,
            Chosen(at=1.5, step=Step.COMMIT, facts={"paths": ["a"]}),
            ask(Step.COMMIT, head="h0"),
            done(Step.COMMIT, commit="h1"),
            done(Step.CLOSE, new_session_id="two"),
        ]
    )
    assert found is not None
    step = found.step(Step.COMMIT)
    assert (step.facts, step.chosen) == ({"head": "h0", "commit": "h1"}, {"paths": ["a"]})
    assert (found.commit, found.new_session_id) == ("h1", "two")


@given(st.integers(0, 2 * len(STEPS)))
def test_wherever_it_is_cut_the_same_comes_next_after_reading(cut: int) -> None:
    found = fold(whole()[: cut + 1])
    assert found is not None
    upcoming = next_step(found)
    if cut == 2 * len(STEPS):
        assert upcoming is None
    else:
        assert upcoming == Next(STEPS[cut // 2], recover=cut % 2 == 1)


def test_lines_survive_the_disk_and_a_torn_one_costs_only_itself(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for line in whole()[:4]:
        store.write("t", line)
    path = tmp_path / "transactions/t.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b'{"type": "Fini')
    assert store.read("t") == fold(whole()[:4])
    store.write("t", whole()[4])
    assert store.read("t") == fold(whole()[:5])
    assert store.open() == (fold(whole()[:5]),)


def test_a_finished_transaction_keeps_no_text(tmp_path: Path) -> None:
    store = Store(tmp_path)
    chosen = Chosen(at=1.0, step=Step.OPEN, facts={"brief": "secret plan", "size": 3})
    for line in (BEGUN, chosen, Closed(at=2.0, seconds=1.0)):
        store.write("t", line)
    store.reduce("t")
    assert "secret" not in (tmp_path / "transactions/t.jsonl").read_text()
    found = store.read("t")
    assert found is not None
    assert found.step(Step.OPEN).chosen == {"size": 3}
    assert store.open() == ()
    store.sweep(now=1.0 + 31 * 86400)
    assert store.all() == ()


def test_a_step_knows_when_it_began_and_ended() -> None:
    found = fold([BEGUN, ask(Step.NOTES), done(Step.NOTES), ask(Step.COMMIT)])
    assert found is not None
    assert (found.step(Step.NOTES).began, found.step(Step.NOTES).ended) == (2.0, 3.0)
    assert (found.step(Step.COMMIT).began, found.step(Step.COMMIT).ended) == (2.0, None)
