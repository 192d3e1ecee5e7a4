"""Tool calls as Claude Code writes them: input, answer, and the answer again in parts."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from random import Random
from typing import Any, NamedTuple

from .texts import NOUNS, Texts

Block = dict[str, Any]

LARGEST = 450_000
"""Characters of the longest usual answer; a few are longer, see `_bash`."""


class Call(NamedTuple):
    """One call: its tool, its input, the answer for the model, the answer for the program."""

    tool: str
    input: Block
    answer: str | list[Block]
    parts: Block


def spread(random: Random, median: float, sigma: float, most: int = LARGEST) -> int:
    """Return a log-normal size: many small ones, few very large ones."""
    return int(min(most, median * exp(random.gauss(0, sigma))))


def call(random: Random, texts: Texts, folder: str) -> Call:
    """Return a random call, in the proportions of real sessions."""
    path = f"{folder}/src/{random.choice(NOUNS)}/{random.choice(NOUNS)}.py"
    return random.choice(_MIX)(random, texts, path)


def _bash(random: Random, texts: Texts, _path: str) -> Call:
    huge = random.random() < 0.002
    size = spread(random, 700_000, 0.3, 2_000_000) if huge else spread(random, 1_250, 1.45)
    answer = texts.output.cut(random, size)
    command = f"pytest -q tests/{random.choice(NOUNS)} 2>&1 | tail -{random.randint(5, 90)}"
    parts = {"stdout": answer, "stderr": "", "interrupted": False, "isImage": False}
    return Call("Bash", {"command": command, "description": "Run the tests"}, answer, parts)


def _read(random: Random, texts: Texts, path: str) -> Call:
    if random.random() < 0.012:
        return _picture(random, texts, path)
    first, after = texts.code.place(random, spread(random, 3_700, 1.3))
    text = texts.code.run(first, after)
    file = {
        "filePath": path,
        "content": text,
        "numLines": after - first,
        "startLine": first + 1,
        "totalLines": after,
    }
    answer = texts.numbered.run(first, after)
    asked = {"file_path": path, "offset": first + 1, "limit": after - first}
    return Call("Read", asked, answer, {"type": "text", "file": file})


def _picture(random: Random, texts: Texts, path: str) -> Call:
    data = texts.binary(random, spread(random, 250_000, 0.7, 1_000_000))
    source = {"type": "base64", "data": data, "media_type": "image/png"}
    file = {"base64": data, "type": "image/png", "originalSize": len(data) * 3 // 4}
    answer = [{"type": "image", "source": source}]
    return Call("Read", {"file_path": f"{path}.png"}, answer, {"type": "image", "file": file})


def _edit(random: Random, texts: Texts, path: str) -> Call:
    old = texts.code.cut(random, spread(random, 350, 0.8, 8_000))
    new = f"{texts.code.cut(random, 120)}\n{old}"
    before = texts.code.cut(random, spread(random, 8_000, 0.9, 150_000))
    added = new.count("\n") + 1
    patch = texts.diff.cut(random, len(new)).split("\n")
    hunk = {"oldStart": 10, "oldLines": 9, "newStart": 10, "newLines": added, "lines": patch}
    sides = {"old_string": old, "new_string": new}
    parts = {
        "filePath": path,
        "oldString": old,
        "newString": new,
        "originalFile": before,
        "structuredPatch": [hunk],
        "userModified": False,
        "replaceAll": False,
    }
    answer = f"The file {path} has been updated successfully."
    return Call("Edit", {"file_path": path, **sides}, answer, parts)


def _write(random: Random, texts: Texts, path: str) -> Call:
    text = texts.code.cut(random, spread(random, 4_000, 0.9, 90_000))
    parts = {"type": "create", "filePath": path, "content": text, "structuredPatch": []}
    asked = {"file_path": path, "content": text}
    return Call("Write", asked, f"File created successfully at: {path}", parts)


def _grep(random: Random, texts: Texts, path: str) -> Call:
    answer = texts.output.cut(random, spread(random, 1_200, 1.4))
    parts = {"mode": "content", "content": answer, "numLines": answer.count("\n") + 1}
    return Call("Grep", {"pattern": random.choice(NOUNS), "path": path}, answer, parts)


def _todo(random: Random, texts: Texts, _path: str) -> Call:
    todos = [
        {"content": texts.words(random, 5), "status": status, "activeForm": "Working"}
        for status in ("completed", "completed", "in_progress", "pending", "pending")
    ]
    answer = "Todos have been modified successfully."
    return Call("TodoWrite", {"todos": todos}, answer, {"oldTodos": [], "newTodos": todos})


def _task(random: Random, texts: Texts, _path: str) -> Call:
    answer = texts.prose.cut(random, spread(random, 2_500, 0.8))
    asked = {
        "description": texts.words(random, 3),
        "prompt": texts.prose.cut(random, 600),
        "subagent_type": "Explore",
    }
    spent = random.randint(9_000, 80_000)
    parts = {"status": "completed", "agentId": f"a{random.getrandbits(64):016x}"}
    figures = {"totalTokens": spent, "totalDurationMs": 41_000, "totalToolUseCount": 12}
    return Call("Task", asked, [{"type": "text", "text": answer}], parts | figures)


_MIX: tuple[Callable[[Random, Texts, str], Call], ...] = (
    *[_bash] * 34,
    *[_read] * 27,
    *[_edit] * 21,
    *[_grep] * 9,
    *[_write] * 4,
    *[_todo] * 4,
    *[_task] * 1,
)
