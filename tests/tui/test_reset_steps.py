"""What the rows and keys of a reset's sheet say, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from clearhead.core.agents.base import State
from clearhead.core.committable import Change, Committable
from clearhead.core.reset.boot import Check, Point
from clearhead.core.reset.transaction import (
    Asking,
    Begun,
    Chosen,
    Finished,
    Line,
    Purpose,
    Seen,
    Status,
    Step,
    fold,
)
from clearhead.core.reset.weighing import OWN, Weight
from clearhead.tui.resets.facts import Figures, Need, Receiver, ResetFacts
from clearhead.tui.resets.receivers import Way, choices
from clearhead.tui.resets.refusals import refusals
from clearhead.tui.resets.steps import enter_words, size_words, steps_of

BEGUN = Begun(at=100.0, id="t", agent="claude", session_id="7f3a09", cwd="/w", root="/w")
FOUND = Committable(changes=(Change("a.py", tracked=True),), branch="main", default_branch=True)
ASKED = Asking(at=101.0, step=Step.NOTES, facts={"prompt": "Bring notes.md up to date"})
FAILING = Seen(at=102.0, step=Step.NOTES, words="attempt 2 of 10", facts={"stuck": False})
STUCK = Seen(at=117.0, step=Step.NOTES, words="attempt 5 of 10", facts={"stuck": True})
PASSED = Seen(at=118.0, step=Step.NOTES, facts={"stuck": False})


def facts(*lines: Line, **more: Any) -> ResetFacts:
    transaction = fold((BEGUN, *lines)) if lines else None
    known = {"begun": BEGUN, "transaction": transaction, "notes_name": "notes.md"} | more
    return ResetFacts(**known)


def row(step: Step, found: ResetFacts) -> tuple[str, str, str]:
    one = next(r for r in steps_of(found, 130.0) if r.step is step)
    return one.title, one.words, one.detail


def done(step: Step, status: Status = Status.DONE, words: str = "", **known: Any) -> Finished:
    return Finished(at=120.0, step=step, status=status, words=words, facts=known)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            facts(need=Need.BEGIN),
            ("Bring the notes up to date", "asks for notes.md", "check passed"),
            id="to do",
        ),
        pytest.param(
            facts(need=Need.BEGIN, left_out=frozenset({Step.NOTES})),
            ("Notes stay as they are", "left out by you", ""),
            id="left out",
        ),
        pytest.param(
            facts(need=Need.BEGIN, notes_name=None),
            ("No progress file", "nobody is asked for notes", ""),
            id="none there",
        ),
        pytest.param(
            facts(done(Step.NOTES), notes_before="a\nb", notes_after="a\nc\nd"),
            ("Notes brought up to date", "+2 -1 lines in notes.md", "check passed"),
            id="changed",
        ),
        pytest.param(
            facts(done(Step.NOTES, words="drafted from the transcript", drafted=True)),
            ("Notes drafted", "drafted from the transcript", "check passed"),
            id="drafted",
        ),
        pytest.param(
            facts(ASKED, FAILING, need=Need.EFFECT),
            ("The agent tries again", "attempt 2 of 10", "it goes on trying"),
            id="its calls fail",
        ),
        pytest.param(
            facts(ASKED, STUCK, need=Need.EFFECT),
            ("The agent cannot answer", "attempt 5 of 10", "it goes on trying"),
            id="its calls have failed for long",
        ),
        pytest.param(
            facts(ASKED, STUCK, PASSED, need=Need.EFFECT),
            ("The agent updates its notes", "asked for notes.md", "its turn is waited for"),
            id="it answers again",
        ),
        pytest.param(
            facts(done(Step.NOTES, Status.FAILED, "It took\ntoo long.")),
            ("The notes were not brought up to date", "It took too long.", ""),
            id="failed",
        ),
    ],
)
def test_the_notes_say_how_they_stand(found: ResetFacts, expected: tuple[str, str, str]) -> None:
    assert row(Step.NOTES, found) == expected


@pytest.mark.parametrize(
    ("lines", "need", "can"),
    [
        pytest.param((ASKED,), Need.EFFECT, False, id="its turn is waited for"),
        pytest.param((ASKED, FAILING), Need.EFFECT, False, id="a call failed just now"),
        pytest.param((ASKED, STUCK), Need.EFFECT, True, id="it cannot answer"),
        pytest.param((ASKED, STUCK, PASSED), Need.EFFECT, False, id="it answers again"),
        pytest.param(
            (ASKED, Finished(at=9.0, step=Step.NOTES, status=Status.FAILED)),
            Need.FAILED,
            True,
            id="the step failed",
        ),
    ],
)
def test_a_draft_is_taken_only_where_the_agent_fails(
    lines: tuple[Line, ...], need: Need, *, can: bool
) -> None:
    assert ("reset.draft" not in refusals(facts(*lines, need=need))) is can


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(
            facts(committable=FOUND, ticked=("a.py",)),
            ("Commit 1 file", "on main, the default branch", ""),
            id="to do",
        ),
        pytest.param(
            facts(committable=FOUND, notes_after="new"),
            ("Nothing is committed", "nothing is ticked", ""),
            id="nothing ticked",
        ),
        pytest.param(
            facts(committable=FOUND),
            ("Commit the notes", "once they are up to date", ""),
            id="the notes to come",
        ),
        pytest.param(
            facts(committable=Committable(why_not="a merge is under way; finish it first")),
            ("Nothing is committed", "a merge is under way; finish it first", ""),
            id="cannot be",
        ),
        pytest.param(
            facts(
                Chosen(at=110.0, step=Step.COMMIT, facts={"paths": ["a.py", "b.py"]}),
                done(Step.COMMIT, commit="9f2c1ab1234567"),
                committable=FOUND,
            ),
            ("Committed", "9f2c1ab12 on main · 2 files", ""),
            id="done",
        ),
    ],
)
def test_the_commit_says_how_it_stands(found: ResetFacts, expected: tuple[str, str, str]) -> None:
    assert row(Step.COMMIT, found) == expected


def test_a_step_counts_its_seconds_while_it_runs_and_keeps_them() -> None:
    asked = Asking(at=110.0, step=Step.NOTES)
    running, ended = facts(asked), facts(asked, done(Step.NOTES))
    assert steps_of(running, 130.0)[0].seconds == 20.0
    assert steps_of(ended, 999.0)[0].seconds == 10.0
    assert steps_of(facts(), 130.0)[0].seconds is None


def test_the_step_it_is_at_is_the_first_that_is_not_behind() -> None:
    found = facts(done(Step.NOTES), done(Step.COMMIT, Status.SKIPPED), need=Need.EFFECT)
    assert [r.step for r in steps_of(found, 1.0) if r.here] == [Step.CLOSE]
    brief = facts(done(Step.NOTES), done(Step.COMMIT, Status.SKIPPED), need=Need.BRIEF)
    assert [r.step for r in steps_of(brief, 1.0) if r.here] == [Step.OPEN]
    assert not [r for r in steps_of(facts(need=Need.OVER), 1.0) if r.here]


WEIGHTS = (Weight("AGENTS.md", "", 1_500), Weight(OWN, "", 4_500))


@pytest.mark.parametrize(
    ("weights", "window", "words"),
    [
        pytest.param(WEIGHTS, 200_000, "6.0k tokens = 3 %", id="measured"),
        pytest.param(WEIGHTS, None, "6.0k tokens", id="window unknown"),
        pytest.param(WEIGHTS[:1], 200_000, "1.5k tokens beyond its own", id="own start unknown"),
    ],
)
def test_a_share_is_only_said_where_both_ends_are_known(
    weights: tuple[Weight, ...], window: int | None, words: str
) -> None:
    assert size_words(facts(weights=weights, before=Figures(161_000, window))) == words


def test_a_start_is_heavy_without_the_part_that_nobody_can_shorten() -> None:
    assert not facts(weights=WEIGHTS, smart=10_000).heavy
    assert facts(weights=WEIGHTS, smart=7_000).heavy


@pytest.mark.parametrize(
    ("found", "begins"),
    [
        pytest.param(facts(need=Need.BEGIN, ticked=("a",)), "asks the agent", id="begin"),
        pytest.param(
            facts(need=Need.BEGIN, state=State.BUSY), "when the turn ends: asks", id="busy"
        ),
        pytest.param(
            facts(need=Need.BEGIN, state=State.WAITING), "waits: the agent asks", id="waiting"
        ),
        pytest.param(
            facts(done(Step.NOTES), need=Need.COMMIT), "commits 0 files and shows", id="cut off"
        ),
        pytest.param(
            facts(Asking(at=1.0, step=Step.NOTES), need=Need.COMMIT),
            "looks into what came of step 1",
            id="cut off in a step",
        ),
        pytest.param(facts(need=Need.BRIEF), "ends this session and sends", id="brief"),
        pytest.param(
            facts(need=Need.BRIEF, receiver=Receiver(agent="codex", purpose=Purpose.HAND_OFF)),
            "the brief goes out",
            id="hand-off",
        ),
        pytest.param(facts(need=Need.FAILED, state=State.BUSY), "tries it again when", id="failed"),
    ],
)
def test_enter_says_what_it_does(found: ResetFacts, begins: str) -> None:
    assert enter_words(found).startswith(begins)


MISSED = Check(Point.MAP, done=False, evidence="no call reads AGENTS.md", again="Read it.")


@pytest.mark.parametrize(
    ("found", "able", "refused"),
    [
        pytest.param(
            facts(need=Need.BEGIN, committable=FOUND, ticked=("a.py",)),
            {"reset.go", "reset.tick", "reset.edit", "reset.notes_out", "reset.abort"},
            {"reset.overrule", "reset.say_again", "reset.skip", "reset.rehearse"},
            id="plan",
        ),
        pytest.param(
            facts(need=Need.EFFECT),
            {"reset.interrupt", "reset.abort"},
            {"reset.go", "reset.tick", "reset.edit"},
            id="under way",
        ),
        pytest.param(
            facts(need=Need.BRIEF, weights=WEIGHTS),
            {"reset.go", "reset.edit", "reset.whole", "reset.rehearse"},
            {"reset.tick", "reset.notes_out", "reset.select"},
            id="brief",
        ),
        pytest.param(facts(need=Need.NOTES), {"reset.overrule"}, {"reset.skip"}, id="errors"),
        pytest.param(facts(need=Need.FAILED), {"reset.skip"}, {"reset.overrule"}, id="failed"),
        pytest.param(
            facts(need=Need.OVER, checks=(MISSED,)),
            {"reset.say_again", "reset.go"},
            {"reset.abort"},
            id="over",
        ),
    ],
)
def test_keys_say_why_they_cannot_act(found: ResetFacts, able: set[str], refused: set[str]) -> None:
    why = refusals(found)
    assert not able & why.keys()
    assert refused <= why.keys()
    assert all(reason.endswith(".") for reason in why.values())


def test_a_task_goes_to_another_model_agent_person_or_machine() -> None:
    titles = {"claude": "Claude Code", "codex": "Codex", "demo": "Demo agent"}
    found = choices("claude", titles, "opus", ("claude-next",))
    names = [choice.name for choice in found]
    assert "Claude Code with opus" not in names, "it runs that model already"
    assert "Claude Code with claude-next" in names
    codex = next(c for c in found if c.name == "Codex")
    assert codex.receiver is not None
    assert (codex.receiver.agent, codex.receiver.same) == ("codex", False)
    assert [c.way for c in found][-2:] == [Way.PERSON, Way.MACHINE]
    assert [c.way for c in choices("other", titles, None)][-2:] == [Way.PERSON, Way.MACHINE]
