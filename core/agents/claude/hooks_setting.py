"""Our hooks in the text of a settings file: find them, put them in, take them out.

A person's own hooks keep their bytes and their order; ours come after them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from . import settings_text as edit
from .hook_commands import HOOKS, Hook, entry, is_ours

KEY = "hooks"


def hooks_in(text: str) -> dict[str, Any]:
    """Return the hooks in the settings by their event.

    Raises:
        ValueError: they are of a kind that could not be kept working.
    """
    found: Any = edit.parse(text).get(KEY, {})
    odd = "" if isinstance(found, dict) else f"`{KEY}` is there, but it is not an object"
    for hook in () if odd else HOOKS:
        if not isinstance(found.get(hook.event, []), list):
            odd = f"`{KEY}.{hook.event}` is there, but it is not a list"
    if odd:
        raise ValueError(odd)
    return dict(found)


def has_hook(text: str, hook: Hook) -> bool:
    """Say whether a hook of ours, of any version, stands at the event of `hook`."""
    return any(is_ours(one) for group in _groups(text, hook) for one in _inner(group))


def is_current(text: str, hook: Hook) -> bool:
    """Say whether a hook of ours stands there once, as this version writes it."""
    ours = [group for group in _groups(text, hook) if any(map(is_ours, _inner(group)))]
    return ours == [entry(hook)]


def with_hooks(text: str) -> str:
    """Return the settings with our hooks after the person's own."""
    if all(is_current(text, hook) for hook in HOOKS):
        return text
    text = without_hooks(text)
    for hook in HOOKS:
        text = _with_hook(text, hook)
    return text


def without_hooks(text: str) -> str:
    """Return the settings without our hooks, and without lists that only they were in."""
    while (shorter := _without_one(text)) is not None:
        text = shorter
    return text


def _with_hook(text: str, hook: Hook) -> str:
    all_hooks = edit.member(text, KEY)
    if all_hooks is None:
        return edit.with_member(text, KEY, {hook.event: [entry(hook)]})
    event = edit.member(text, hook.event, all_hooks.value)
    if event is None:
        return edit.with_member(text, hook.event, [entry(hook)], all_hooks.value)
    return edit.with_member(text, "", entry(hook), event.value)


def _without_one(text: str) -> str | None:
    """Return the settings without the first hook of ours; `None` when there is none."""
    for path in _ours(text):
        for place, (start, gone) in enumerate(path):
            alone = len(edit.members(text, start)) == 1
            if not alone or place == len(path) - 1:
                return edit.without_member(text, gone, start)
    return None


def _ours(text: str) -> Iterator[list[tuple[int | None, edit.Member]]]:
    """Yield the way to each hook of ours from the inside out: where it is held, and itself.

    A group that held only our hook goes as a whole, and so on outwards.
    """
    root = edit.member(text, KEY)
    if root is None or text[root.value] != "{":
        return
    for event in edit.members(text, root.value):
        if text[event.value] != "[":
            continue
        for group in edit.members(text, event.value):
            inner = edit.member(text, KEY, group.value) if text[group.value] == "{" else None
            if inner is None or text[inner.value] != "[":
                continue
            for one in edit.members(text, inner.value):
                if is_ours(json.loads(text[one.value : one.end])):
                    yield [
                        (inner.value, one),
                        (event.value, group),
                        (root.value, event),
                        (None, root),
                    ]


def _groups(text: str, hook: Hook) -> list[Any]:
    found: list[Any] = hooks_in(text).get(hook.event, [])
    return found


def _inner(group: object) -> list[Any]:
    found = group.get(KEY) if isinstance(group, dict) else None
    return found if isinstance(found, list) else []
