"""A small HTTP server on loopback, in a thread of the test: the base of both stand-ins."""

import gzip
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from .script import Reply, Script
from .waiting import until

HUNG_UP = (BrokenPipeError, ConnectionResetError)
HOLD_TICK = 0.1
"""Seconds between the comment lines that keep a held stream open and notice a hang-up."""


@dataclass
class Request:
    """One request of a client, kept for the test to look at."""

    path: str
    body: dict[str, Any]
    prompt: str = ""
    kind: str = "other"
    outcome: str = "open"
    usage: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The whole body as JSON text, to search for what the model was told."""
        return json.dumps(self.body, ensure_ascii=False)


class Exchange(BaseHTTPRequestHandler):
    """One connection; hands each request to the stand-in and offers ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def log_message(self, *_: object) -> None:
        """Stay quiet: the stand-in's list of requests is the record."""

    def do_GET(self) -> None:
        """Hand a request to the stand-in."""
        self._serve(self.server.api.get)

    def do_HEAD(self) -> None:
        """Hand a request to the stand-in; only the head of the answer is sent."""
        self._serve(self.server.api.get)

    def do_POST(self) -> None:
        """Hand a request to the stand-in."""
        self._serve(self.server.api.post)

    def _serve(self, answer: "Callable[[Request, Exchange], None]") -> None:
        raw = self._read()
        request = Request(self.path.split("?")[0], json.loads(raw) if raw.strip() else {})
        self.server.api.requests.append(request)
        try:
            answer(request, self)
            request.outcome = request.outcome.replace("open", "answered")
        except HUNG_UP:
            request.outcome = "client hung up"
            self.close_connection = True

    def _read(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            raw = b"".join(self._chunks())
        else:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        return gzip.decompress(raw) if self.headers.get("content-encoding") == "gzip" else raw

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def send_json(self, data: Any, status: int = 200, **headers: str) -> None:
        """Answer with one JSON document."""
        raw = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def open_stream(self, **headers: str) -> None:
        """Begin to answer with server-sent events."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-cache")
        self.send_header("transfer-encoding", "chunked")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send_event(self, kind: str, **data: Any) -> None:
        """Send one event; its kind stands in the data too, as both vendors do it."""
        self._chunk(f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n")

    def keep_alive(self) -> None:
        """Send a comment line, which clients ignore; raises when the client is gone."""
        self._chunk(": waiting\n\n")

    def close_stream(self) -> None:
        """End the events."""
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        raw = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
        self.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, api: "StandIn") -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.api = api

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), HUNG_UP):
            super().handle_error(request, client_address)


class StandIn:
    """A vendor's API as far as a client needs it; a context manager that serves a thread.

    Attributes:
        script: what is answered; tests add rules with `on()`.
        requests: every request so far, oldest first.
    """

    def __init__(self) -> None:
        self.script = Script()
        self.requests: list[Request] = []
        self._held = threading.Event()
        self._released = threading.Event()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def on(self, pattern: str, *replies: Reply) -> None:
        """Answer prompts that match `pattern` with these replies, one for each model call."""
        self.script.on(pattern, *replies)

    def turns(self, text: str = "") -> list[Request]:
        """The requests of the conversation itself whose prompt holds `text`."""
        return [r for r in self.requests if r.kind == "turn" and text in r.prompt]

    def compactions(self) -> list[Request]:
        """The requests that asked for a summary."""
        return [r for r in self.requests if r.kind == "compaction"]

    def until_asked(self, text: str, within: float = 10.0) -> Request:
        """Wait for a model call whose prompt holds `text`."""
        return until(lambda: self.turns(text), within=within, what=f"a request for {text!r}")[0]

    def until_held(self, within: float = 10.0) -> None:
        """Wait until a reply with `lab:hold` stands at its middle."""
        until(self._held.is_set, within=within, what="a held reply")

    def release(self) -> None:
        """Let the held reply go on to its end."""
        self.until_held()
        self._released.set()

    def pieces(self, reply: Reply, text: str, exchange: Exchange) -> Iterator[str]:
        """The words of a reply, at the pace that its script asks for."""
        words = re.findall(r"\S+\s*", text) or [text]
        for at, word in enumerate(words):
            if reply.hold and at == len(words) // 2:
                self._hold(exchange)
            time.sleep(reply.seconds / len(words))
            yield word

    def _hold(self, exchange: Exchange) -> None:
        self._released.clear()
        self._held.set()
        try:
            while not self._released.wait(HOLD_TICK):
                exchange.keep_alive()
        finally:
            self._held.clear()

    def get(self, request: Request, exchange: Exchange) -> None:
        """Answer a GET; each vendor's stand-in says how."""
        raise NotImplementedError

    def post(self, request: Request, exchange: Exchange) -> None:
        """Answer a POST; each vendor's stand-in says how."""
        raise NotImplementedError
