"""Speaking with an app-server: what is sent, what is answered, and when it goes away."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import unix_serve

from clearhead.core.agents.codex import wires
from clearhead.core.agents.codex.arguments import arguments
from clearhead.core.agents.codex.owned import CodexOwned
from clearhead.core.agents.codex.rpc import Answer, Rpc
from clearhead.core.agents.codex.wires import Child, CodexGone, Socket, look_at
from clearhead.core.agents.processes import process
from clearhead.core.problems import UsageProblem
from tests.helpers import until_async

SERVER = """
import json, os, sys, time
for line in sys.stdin:
    m = json.loads(line)
    say = lambda **v: print(json.dumps(v), flush=True)
    match m.get("method"):
        case "echo":
            print("no JSON", flush=True)
            print(json.dumps([1]), flush=True)
            say(method="before", params={"n": 1}, emittedAtMs=2000)
            say(id=m["id"], result=m["params"])
            say(method="behind", params={"n": 2})
        case "refuse":
            say(id=m["id"], error={"code": -32600, "message": "not now"})
        case "ask":
            say(id="q1", method="may/we", params={"what": "x"})
            say(id=m["id"], result={})
        case "die":
            print("last words", file=sys.stderr, flush=True)
            os._exit(3)
        case "initialize":
            say(id=m["id"], result={"version": m["params"]["clientInfo"]["version"]})
        case None:
            say(method="answered", params=m)
        case "initialized":
            say(method="met", params=m)
"""


class Heard:
    """What came in, in its order."""

    def __init__(self):
        self.all = []
        self.gone = 0

    def leave(self):
        self.gone += 1

    def methods(self):
        return [message.method for message in self.all]


@asynccontextmanager
async def speaking(wire):
    heard = Heard()
    rpc = Rpc(wire, told=heard.all.append, asked=heard.all.append, gone=heard.leave)
    try:
        yield rpc, heard
    finally:
        await rpc.close()


async def child(program=SERVER):
    return await Child.start([sys.executable, "-c", program], Path.cwd())


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="cx-", dir="/tmp") as made:
        yield Path(made)


async def test_answers_and_notifications_keep_their_order():
    async with speaking(await child()) as (rpc, heard):
        seen = []
        answer = await rpc.request(
            "echo", {"a": 1}, then=lambda _: seen.append(tuple(heard.methods()))
        )
        assert answer == Answer({"a": 1})
        assert seen == [("before",)]
        await until_async(lambda: heard.methods() == ["before", "behind"])
        assert heard.all[0].at == 2.0


async def test_a_refusal_has_words_and_silence_is_late():
    async with speaking(await child()) as (rpc, _):
        refused = await rpc.request("refuse", {})
        assert (refused.good, refused.refusal) == (False, "not now")
        silent = await rpc.request("nothing", {}, limit=0.05)
        assert (silent.good, silent.late) == (False, True)


async def test_the_first_words_introduce_us():
    async with speaking(await child()) as (rpc, heard):
        assert (await rpc.meet("1.2")).result == {"version": "1.2"}
        await until_async(lambda: heard.methods() == ["met"])


async def test_requests_of_the_server_are_answered_or_declined():
    async with speaking(await child()) as (rpc, heard):
        await rpc.request("ask", {})
        question = heard.all[0]
        assert (question.id, question.method, question.params) == ("q1", "may/we", {"what": "x"})
        await rpc.answer(question.id, {"decision": "decline"})
        await rpc.decline(question)
        await until_async(lambda: len(heard.all) == 3)
        assert heard.all[1].params == {"id": "q1", "result": {"decision": "decline"}}
        assert heard.all[2].params["error"]["code"] == -32601


async def test_a_child_that_dies_is_gone_for_whoever_waits():
    wire = await child()
    async with speaking(wire) as (rpc, heard):
        with pytest.raises(CodexGone, match="before it answered"):
            await rpc.request("die", {})
        assert heard.gone == 1
        with pytest.raises(CodexGone):
            await rpc.request("echo", {})
        assert await wire.ended() == 3
        assert wire.words == "last words"


@pytest.mark.parametrize("ending", ["sys.stdin.read()", "time.sleep(60)"], ids=["polite", "deaf"])
async def test_closing_leaves_nobody_behind(folder, monkeypatch, ending):
    for patience in ("LEAVES", "TERMINATES", "OUTLIVES"):
        monkeypatch.setattr(wires, patience, 0.2)
    named = folder / "pid"
    launcher = (
        "import subprocess, sys, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"p = subprocess.Popen(['sleep', '60']); open({str(named)!r}, 'w').write(str(p.pid))\n"
        f"{ending}\n"
    )
    wire = await child(launcher)
    async with speaking(wire):
        await until_async(lambda: named.exists() and named.read_text())
        closing = asyncio.create_task(wire.close())
        done, _ = await asyncio.wait({closing}, timeout=5)
        assert done
    assert wire.status is not None
    assert process(wire.pid) is None
    await until_async(lambda: process(int(named.read_text())) is None)


async def test_a_launcher_that_is_killed_takes_its_server_along(folder):
    named = folder / "pid"
    launcher = (
        "import subprocess, time\n"
        f"p = subprocess.Popen(['cat']); open({str(named)!r}, 'w').write(str(p.pid))\n"
        "time.sleep(60)\n"
    )
    wire = await child(launcher)
    async with speaking(wire) as (_, heard):
        await until_async(lambda: named.exists() and named.read_text())
        os.kill(wire.pid, 9)
        await until_async(lambda: heard.gone == 1)
        assert await wire.ended() == -9
    assert process(int(named.read_text())) is None


async def test_what_does_not_start_says_so(folder):
    with pytest.raises(CodexGone, match="does not start"):
        await Child.start([str(folder / "none")], folder)


async def test_the_last_words_of_a_program_that_ends_at_once_are_told(folder):
    program = folder / "codex"
    program.write_text("#!/bin/sh\necho no licence >&2\nexit 2\n")
    program.chmod(0o700)
    with pytest.raises(CodexGone, match="did not start: no licence"):
        await CodexOwned.start(str(program), folder)


async def test_a_socket_carries_the_same_messages(folder):
    path = folder / "real.sock"
    link = folder / "link.sock"
    link.symlink_to(path)

    async def serve(connection):
        async for text in connection:
            message = json.loads(text)
            if message["method"] == "bye":
                return
            await connection.send(b"\xff")
            await connection.send(json.dumps({"id": message["id"], "result": {"ok": True}}))

    async with unix_serve(serve, str(path)), speaking(await Socket.join(link)) as (rpc, heard):
        assert (await rpc.request("hello", {})).result == {"ok": True}
        with pytest.raises(CodexGone):
            await rpc.request("bye", {})
        assert heard.gone == 1
        with pytest.raises(CodexGone):
            await rpc.answer(1, {})
    with pytest.raises(CodexGone):
        await Socket.join(link)


def test_only_a_socket_of_the_users_own_is_used(folder):
    assert look_at(folder / "none")[1] == "is not there"
    (folder / "file").write_text("")
    assert look_at(folder / "file")[1] == "is not a socket"
    path = folder / "a.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert look_at(path) == (path.resolve(), None)
        folder.chmod(0o777)
        assert look_at(path)[1] == "lies in a folder that others may write to"
        folder.chmod(0o700)
        other = folder / "elsewhere"
        other.mkdir()
        (other / "link").symlink_to(path)
        assert look_at(other / "link") == (path.resolve(), None)
        other.chmod(0o777)
        assert look_at(other / "link")[1] == "lies in a folder that others may write to"


def test_arguments_go_to_the_program_or_to_the_thread():
    given = ["-c", "a=b", "--enable=x", "-m", "big", "--sandbox=read-only", "-a", "untrusted"]
    sorted_out = arguments([*given, "--strict-config"])
    assert sorted_out.options == ("--config", "a=b", "--enable", "x", "--strict-config")
    assert sorted_out.settings == {
        "model": "big",
        "sandbox": "read-only",
        "approvalPolicy": "untrusted",
    }


@pytest.mark.parametrize("given", [["--search"], ["do this"], ["-m"], ["--yolo"]])
def test_an_argument_that_cannot_be_obeyed_is_refused(given):
    with pytest.raises(UsageProblem):
        arguments(given)
