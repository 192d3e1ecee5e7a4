"""Plays answers of the model that is not there: words, tool calls, usage, and the tools' work."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from string import Template
from uuid import uuid4

from .context import Context, dollars
from .format import (
    MODEL,
    Allowed,
    AnyEntry,
    Author,
    Retried,
    Said,
    Status,
    Thought,
    ToolCall,
    ToolResult,
    Usage,
)
from .pace import Pace
from .recorder import PERMISSION, Recorder
from .script import Bash, Edit, Explore, Response, Tool, Write
from .tools import Outcome, called, settled, use
from .workspace import Workspace

PERMISSION_SECONDS = 8.0
"""How long the person in the script takes to allow a command."""

OVERLOADED = "overloaded (played by the script)"
RETRY_SECONDS = 2.0
MOST_RETRIES = 10

THINKING_SECONDS = 0.7
"""How long thinking stands there before the words follow."""

SUBAGENT_LOAD = 4_100
"""Tokens that a sub-agent starts with."""

UNKNOWN = "(not measured)"
"""Stands for a figure that no tool printed."""

_SECONDS = {Edit: 0.35, Write: 0.4, Bash: 0.4}
_SECONDS_ELSE = 0.2


class Player:
    """Plays one answer after the other; its figures are those that tools really printed."""

    def __init__(self, workspace: Workspace, recorder: Recorder, pace: Pace) -> None:
        self._workspace = workspace
        self._recorder = recorder
        self._pace = pace
        self._facts: defaultdict[str, str] = defaultdict(lambda: UNKNOWN)

    async def play(
        self, response: Response, context: Context, subagent: str = ""
    ) -> tuple[Tool, ...]:
        """Play `response` in `context` and return the tools that came back with an error."""
        await self._retry(response.retries)
        await self._pace.wait(response.seconds)
        name = _name("response")
        tools = [settled(tool, self._workspace) for tool in response.tools]
        spoken = await self._speak(response, name, subagent)
        calls = [await self._call(tool, name, subagent) for tool in tools]
        inputs = "".join(json.dumps(call.input, ensure_ascii=False) for call in calls)
        await self._report(context, name, spoken + inputs, subagent)
        outcomes = [
            await self._answer(tool, call, context) for tool, call in zip(tools, calls, strict=True)
        ]
        pairs = zip(response.tools, outcomes, strict=True)
        return tuple(tool for tool, outcome in pairs if outcome.is_error)

    async def _retry(self, times: int) -> None:
        """Let the played vendor refuse `times` calls."""
        for attempt in range(1, times + 1):
            await self._write(
                Retried(
                    at=self._recorder.now(), attempt=attempt, limit=MOST_RETRIES, reason=OVERLOADED
                )
            )
            await self._pace.wait(RETRY_SECONDS)

    async def _speak(self, response: Response, name: str, subagent: str) -> str:
        """Write what the model thinks and says; return both."""
        if response.thought:
            text = response.thought
            await self._write(
                Thought(at=self._recorder.now(), response=name, text=text, subagent=subagent)
            )
            await self._pace.wait(THINKING_SECONDS)
        said = Template(response.said).safe_substitute(self._facts)
        if said:
            await self._write(
                Said(at=self._recorder.now(), response=name, text=said, subagent=subagent)
            )
        return response.thought + said

    async def _call(self, tool: Tool, name: str, subagent: str) -> ToolCall:
        title, given = called(tool)
        call = ToolCall(
            at=self._recorder.now(),
            id=_name("call"),
            response=name,
            name=title,
            input=given,
            subagent=subagent,
        )
        await self._write(call)
        return call

    async def _report(self, context: Context, name: str, answer: str, subagent: str) -> None:
        """Write what the call to the model took."""
        now = self._recorder.now()
        tokens = context.call(answer, now)
        usage = Usage(
            at=now,
            response=name,
            tokens=tokens,
            usd=dollars(tokens),
            model=MODEL,
            subagent=subagent,
        )
        await self._write(usage)

    async def _answer(self, tool: Tool, call: ToolCall, context: Context) -> Outcome:
        """Carry out a tool call, write its result, and take it into the context."""
        if isinstance(tool, Bash) and tool.ask:
            await self._ask(call)
        await self._pace.wait(_SECONDS.get(type(tool), _SECONDS_ELSE))
        outcome = await self._carry_out(tool)
        context.add(outcome.output)
        await self._write(
            ToolResult(
                at=self._recorder.now(),
                id=call.id,
                output=outcome.output,
                is_error=outcome.is_error,
                exit=outcome.exit,
                diff=outcome.diff,
                subagent=call.subagent,
            )
        )
        return outcome

    async def _carry_out(self, tool: Tool) -> Outcome:
        if isinstance(tool, Explore):
            return await self._explore(tool)
        outcome = await use(tool, self._workspace)
        if isinstance(tool, Bash) and (found := re.search(tool.keep, outcome.output)):
            self._facts.update(found.groupdict(UNKNOWN))
        return outcome

    async def _explore(self, tool: Explore) -> Outcome:
        """Let a sub-agent work in a context of its own; what it said last is the result."""
        context, name = Context(SUBAGENT_LOAD), _name("subagent")
        context.add(tool.prompt)
        for response in tool.responses:
            await self.play(response, context, name)
        return Outcome(Template(tool.responses[-1].said).safe_substitute(self._facts))

    async def _ask(self, call: ToolCall) -> None:
        """Wait for the permission that the person in the script gives after a while."""
        await self._pace.ready()
        self._recorder.change(Status.WAITING, PERMISSION)
        await self._pace.wait(PERMISSION_SECONDS)
        await self._write(Allowed(at=self._recorder.now(), id=call.id, author=Author.SCRIPT))
        self._recorder.change(Status.BUSY)

    async def _write(self, entry: AnyEntry) -> None:
        """Write a record, once the script does not stand still."""
        await self._pace.ready()
        self._recorder.write(entry)


def _name(kind: str) -> str:
    return f"{kind}-{uuid4().hex[:12]}"
