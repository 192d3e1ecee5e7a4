"""Lines of a rollout → events. Tolerant: what it does not know it counts, and it never raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from ...events import AnyEvent, Described, RecordSkipped, item_of
from ...text import one_line
from ..records import Record
from . import about, notes, talk, tools, turns, usage
from .lines import Line, line_of
from .memory import FORMAT, Events, Memory
from .rollouts import thread_of

Handler = Callable[[Memory, Line], Iterator[AnyEvent]]

_WORK = frozenset(
    {
        "event_msg/agent_message",
        "event_msg/agent_reasoning",
        "item_completed/AgentMessage",
        "item_completed/Reasoning",
        "response_item/custom_tool_call",
        "response_item/function_call",
        "response_item/image_generation_call",
        "response_item/local_shell_call",
        "response_item/reasoning",
        "response_item/tool_search_call",
        "response_item/web_search_call",
    }
)
"""The lines that show the agent at work."""

_PROMPTS = frozenset({"event_msg/user_message", "item_completed/UserMessage"})
_ENDS = frozenset(
    {
        "event_msg/task_complete",
        "event_msg/turn_aborted",
        "event_msg/turn_complete",
    }
)
_STARTS = frozenset({"event_msg/task_started", "event_msg/turn_started", "session_meta"})
_TURNS = _STARTS | {"turn_context"}


class RolloutReader:
    """Reads one rollout; with `whole` false its start is not read, and neither are its totals."""

    def __init__(self, path: Path, *, whole: bool = True) -> None:
        self._memory = Memory()
        if not whole:
            self._memory.session_id = thread_of(path)
            self._memory.totals.counted = None

    def read(self, record: Record) -> Events:
        """Return the events of one record, in order."""
        line, found = line_of(record), []
        for event in self._events(line):
            found.append(event)
            if item_of(event) is not None:
                self._memory.items += 1
        return found

    def freeze(self) -> bytes:
        """Return the reader's memory."""
        return msgspec.msgpack.encode(self._memory)

    def thaw(self, memory: bytes) -> None:
        """Take up a memory that `freeze` gave out; `ValueError` if it is none."""
        try:
            thawed = msgspec.msgpack.decode(memory, type=Memory)
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from error
        if thawed.format != FORMAT:
            raise ValueError(f"a memory of format {thawed.format}")
        self._memory = thawed

    def _events(self, line: Line) -> Iterator[AnyEvent]:
        memory = self._memory
        if memory.session_id and not memory.introduced:
            memory.introduced = True
            yield Described(session_id=memory.session_id)
        if line.kind in _TURNS:
            about.note_origin(memory, line)
        if memory.inherited and memory.subagent and line.kind not in _OF_COPIES:
            return
        yield from self._held_back(line.kind)
        yield from _HANDLERS.get(line.kind, _unknown)(memory, line)

    def _held_back(self, kind: str) -> Iterator[AnyEvent]:
        """Give out what waited for a line like this one to be understood."""
        memory = self._memory
        if memory.turns.compaction is not None and kind in _DECIDERS:
            yield from turns.compaction_told(memory, _DECIDERS[kind])
        if memory.voices.held and (kind in _WORK or kind in _ENDS):
            yield from talk.release(memory)


def _unknown(_memory: Memory, line: Line) -> Iterator[AnyEvent]:
    yield RecordSkipped(at=line.at, type=one_line(line.kind, 80) or "untyped record")


def _silent(_memory: Memory, _line: Line) -> Iterator[AnyEvent]:
    return iter(())


_DECIDERS: dict[str, str | None] = {
    **dict.fromkeys(_WORK | _PROMPTS, turns.AUTO),
    **dict.fromkeys(_ENDS, turns.MANUAL),
    **dict.fromkeys(_STARTS, None),
}
"""What the line after a compaction says of its trigger."""

_OF_COPIES = frozenset({"event_msg/token_count", "session_meta"})
"""What is read of a parent's lines at the start of a sub-agent's rollout."""

_SILENT = (
    "event_msg/agent_message_delta",
    "event_msg/agent_reasoning_section_break",
    "event_msg/background_event",
    "event_msg/collab_agent_interaction_end",
    "event_msg/collab_agent_spawn_end",
    "event_msg/collab_close_end",
    "event_msg/collab_resume_end",
    "event_msg/collab_waiting_end",
    "event_msg/dynamic_tool_call_request",
    "event_msg/exec_command_begin",
    "event_msg/guardian_assessment",
    "event_msg/image_generation_end",
    "event_msg/mcp_tool_call_begin",
    "event_msg/patch_apply_begin",
    "event_msg/plan_update",
    "event_msg/session_configured",
    "event_msg/sub_agent_activity",
    "event_msg/turn_diff",
    "event_msg/view_image_tool_call",
    "event_msg/web_search_begin",
    "event_msg/web_search_end",
    "inter_agent_communication",
    "inter_agent_communication_metadata",
    "item_completed/CollabAgentToolCall",
    "item_completed/Extension",
    "item_completed/ImageGeneration",
    "item_completed/ImageView",
    "item_completed/SubAgentActivity",
    "item_completed/WebSearch",
    "response_item/additional_tools",
    "response_item/compaction",
    "response_item/compaction_summary",
    "response_item/compaction_trigger",
    "response_item/context_compaction",
    "response_item/ghost_snapshot",
    "response_item/other",
    "state",
    "world_state",
)
"""Known lines that say nothing new: second copies, requests' fittings, progress of calls."""

_HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_SILENT, _silent),
    **dict.fromkeys(notes.NOTES, notes.noted),
    "compacted": turns.compacted,
    "event_msg/agent_message": talk.agent_event,
    "event_msg/agent_reasoning": talk.thought_event,
    "event_msg/agent_reasoning_raw_content": talk.thought_event,
    "event_msg/context_compacted": turns.compaction_signalled,
    "event_msg/dynamic_tool_call_response": tools.ended,
    "event_msg/error": turns.failed,
    "event_msg/exec_command_end": tools.ended,
    "event_msg/mcp_tool_call_end": tools.ended,
    "event_msg/patch_apply_end": tools.ended,
    "event_msg/stream_error": turns.retried,
    "event_msg/task_complete": turns.completed,
    "event_msg/task_started": turns.started,
    "event_msg/thread_goal_updated": notes.goal_noted,
    "event_msg/thread_name_updated": about.named,
    "event_msg/thread_rolled_back": turns.rolled_back,
    "event_msg/thread_settings_applied": about.settings_applied,
    "event_msg/token_count": usage.totals_counted,
    "event_msg/turn_aborted": turns.aborted,
    "event_msg/turn_complete": turns.completed,
    "event_msg/turn_started": turns.started,
    "event_msg/user_message": talk.user_event,
    "item_completed/AgentMessage": talk.agent_done,
    "item_completed/CommandExecution": tools.ended,
    "item_completed/ContextCompaction": turns.compaction_signalled,
    "item_completed/DynamicToolCall": tools.ended,
    "item_completed/FileChange": tools.ended,
    "item_completed/McpToolCall": tools.ended,
    "item_completed/Plan": talk.plan_done,
    "item_completed/Reasoning": talk.thought_done,
    "item_completed/UserMessage": talk.user_done,
    "response_item/agent_message": talk.agents_item,
    "response_item/custom_tool_call": tools.called,
    "response_item/custom_tool_call_output": tools.answered,
    "response_item/function_call": tools.called,
    "response_item/function_call_output": tools.answered,
    "response_item/image_generation_call": tools.called_at_once,
    "response_item/local_shell_call": tools.called,
    "response_item/message": talk.message_item,
    "response_item/reasoning": talk.thought_item,
    "response_item/tool_search_call": tools.called,
    "response_item/tool_search_output": tools.answered,
    "response_item/web_search_call": tools.called_at_once,
    "session_meta": about.introduced,
    "token_usage_record": usage.call_recorded,
    "turn_context": about.in_context,
}
