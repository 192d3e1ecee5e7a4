"""What an app-server tells, message by message, made into what is known of a session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clearhead.core.acting.live import Live, Reply
from clearhead.core.acting.questions import Question
from clearhead.core.agents.base import Side, State, Waiting
from clearhead.core.agents.codex.asked import accepted, declined, request_of
from clearhead.core.agents.codex.rpc import Asked, Replied, Told, read
from clearhead.core.agents.codex.threads import Thread, asked, opened, queued, told

DATA = Path(__file__).parents[1] / "data" / "codex" / "app-server"
CAPTURES = sorted(DATA.glob("*.jsonl"))
OWNED = DATA / "stdio-owned.jsonl"
ID = "01a2"
NOW = 1000.0


def follow(path):
    """Every state that the threads of a capture went through, as a client would see them."""
    thread, states, opening = Thread(), [], set()
    for line in path.read_text().splitlines():
        record = json.loads(line)
        raw = json.dumps(record["msg"])
        if record["dir"] == ">":
            if record["msg"].get("method") in {"thread/start", "thread/resume", "thread/fork"}:
                opening.add(record["msg"]["id"])
            continue
        message = read(raw)
        if isinstance(message, Told):
            thread = told(thread, message, record["t"])
        elif isinstance(message, Asked):
            thread = asked(thread, message, record["t"])
        elif isinstance(message, Replied) and message.id in opening and message.answer.good:
            thread = opened(message.answer.result, record["t"])
        states.append(thread)
    return states


def notified(method, thread=None, **params):
    """The thread after one notification about it."""
    thread = thread or Thread(live=Live(session_id=ID, state=State.IDLE), status=State.IDLE)
    return told(thread, Told(method, {"threadId": ID, **params}), NOW)


def item(kind, ident="i1", **more):
    return {"item": {"type": kind, "id": ident, **more}, "turnId": "t1"}


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_a_captured_course_ends_at_rest(path):
    states = follow(path)
    last = states[-1]
    assert last.live.requests == ()
    assert last.live.reply is None
    assert last.live.state in {State.IDLE, None}


def test_a_captured_life_shows_states_requests_replies_and_figures():
    states = follow(OWNED)
    lives = [state.live for state in states]
    assert {live.state for live in lives if live.session_id} == {
        State.IDLE,
        State.BUSY,
        State.WAITING,
    }
    assert "stub reply 16: hello " in {live.reply.text for live in lives if live.reply}
    requests = {request.text: request for live in lives for request in live.requests}
    first = requests["/bin/bash -lc 'echo approved-one > a.txt'"]
    assert (first.tool, first.cwd, first.answerable) == ("exec_command", "/home/dev/project", True)
    assert first.since == 1795378307.447
    assert {live.fill for live in lives} >= {5457, 189_008, None}
    assert max(state.compactions for state in states) == 2
    assert {state.estimate for state in states} == {None, 6281, 6290}
    outcomes = {how for state in states for _, how in state.ended}
    assert outcomes == {"completed", "interrupted", "failed"}
    assert {how for state in states for _, how in state.done} == {"completed", "declined"}
    assert any("scripted failure" in (state.failure or "") for state in states)


def test_a_reply_grows_and_goes_when_its_item_is_whole():
    thread = notified("item/started", **item("agentMessage"))
    thread = notified("item/agentMessage/delta", thread, itemId="i1", delta="one\x1b[31m ")
    thread = notified("item/agentMessage/delta", thread, itemId="i1", delta="two")
    assert thread.live.reply == Reply("one two", "i1")
    thread = notified("item/agentMessage/delta", thread, itemId="i2", delta="else")
    assert thread.live.reply == Reply("else", "i2")
    assert notified("item/completed", thread, **item("agentMessage", "i2")).live.reply is None


def test_other_threads_change_nothing():
    thread = notified("thread/status/changed", status={"type": "idle"})
    other = Told("thread/status/changed", {"threadId": "other", "status": {"type": "active"}})
    assert told(thread, other, NOW) is thread


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({"type": "idle"}, State.IDLE),
        ({"type": "systemError"}, State.IDLE),
        ({"type": "active", "activeFlags": []}, State.BUSY),
        ({"type": "active", "activeFlags": ["waitingOnApproval"]}, State.WAITING),
        ({"type": "notLoaded"}, State.ENDED),
        ({"type": "dreaming"}, State.UNKNOWN),
        (None, State.UNKNOWN),
    ],
)
def test_each_status_is_a_state(status, state):
    before = Thread(live=Live(session_id=ID))
    live = notified("thread/status/changed", before, status=status).live
    assert (live.state, live.since) == (state, NOW)


def test_a_request_makes_it_wait_until_it_is_resolved():
    busy = notified("thread/status/changed", status={"type": "active", "activeFlags": []})
    question = Asked(
        3,
        "item/commandExecution/requestApproval",
        {
            "threadId": ID,
            "itemId": "i1",
            "command": "rm -rf build\necho \x1b[2Kdone",
            "cwd": "/there",
            "reason": "outside",
            "additionalPermissions": {"network": True},
        },
    )
    waits = asked(busy, question, NOW)
    assert waits.live.state is State.WAITING
    request = waits.live.requests[0]
    assert request.text == 'rm -rf build\necho done\nmore rights: {"network":true}\nwhy: outside'
    assert (request.id, request.cwd, request.since) == ("3", "/there", NOW)
    goes_on = told(waits, Told("serverRequest/resolved", {"requestId": 3}), NOW)
    assert (goes_on.live.state, goes_on.live.requests) == (State.BUSY, ())
    over = notified("thread/status/changed", waits, status={"type": "idle"})
    assert (over.live.state, over.live.requests) == (State.IDLE, ())


def test_an_edit_is_asked_for_with_its_diff():
    changes = [
        {
            "path": "a",
            "kind": {"type": "update", "move_path": "b"},
            "diff": "@@ -3 +3 @@\n-x\n+y\n z",
        },
        {"path": "n", "kind": {"type": "add"}, "diff": "new\n"},
        {"path": "d", "kind": {"type": "delete"}, "diff": "old\n"},
    ]
    thread = notified("item/started", **item("fileChange", changes=changes))
    question = Asked("q", "item/fileChange/requestApproval", {"threadId": ID, "itemId": "i1"})
    request = asked(thread, question, NOW).live.requests[0]
    assert (request.tool, request.text, request.answerable) == ("apply_patch", "a\nn\nd", True)
    assert [(line.side, line.text, line.number) for line in request.diff] == [
        (Side.SAME, "update a → b", None),
        (Side.SAME, "@@ -3 +3 @@", None),
        (Side.REMOVED, "x", 3),
        (Side.ADDED, "y", 3),
        (Side.SAME, "z", 4),
        (Side.SAME, "add n", None),
        (Side.ADDED, "new", 1),
        (Side.SAME, "delete d", None),
        (Side.REMOVED, "old", 1),
    ]


@pytest.mark.parametrize(
    ("method", "params", "kind"),
    [
        ("item/fileChange/requestApproval", {}, Waiting.PERMISSION),
        (
            "item/commandExecution/requestApproval",
            {"command": "ls", "availableDecisions": ["cancel"]},
            Waiting.PERMISSION,
        ),
        ("item/permissions/requestApproval", {"permissions": {"a": 1}}, Waiting.PERMISSION),
        ("mcpServer/elicitation/request", {"message": "Who?"}, Waiting.INPUT),
    ],
)
def test_what_clearhead_cannot_allow_is_shown_and_can_be_refused(method, params, kind):
    asking = Asked(1, method, params)
    request = request_of(asking, (), NOW)
    assert (bool(request.only_refuse), request.kind) == (True, kind)
    assert request.text
    assert "accept" not in json.dumps(declined(asking))


def test_questions_have_their_choices_and_answers_go_by_their_names():
    options = [{"label": "\x1b[1mLeft", "description": "to the sea"}, {"label": "Right"}]
    way = {"id": "way", "question": "Which way?", "options": options}
    pin = {"id": "pin", "question": "The PIN?", "isSecret": True, "options": None}
    asking = Asked(1, "item/tool/requestUserInput", {"questions": [way, pin]})
    request = request_of(asking, (), NOW)
    assert request.text == "Which way?\n1. Left: to the sea\n2. Right\nThe PIN?"
    assert (request.kind, request.only_refuse) == (Waiting.INPUT, "")
    assert request.questions == (
        Question("Which way?", ("Left", "Right"), ("to the sea", "")),
        Question("The PIN?", secret=True),
    )
    assert accepted(asking, "Left\n1234") == {
        "answers": {
            "way": {"answers": ["\x1b[1mLeft"]},
            "pin": {"answers": ["user_note: 1234"]},
        }
    }
    assert declined(asking) == {"answers": {}}
    told = {"answers": ["user_note: not answered: I do not know."]}
    assert declined(asking, "I do not know.") == {"answers": {"way": told, "pin": told}}


def test_what_no_person_is_asked_is_no_request():
    assert request_of(Asked(1, "currentTime/read", {}), (), NOW) is None


def test_the_figures_of_a_compaction_are_not_taken_for_the_fill():
    def usage(thread, given, written, total):
        last = {"inputTokens": given, "outputTokens": written, "totalTokens": total}
        figures = {"last": last, "modelContextWindow": 190_000}
        return notified("thread/tokenUsage/updated", thread, tokenUsage=figures)

    thread = usage(None, 900, 100, 1000)
    assert (thread.live.fill, thread.live.window) == (1000, 190_000)
    thread = notified("item/started", thread, **item("contextCompaction"))
    thread = usage(thread, 1200, 50, 1250)
    assert thread.live.fill == 1000
    thread = usage(thread, 0, 0, 300)
    thread = notified("item/completed", thread, **item("contextCompaction"))
    assert (thread.live.fill, thread.estimate, thread.compactions) == (None, 300, 1)
    assert usage(thread, 400, 10, 410).live.fill == 410


def test_a_retry_is_shown_until_something_comes():
    error = {"message": "overloaded"}
    thread = notified("error", error=error, willRetry=True)
    assert thread.live.retry == "overloaded"
    assert notified("item/started", thread, **item("reasoning")).live.retry is None
    given_up = notified("error", thread, error=error, willRetry=False)
    assert (given_up.live.retry, given_up.failure) == (None, "overloaded")


def test_the_queue_is_told_in_its_order():
    entries = [
        {"input": [{"type": "text", "text": words}], "clientUserMessageId": words[0]}
        for words in ("first", "second")
    ]
    thread = queued(Thread(), {"data": entries})
    assert (thread.live.queued, thread.queue) == (("first", "second"), ("f", "s"))


def test_settings_name_model_and_policy():
    settings = {"model": "m", "approvalPolicy": "never"}
    live = notified("thread/settings/updated", threadSettings=settings).live
    assert (live.model, live.mode) == ("m", "never")
    settings = {"approvalPolicy": {"granular": {}}}
    assert notified("thread/settings/updated", threadSettings=settings).live.mode is None


def test_what_is_remembered_is_bounded():
    thread = None
    for number in range(500):
        turn = {"id": f"t{number}", "status": "completed"}
        thread = notified("turn/completed", thread, turn=turn)
        thread = notified("item/completed", thread, **item("userMessage", clientId=f"c{number}"))
    assert thread.ended[-1] == ("t499", "completed")
    assert (len(thread.ended), len(thread.begun)) == (64, 64)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
KEYS = st.sampled_from(
    [
        "activeFlags",
        "availableDecisions",
        "changes",
        "clientId",
        "command",
        "cwd",
        "data",
        "delta",
        "diff",
        "error",
        "id",
        "input",
        "initialTurnsPage",
        "item",
        "itemId",
        "items",
        "kind",
        "last",
        "message",
        "model",
        "modelContextWindow",
        "path",
        "questions",
        "requestId",
        "startedAtMs",
        "status",
        "threadSettings",
        "tokenUsage",
        "turn",
        "turnId",
        "type",
        "willRetry",
    ]
)
ODD = st.recursive(
    VALUES | st.sampled_from(["fileChange", "agentMessage", "contextCompaction", "update", ID]),
    lambda inner: st.dictionaries(KEYS, inner, max_size=6) | st.lists(inner, max_size=3),
    max_leaves=8,
)
METHODS = st.sampled_from(
    [
        "error",
        "item/agentMessage/delta",
        "item/completed",
        "item/fileChange/patchUpdated",
        "item/started",
        "thread/closed",
        "thread/settings/updated",
        "thread/status/changed",
        "thread/tokenUsage/updated",
        "turn/completed",
        "turn/started",
        "serverRequest/resolved",
        "item/commandExecution/requestApproval",
        "item/fileChange/requestApproval",
        "item/permissions/requestApproval",
        "item/tool/requestUserInput",
        "mcpServer/elicitation/request",
    ]
)


@example([("item/completed", {"item": {"type": [], "id": {}}}), ("turn/started", {"turn": []})])
@given(st.lists(st.tuples(METHODS, st.dictionaries(KEYS, ODD, max_size=6)), max_size=3))
def test_no_message_breaks_it(messages):
    thread = Thread(live=Live(session_id=ID))
    for method, params in messages:
        given = {**params, "threadId": ID}
        thread = told(thread, Told(method, given), NOW)
        thread = asked(thread, Asked(1, method, given), NOW)
        thread = queued(opened(params, NOW), params) if "data" in params else thread


@given(st.binary() | st.text().map(str.encode) | ODD.map(lambda v: json.dumps(v).encode()))
def test_no_line_breaks_it(line):
    message = read(line)
    assert message is None or isinstance(message, Asked | Told | Replied)
