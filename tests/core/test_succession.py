"""Which session a process went on with: evidence, not likeness."""

from __future__ import annotations

from pathlib import Path

import msgspec

from clearhead.core.agents.base import Sighting, State
from clearhead.core.succession import Succession, successor, surely_ended

OLD = Sighting("codex", "old", Path("/r/old.jsonl"), cwd="/w/app", pid=7)
NEW = Sighting("codex", "new", cwd="/w/app", pid=7)
INFERRED = msgspec.structs.replace(NEW, inferred=True)


def follows(new: Sighting, *, old: Sighting = OLD, idle: bool = True, begun: str = "new") -> bool:
    return successor(old, [new], begun={begun}, idle=idle) is new


def test_the_process_that_holds_another_session_now_went_on_with_it() -> None:
    assert follows(NEW)
    assert follows(NEW, idle=False, begun="")


def test_another_process_in_the_same_folder_is_no_successor() -> None:
    assert not follows(msgspec.structs.replace(NEW, pid=8))
    assert not follows(NEW, old=msgspec.structs.replace(OLD, pid=None))
    assert not follows(msgspec.structs.replace(NEW, agent="claude"))


def test_an_inferred_process_went_on_only_with_a_session_that_began_just_now() -> None:
    assert follows(INFERRED)
    assert not follows(INFERRED, begun="")


def test_an_inferred_process_does_not_leave_a_turn_at_work() -> None:
    assert not follows(INFERRED, idle=False)


def key(sighting: Sighting) -> tuple[str, str]:
    return sighting.agent, sighting.session_id


def looks(*seen: Sighting) -> dict[tuple[str, str], Sighting]:
    return {key(sighting): sighting for sighting in seen}


def test_the_first_look_finds_no_new_sessions_and_the_next_one_does() -> None:
    succession = Succession()
    other = Sighting("codex", "other")
    succession.note({}, looks(OLD), ())
    assert succession.take_begun() == set()
    succession.note(looks(OLD), looks(OLD, other), ())
    assert succession.take_begun() == {key(other)}
    assert succession.take_begun() == set()


def test_a_session_that_a_process_went_on_with_did_not_begin_beside_it() -> None:
    succession = Succession()
    succession.note({}, looks(OLD), ())
    left = msgspec.structs.replace(OLD, pid=None)
    succession.note(looks(OLD), looks(left, INFERRED), {key(OLD)})
    assert succession.take_succeeded() == {key(OLD): key(INFERRED)}
    assert succession.take_begun() == set()


def test_a_session_that_is_not_found_any_more_has_ended() -> None:
    succession = Succession()
    gone = succession.note(looks(OLD), {}, ())
    assert (gone[key(OLD)].state, gone[key(OLD)].pid) == (State.ENDED, None)


def test_the_end_of_a_session_that_was_seen_alive_is_sure() -> None:
    ended = Sighting("codex", "old", state=State.ENDED)
    assert surely_ended(OLD, ended).asserted
    assert surely_ended(surely_ended(OLD, ended), ended).asserted
    assert not surely_ended(ended, ended).asserted
