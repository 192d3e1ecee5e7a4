"""A scripted stand-in of the Messages API: what Claude Code needs to run without a vendor.

Served: `POST /v1/messages` (JSON and server-sent events), `POST /v1/messages/count_tokens`,
`GET /v1/models`. What is answered stands in `script.py`.
"""

import itertools
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

from .loopback import Exchange, Request, StandIn
from .script import Call, Reply

ADDED = re.compile(
    r"<system-reminder>.*?</system-reminder>\s*|</?pasted_content[^>]*>\s*"
    r"|\[Request interrupted by user[^\]]*\]\s*",
    re.DOTALL,
)
"""What the client adds to a typed prompt."""

ASKS_FOR_SUMMARY = re.compile("create a detailed summary|detailed summary of (the|our)")
SIGNATURE = "c2NyaXB0ZWQ="
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class AnthropicApi(StandIn):
    """The Messages API on loopback, scripted.

    A reply's fill is the input side of its usage: everything but the newest two messages
    counts as read from the cache, those as written to it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._run = uuid.uuid4().hex[:8]
        self._numbers = itertools.count(1)

    def get(self, request: Request, exchange: Exchange) -> None:
        """Answer the model list and the client's reachability probe."""
        if request.path == "/v1/models":
            exchange.send_json({"data": [], "has_more": False})
        else:
            exchange.send_json({}, 200 if request.path == "/" else 404)

    def post(self, request: Request, exchange: Exchange) -> None:
        """Answer a model call or a count."""
        if request.path == "/v1/messages/count_tokens":
            exchange.send_json({"input_tokens": len(request.text) // 4})
        elif request.path == "/v1/messages":
            self._messages(request, exchange)
        else:
            exchange.send_json(_error(404, f"not scripted: {request.path}"), 404)

    def _messages(self, request: Request, exchange: Exchange) -> None:
        ident = f"{self._run}{next(self._numbers):05d}"
        reply = self._reply(request)
        request_id = f"req_lab{ident}"
        if failure := reply.failure:
            request.outcome = f"failed with {failure.status}"
            error = _error(failure.status, failure.message)
            exchange.send_json(error, failure.status, retry_after="1", request_id=request_id)
            return
        message = self._message(request, reply, ident)
        request.usage = message["usage"]
        if request.body.get("stream"):
            exchange.open_stream(request_id=request_id)
            self._stream(message, reply, exchange)
        else:
            exchange.send_json(message, request_id=request_id)

    def _reply(self, request: Request) -> Reply:
        messages = request.body.get("messages", [])
        request.prompt, calls = last_prompt(messages)
        if ASKS_FOR_SUMMARY.search(request.prompt):
            request.kind = "compaction"
            text = f"<summary>\n{self.script.summary}\n</summary>"
            return Reply(text=text, failure=self.script.summary_failure)
        if not request.body.get("tools"):
            request.kind = "side"
            return Reply(text=json.dumps({"title": self.script.title}))
        request.kind = "turn"
        return self.script.reply(request.prompt, calls)

    def _message(self, request: Request, reply: Reply, ident: str) -> dict[str, Any]:
        content = list(_blocks(reply, ident))
        return {
            "id": f"msg_lab{ident}",
            "type": "message",
            "role": "assistant",
            "model": request.body.get("model"),
            "content": content,
            "stop_reason": "tool_use" if reply.calls else "end_turn",
            "stop_sequence": None,
            "usage": self._usage(request, reply, content),
        }

    def _usage(self, request: Request, reply: Reply, content: list[Any]) -> dict[str, Any]:
        messages = request.body.get("messages", [])
        texts = [plain(m.get("content")) for m in messages if m.get("role") != "system"]
        growth = self.script.growth
        fill = reply.fill or growth.fill(texts, self.script.summary)
        if request.kind == "side":
            fill = len(request.text) // 4
        fresh = min(fill - 3, fill if len(texts) <= 2 else 2 * growth.per_message)
        return {
            "input_tokens": 3,
            "cache_creation_input_tokens": fresh,
            "cache_read_input_tokens": fill - 3 - fresh,
            "cache_creation": {"ephemeral_5m_input_tokens": fresh, "ephemeral_1h_input_tokens": 0},
            "output_tokens": max(1, len(json.dumps(content)) // 4),
        }

    def _stream(self, message: dict[str, Any], reply: Reply, exchange: Exchange) -> None:
        first = {**message["usage"], "output_tokens": 1}
        head = {**message, "content": [], "stop_reason": None, "usage": first}
        exchange.send_event("message_start", message=head)
        for index, block in enumerate(message["content"]):
            empty, deltas = self._deltas(block, reply, exchange)
            exchange.send_event("content_block_start", index=index, content_block=empty)
            for delta in deltas:
                exchange.send_event("content_block_delta", index=index, delta=delta)
            exchange.send_event("content_block_stop", index=index)
        end = {"stop_reason": message["stop_reason"], "stop_sequence": None}
        exchange.send_event("message_delta", delta=end, usage=message["usage"])
        exchange.send_event("message_stop")
        exchange.close_stream()

    def _deltas(
        self, block: dict[str, Any], reply: Reply, exchange: Exchange
    ) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
        """A block as it starts, and the pieces that fill it."""
        match block["type"]:
            case "text":
                pieces = self.pieces(reply, block["text"], exchange)
                deltas = ({"type": "text_delta", "text": piece} for piece in pieces)
                return {"type": "text", "text": ""}, deltas
            case "thinking":
                told = {"type": "thinking_delta", "thinking": block["thinking"]}
                signed = {"type": "signature_delta", "signature": SIGNATURE}
                return {**block, "thinking": "", "signature": ""}, iter((told, signed))
            case _:
                whole = json.dumps(block["input"])
                delta = {"type": "input_json_delta", "partial_json": whole}
                return {**block, "input": {}}, iter((delta,))


def plain(content: Any) -> str:
    """The newest typed text of a message; empty when it only carries tool results.

    After an error or an interrupt the client joins several prompts into one message, each
    a block of its own, so the last one counts.
    """
    blocks = [{"text": content}] if isinstance(content, str) else content or []
    texts = [ADDED.sub("", b.get("text", "")).strip() for b in blocks if isinstance(b, dict)]
    return next((text for text in reversed(texts) if text), "")


def last_prompt(messages: list[dict[str, Any]]) -> tuple[str, int]:
    """The text of the last typed prompt, and how often the model was called since then."""
    calls = 0
    for message in reversed(messages):
        calls += message.get("role") == "assistant"
        if message.get("role") == "user" and (text := plain(message.get("content"))):
            return text, calls
    return "", calls


def _blocks(reply: Reply, ident: str) -> Iterator[dict[str, Any]]:
    if reply.thinking:
        yield {"type": "thinking", "thinking": reply.thinking, "signature": SIGNATURE}
    if reply.text:
        yield {"type": "text", "text": reply.text}
    for index, call in enumerate(reply.calls):
        name, arguments = _tool(call)
        yield {
            "type": "tool_use",
            "id": f"toolu_lab{ident}{index:02d}",
            "name": name,
            "input": arguments,
        }


def _tool(call: Call) -> tuple[str, dict[str, Any]]:
    """A call in the client's own tool names."""
    match call.tool, call.parts:
        case (("bash" | "ask"), _):
            return "Bash", {"command": call.text, "description": "A step of the lab"}
        case "background", _:
            command = {"command": call.text, "description": "A step of the lab"}
            return "Bash", {**command, "run_in_background": True}
        case "read", _:
            return "Read", {"file_path": call.text}
        case "write", [path, *text]:
            return "Write", {"file_path": path, "content": "|".join(text)}
        case "edit", [path, old, new]:
            return "Edit", {"file_path": path, "old_string": old, "new_string": new}
        case (("question" | "several"), [question, *choices]):
            options = [{"label": one, "description": f"go {one}"} for one in choices]
            asked = {"question": question, "header": "Way", "options": options}
            return "AskUserQuestion", {
                "questions": [{**asked, "multiSelect": call.tool == "several"}]
            }
        case "agent", _:
            return "Agent", {
                "description": "A helper of the lab",
                "prompt": call.text,
                "subagent_type": "general-purpose",
            }
        case _:
            raise ValueError(f"Claude has no tool for {call}")


def _error(status: int, message: str) -> dict[str, Any]:
    kind = ERROR_TYPES.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message}}
