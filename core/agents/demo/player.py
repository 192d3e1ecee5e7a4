"""Plays answers of the model that is not there: words, tool calls, usage, and the tools' work."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from string import Template
from uuid import uuid4

import msgspec

from .context import Context, dollars
from .format import (
    MODEL,
    Allowed,
    AnyEntry,
    Refused,
    Retried,
    Said,
    Status,
    Thought,
    ToolCall,
    ToolResult,
    Usage,
)
from .pace import Pace
from .permission import PERSON_SECONDS, SCRIPT_SECONDS, Permission
from .recorder import PERMISSION, Recorder
from .script import AddNote, Bash, Edit, Explore, Response, RewriteNote, Tool, Write
from .speech import pieces
from .tools import Outcome, called, settled, use
from .workspace import Workspace

OVERLOADED = "overloaded (played by the script)"
RETRY_SECONDS = 2.0
MOST_RETRIES = 10

SPEAKING = 0.45
"""The share of an answer's time in which its words come; before that, nothing does."""

THINKING_SECONDS = 0.7
"""How long thinking stands there before the words follow."""

SUBAGENT_LOAD = 4_100
"""Tokens that a sub-agent starts with."""

UNKNOWN = "(not measured)"
"""Stands for a figure that no tool printed."""

_SECONDS = {Edit: 0.35, Write: 0.4, Bash: 0.4}
_SECONDS_ELSE = 0.2


class Played(msgspec.Struct, frozen=True):
    """What came of an answer: the tools that failed, and whether a person refused one."""

    failed: tuple[Tool, ...] = ()
    denied: bool = False


class Player:
    """Plays one answer after the other; its figures are those that tools really printed.

    `growing` is the answer that is being said now, by the name its record will have.
    """

    def __init__(self, workspace: Workspace, recorder: Recorder, pace: Pace) -> None:
        self._workspace = workspace
        self._recorder = recorder
        self._pace = pace
        self._facts: defaultdict[str, str] = defaultdict(lambda: UNKNOWN)
        self.permission = Permission(pace)
        self.growing: tuple[str, str] | None = None

    async def play(self, response: Response, context: Context, subagent: str = "") -> Played:
        """Play `response` in `context`."""
        await self._retry(response.retries)
        await self._pace.wait(response.seconds * (1 - SPEAKING))
        name = _name("response")
        tools = [settled(self._filled(tool), self._workspace) for tool in response.tools]
        spoken = await self._speak(response, name, subagent)
        calls = [await self._call(tool, name, subagent) for tool in tools]
        inputs = "".join(json.dumps(call.input, ensure_ascii=False) for call in calls)
        await self._report(context, name, spoken + inputs, subagent)
        outcomes = [
            await self._answer(tool, call, context) for tool, call in zip(tools, calls, strict=True)
        ]
        pairs = zip(response.tools, outcomes, strict=True)
        failed = tuple(tool for tool, outcome in pairs if outcome.is_error)
        return Played(failed, denied=any(outcome.denied for outcome in outcomes))

    def _filled(self, tool: Tool) -> Tool:
        """Return a note with its figures filled in."""
        match tool:
            case AddNote(section, entry):
                return AddNote(section, self._with_facts(entry))
            case RewriteNote(section, body):
                return RewriteNote(section, self._with_facts(body))
            case _:
                return tool

    def _with_facts(self, text: str) -> str:
        return Template(text).safe_substitute(self._facts)

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
        said = self._with_facts(response.said)
        if said:
            await self._let_grow(said, name, response.seconds * SPEAKING, subagent)
            await self._write(
                Said(at=self._recorder.now(), response=name, text=said, subagent=subagent)
            )
            self.growing = None
            self._recorder.news.stir()
        return response.thought + said

    async def _let_grow(self, said: str, name: str, seconds: float, subagent: str) -> None:
        """Say the words one after the other; nobody hears those of a sub-agent."""
        if subagent or not self._recorder.news.followed:
            await self._pace.wait(seconds)
            return
        parts, grown = pieces(said), ""
        for part in parts:
            grown += part
            self.growing = name, grown
            self._recorder.news.stir()
            await self._pace.wait(seconds / len(parts))

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
        refusal = await self._ask(call) if isinstance(tool, Bash) and tool.ask else None
        await self._pace.wait(_SECONDS.get(type(tool), _SECONDS_ELSE))
        outcome = refusal or await self._carry_out(tool)
        context.add(outcome.output)
        await self._write(
            ToolResult(
                at=self._recorder.now(),
                id=call.id,
                output=outcome.output,
                is_error=outcome.is_error,
                denied=outcome.denied,
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
        return Outcome(self._with_facts(tool.responses[-1].said))

    async def _ask(self, call: ToolCall) -> Outcome | None:
        """Wait for permission; return what a refused call gives back, `None` for an allowed one."""
        await self._pace.ready()
        patience = PERSON_SECONDS if self._recorder.news.followed else SCRIPT_SECONDS
        answer = asyncio.create_task(self.permission.ask(call, self._recorder.now(), patience))
        await asyncio.sleep(0)
        self._recorder.change(Status.WAITING, PERMISSION)
        verdict, now = await answer, self._recorder.now()
        if verdict.allowed:
            await self._write(Allowed(at=now, id=call.id, author=verdict.author))
        else:
            refused = Refused(at=now, id=call.id, author=verdict.author, reason=verdict.reason)
            await self._write(refused)
        self._recorder.change(Status.BUSY)
        return None if verdict.allowed else Outcome(_refusal(verdict.reason), denied=True)

    async def _write(self, entry: AnyEntry) -> None:
        """Write a record, once the script does not stand still."""
        await self._pace.ready()
        self._recorder.write(entry)


def _refusal(reason: str) -> str:
    words = f" and said: {reason}" if reason else "."
    return f"The person refused this{words}"


def _name(kind: str) -> str:
    return f"{kind}-{uuid4().hex[:12]}"
