"""What Codex asks the person for, as its app-server puts it, made into requests. Pure.

Nothing is left out of what would be run or changed: it is what the person decides on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from ...acting.live import Request, Source
from ...acting.questions import answers_of, asked_text
from ...text import clean, one_line, unseen
from ..base import DiffLine, Side, Waiting
from ..fields import count, mapping, sequence, text, text_or_none
from ..questions import question_of
from .calls import written
from .rpc import Asked, Payload

ACCEPT, DECLINE = "accept", "decline"
"""The only two decisions that clearhead makes; there are others that would grant more than once."""

INPUT = "item/tool/requestUserInput"
OWN_WORDS = "user_note: "
"""Stands before an answer that is none of the choices, as Codex's own window puts it."""

NOT_ANSWERED = "not answered: {reason}"

_DECLINED: dict[str, Payload] = {
    INPUT: {"answers": {}},
    "item/permissions/requestApproval": {"permissions": {}, "scope": "turn"},
    "mcpServer/elicitation/request": {"action": DECLINE, "content": None, "_meta": None},
}
"""What grants and answers nothing, by what is asked; of the rest it is a decision."""

FOR_GOOD = "It would grant more than this once, which clearhead does not do."
UNTOLD = "What it is about was not told."
FORM = "clearhead has no form for what this server wants to know."

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_WHOLE = {"add": Side.ADDED, "delete": Side.REMOVED}


def request_of(asked: Asked, changes: Iterable[Any], now: float) -> Request | None:
    """Return what the person is asked; `None` when it is not meant for a person.

    Args:
        asked: The request of the app-server.
        changes: What the edit that is asked about would change, as its item told before.
        now: Epoch seconds, for a request that does not say since when it waits.
    """
    changes = list(changes)
    maker = _MAKERS.get(asked.method)
    if maker is None:
        return None
    started = count(asked.params.get("startedAtMs"))
    since = started / 1000 if started else now
    made = maker(str(asked.id), asked.params, changes, since)
    hidden = unseen(str(asked.params.get("command") or "")) + sum(
        unseen(text(mapping(change).get("diff"))) for change in changes
    )
    remarks = (f"Holds {hidden:,} characters that no terminal shows.",) if hidden else ()
    return replace(made, source=Source.SERVER, remarks=remarks)


def accepted(asked: Asked, words: str) -> Payload:
    """Return the answer that allows what is asked, once; to questions it is `words`."""
    if asked.method != INPUT:
        return {"decision": ACCEPT}
    questions = list(map(mapping, sequence(asked.params.get("questions"))))
    said = zip(questions, answers_of(len(questions), words), strict=True)
    answers = {text(question.get("id")): _said(question, answer) for question, answer in said}
    return {"answers": answers}


def _said(question: Payload, answer: str) -> Payload:
    """Return one answer; a label is the agent's own again, as it was before it was cleaned."""
    labels = (text(mapping(option).get("label")) for option in sequence(question.get("options")))
    label = next((label for label in labels if clean(label) == answer), None)
    return {"answers": [f"{OWN_WORDS}{answer}" if label is None else label]}


def declined(asked: Asked, reason: str = "") -> Payload:
    """Return the answer that refuses what is asked; only one to questions has room for a reason."""
    if takes_reason(asked) and reason.strip():
        return accepted(asked, NOT_ANSWERED.format(reason=" ".join(reason.split())))
    return _DECLINED.get(asked.method, {"decision": DECLINE})


def takes_reason(asked: Asked) -> bool:
    """Say whether the answer itself can carry the reason of a refusal."""
    return asked.method == INPUT


def ends_as_item(asked: Asked) -> bool:
    """Say whether the end of what is asked about is told, as that of a command or an edit is."""
    return asked.method not in _DECLINED


def diff_of(changes: Iterable[Any]) -> Iterator[DiffLine]:
    """Yield the lines that changes of files add, remove and keep, each file under its name."""
    for change in map(mapping, changes):
        kind = mapping(change.get("kind"))
        name, moved = text(change.get("path")), text(kind.get("move_path"))
        title = f"{name} → {moved}" if moved else name
        yield DiffLine(Side.SAME, one_line(f"{text(kind.get('type'))} {title}", 1000))
        yield from _lines(clean(text(change.get("diff"))), _WHOLE.get(text(kind.get("type"))))


def _lines(diff: str, side: Side | None) -> Iterator[DiffLine]:
    """Yield the lines of one file: of a new or deleted one its text, else of a unified diff."""
    if side is not None:
        for number, line in enumerate(diff.splitlines(), 1):
            yield DiffLine(side, line, number)
        return
    old = new = None
    for line in diff.splitlines():
        if hunk := _HUNK.match(line):
            old, new = int(hunk[1]), int(hunk[2])
            yield DiffLine(Side.SAME, line)
        elif line.startswith("+"):
            yield DiffLine(Side.ADDED, line[1:], new)
            new = None if new is None else new + 1
        elif line.startswith("-"):
            yield DiffLine(Side.REMOVED, line[1:], old)
            old = None if old is None else old + 1
        else:
            yield DiffLine(Side.SAME, line.removeprefix(" "), new)
            old, new = (None if old is None else old + 1), (None if new is None else new + 1)


def _command(ident: str, params: Payload, _: list[Any], since: float) -> Request:
    given = params.get("availableDecisions")
    network = mapping(params.get("networkApprovalContext"))
    reach = f"{text(network.get('protocol'))} {text(network.get('host'))}".strip()
    said = [
        text(params.get("command")),
        f"network: {reach}" if reach else "",
        _named("more rights", params.get("additionalPermissions")),
        _named("why", params.get("reason")),
    ]
    return Request(
        id=ident,
        tool="exec_command",
        text=clean("\n".join(filter(None, said))),
        since=since,
        cwd=_folder(params),
        only_refuse="" if not isinstance(given, list) or ACCEPT in given else FOR_GOOD,
    )


def _edit(ident: str, params: Payload, changes: list[Any], since: float) -> Request:
    files = [text(mapping(change).get("path")) for change in changes]
    said = [
        "\n".join(filter(None, files)) or "an edit whose files were not told",
        _named("writing from now on below", params.get("grantRoot")),
        _named("why", params.get("reason")),
    ]
    return Request(
        id=ident,
        tool="apply_patch",
        text=clean("\n".join(filter(None, said))),
        since=since,
        diff=tuple(diff_of(changes)),
        only_refuse=FOR_GOOD if params.get("grantRoot") else "" if changes else UNTOLD,
    )


def _rights(ident: str, params: Payload, _: list[Any], since: float) -> Request:
    said = [_named("rights", params.get("permissions")), _named("why", params.get("reason"))]
    return Request(
        id=ident,
        tool="request_permissions",
        text=clean("\n".join(filter(None, said))),
        since=since,
        cwd=_folder(params),
        only_refuse=FOR_GOOD,
    )


def _questions(ident: str, params: Payload, _: list[Any], since: float) -> Request:
    asked = map(mapping, sequence(params.get("questions")))
    questions = tuple(question_of(one, secret=one.get("isSecret") is True) for one in asked)
    return Request(
        id=ident,
        tool="request_user_input",
        text=asked_text(questions),
        since=since,
        kind=Waiting.INPUT,
        questions=questions,
        only_refuse="" if questions else UNTOLD,
    )


def _elicitation(ident: str, params: Payload, _: list[Any], since: float) -> Request:
    return Request(
        id=ident,
        tool=one_line(text(params.get("serverName"))) or "mcp",
        text=clean(text(params.get("message")) or text(params.get("description"))),
        since=since,
        kind=Waiting.INPUT,
        only_refuse=FORM,
    )


def _named(name: str, value: Any) -> str:
    said = written(value)
    return f"{name}: {said}" if said else ""


def _folder(params: Payload) -> str | None:
    cwd = text_or_none(params.get("cwd"))
    return one_line(cwd, 4096) if cwd else None


_MAKERS: dict[str, Callable[[str, Payload, list[Any], float], Request]] = {
    "item/commandExecution/requestApproval": _command,
    "item/fileChange/requestApproval": _edit,
    "item/permissions/requestApproval": _rights,
    INPUT: _questions,
    "mcpServer/elicitation/request": _elicitation,
}
