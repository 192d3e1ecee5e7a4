"""A scripted stand-in of the Responses API: what Codex needs to run without a vendor.

Served: `POST /v1/responses` (server-sent events) and `GET /v1/models`. What is answered
stands in `script.py`.
"""

import itertools
import json
import shlex
from typing import Any

from .loopback import Exchange, Request, StandIn
from .script import Call, Reply

ASKS_FOR_SUMMARY = "context checkpoint compaction"
MODEL = "scripted-model"


class OpenAiApi(StandIn):
    """The Responses API on loopback, scripted.

    A reply's fill is input plus output, as Codex counts it; all but the growth of one
    message counts as read from the cache.
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)

    def get(self, request: Request, exchange: Exchange) -> None:
        """Answer the model list."""
        if request.path == "/v1/models":
            entry = {"id": MODEL, "object": "model", "created": 0, "owned_by": "lab"}
            exchange.send_json({"object": "list", "data": [entry]})
        else:
            exchange.send_json({"error": {"message": f"not scripted: {request.path}"}}, 404)

    def post(self, request: Request, exchange: Exchange) -> None:
        """Answer a model call."""
        if request.path == "/v1/responses":
            self._responses(request, exchange)
        else:
            exchange.send_json({"error": {"message": f"not scripted: {request.path}"}}, 404)

    def _responses(self, request: Request, exchange: Exchange) -> None:
        number = next(self._numbers)
        reply = self._reply(request)
        if failure := reply.failure:
            request.outcome = f"failed with {failure.status}"
            exchange.send_json({"error": {"message": failure.message}}, failure.status)
            return
        request.usage = self._usage(request, reply)
        exchange.open_stream()
        head = {"id": f"resp_{number}", "object": "response", "model": request.body.get("model")}
        started: dict[str, Any] = {**head, "status": "in_progress", "output": []}
        exchange.send_event("response.created", response=started)
        output = self._stream(request, reply, exchange, number)
        done = {**head, "status": "completed", "output": output, "usage": request.usage}
        exchange.send_event("response.completed", response=done)
        exchange.close_stream()

    def _reply(self, request: Request) -> Reply:
        items = request.body.get("input") or []
        request.prompt, calls = last_prompt(items)
        if ASKS_FOR_SUMMARY in request.prompt.lower():
            request.kind = "compaction"
            return Reply(text=self.script.summary)
        if not request.body.get("tools"):
            request.kind = "side"
            return Reply(text=self.script.title)
        request.kind = "turn"
        return self.script.reply(request.prompt, calls)

    def _usage(self, request: Request, reply: Reply) -> dict[str, Any]:
        texts = [plain(i) for i in request.body.get("input") or [] if i.get("role") != "developer"]
        growth = self.script.growth
        fill = reply.fill or growth.fill(texts, self.script.summary)
        output = max(1, len(reply.text) // 4)
        fresh = fill - output
        return {
            "input_tokens": fresh,
            "input_tokens_details": {"cached_tokens": max(0, fresh - growth.per_message)},
            "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": fill,
        }

    def _stream(
        self, request: Request, reply: Reply, exchange: Exchange, number: int
    ) -> list[dict[str, Any]]:
        output = []
        if reply.text:
            output.append(self._stream_text(reply, exchange, f"msg_{number}"))
        for index, call in enumerate(reply.calls, start=len(output)):
            name, arguments = _tool(call, request.body.get("tools") or [])
            item = {
                "type": "function_call",
                "id": f"fc_{number}_{index}",
                "call_id": f"call_{number}_{index}",
                "name": name,
                "arguments": json.dumps(arguments),
                "status": "completed",
            }
            opened = {**item, "arguments": ""}
            exchange.send_event("response.output_item.added", output_index=index, item=opened)
            exchange.send_event("response.output_item.done", output_index=index, item=item)
            output.append(item)
        return output

    def _stream_text(self, reply: Reply, exchange: Exchange, ident: str) -> dict[str, Any]:
        item = {"type": "message", "id": ident, "role": "assistant", "status": "in_progress"}
        empty = {**item, "content": []}
        exchange.send_event("response.output_item.added", output_index=0, item=empty)
        for piece in self.pieces(reply, reply.text, exchange):
            exchange.send_event(
                "response.output_text.delta",
                item_id=ident,
                output_index=0,
                content_index=0,
                delta=piece,
            )
        content = [{"type": "output_text", "text": reply.text, "annotations": []}]
        done = {**item, "status": "completed", "content": content}
        exchange.send_event("response.output_item.done", output_index=0, item=done)
        return done


def plain(item: dict[str, Any]) -> str:
    """The text of an input item; empty for calls and their results."""
    content = item.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(part.get("text", "") for part in content or [])


def last_prompt(items: list[dict[str, Any]] | str) -> tuple[str, int]:
    """The text of the last user message, and how often the model called a tool since."""
    if isinstance(items, str):
        return items, 0
    calls = 0
    for item in reversed(items):
        calls += str(item.get("type", "")).endswith("_call")
        if item.get("role") == "user":
            return plain(item), calls
    return "", calls


def _tool(call: Call, tools: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """A call of a tool that the client offers: of the one that asks the person, else of its shell."""
    if call.tool != "question":
        return _shell(call, tools)
    assert "request_user_input" in {tool.get("name") for tool in tools}, "questions are not on"
    question, *choices = call.parts
    options = [{"label": choice, "description": f"go {choice}"} for choice in choices]
    asked = {"id": "way", "header": "Way", "question": question, "options": options}
    return "request_user_input", {"questions": [asked]}


def _shell(call: Call, tools: list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """A call of the shell tool that the client offers; files are read and written with it."""
    name = next(t["name"] for t in tools if t.get("name") in {"exec_command", "shell_command"})
    arguments: dict[str, Any] = {"cmd" if name == "exec_command" else "command": _command(call)}
    if call.tool == "ask":
        arguments |= {"sandbox_permissions": "require_escalated", "justification": "Is it fine?"}
    return name, arguments


def _command(call: Call) -> str:
    match call.tool, call.parts:
        case (("bash" | "ask"), _):
            return call.text
        case "read", _:
            return f"cat {shlex.quote(call.text)}"
        case "write", [path, *text]:
            return f"printf %s {shlex.quote('|'.join(text))} > {shlex.quote(path)}"
        case "edit", [path, old, new]:
            patch = f"*** Begin Patch\n*** Update File: {path}\n@@\n-{old}\n+{new}\n*** End Patch"
            return f"apply_patch <<'EOF'\n{patch}\nEOF"
        case _:
            raise ValueError(f"Codex has no tool for {call}")
