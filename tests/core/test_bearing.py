"""Which lines of the notes bear on a request."""

from __future__ import annotations

import pytest

from clearhead.core.bearing import Kind, bearings
from clearhead.core.danger import dangers

NOTES = """\
# Shop dashboard

## Current status
Loader parses the range. 43 of 44 tests pass.

## Failed approaches
- URL params + useEffect — infinite re-render: it writes what it reads
- debounce the setter — hides the loop, the test still sees it
- `npm audit fix --force` — upgrades react to 19, nothing builds

## Decisions
- Never push to main; open a pull request.

## Next step
Make filters.test.tsx pass. Do not touch the database: seed rows get dates in the test.
"""
RESET = "rm -rf node_modules/.cache &&\nnpx prisma migrate reset --force --skip-seed"


def kinds(command: str, notes: str = NOTES, **more: object) -> list[tuple[Kind, str]]:
    does = [one.reason for one in dangers(command)]
    return [(b.kind, b.text) for b in bearings(notes, command, does=does, **more)]  # type: ignore[arg-type]


def test_the_next_step_forbids_what_the_command_does() -> None:
    ((kind, text),) = kinds(RESET)
    assert kind is Kind.FORBIDS
    assert text.startswith("Make filters.test.tsx pass. Do not touch the database")


def test_a_decision_forbids() -> None:
    assert [kind for kind, _ in kinds("git push origin main")] == [Kind.FORBIDS]


def test_what_failed_before_is_named() -> None:
    assert kinds("npm audit fix --force")[0][0] is Kind.FAILED


def test_an_edit_is_compared_by_what_it_adds() -> None:
    added = ["const [params] = useParams()", "useEffect(() => set(url.params), [url])"]
    assert kinds("/repo/src/list.tsx", added=added)[0][0] is Kind.FAILED
    assert kinds("/repo/src/list.tsx", added=["const a = 1"]) == []


def test_the_next_step_asks_for_the_command() -> None:
    notes = "## Next step\n- [ ] Run `npm test -- filters` once more\n"
    assert [kind for kind, _ in kinds("npm test -- filters", notes)] == [Kind.ASKS]


def test_a_step_that_is_done_asks_for_nothing() -> None:
    assert kinds("npm test -- filters", "## Next step\n- [x] Run `npm test -- filters`\n") == []


@pytest.mark.parametrize(
    "command", ["npm test", "git status", "ls -la src", "npx vitest run", "cat README.md"]
)
def test_other_commands_are_not_spoken_of(command: str) -> None:
    assert kinds(command) == []


@pytest.mark.parametrize("notes", ["", "## Next step\n", "no sections at all", "## Failed\n- \n"])
def test_empty_notes_say_nothing(notes: str) -> None:
    assert kinds(RESET, notes) == []


def test_one_line_is_said_once() -> None:
    notes = "## Failed approaches\n- npm audit fix — never run npm audit fix again\n"
    assert len(kinds("npm audit fix", notes)) == 1
