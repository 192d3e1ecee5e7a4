"""The person's own arguments for Codex, made into what an app-server takes. Pure.

An app-server knows few of the options of Codex's window; the others are said with the thread. An
option that it cannot obey is refused: one that is silently left out could be the sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ...problems import UsageProblem

_PASSED = {
    "-c": "--config",
    "--config": "--config",
    "--enable": "--enable",
    "--disable": "--disable",
}
_SAID = {
    "-m": "model",
    "--model": "model",
    "-a": "approvalPolicy",
    "--ask-for-approval": "approvalPolicy",
    "-s": "sandbox",
    "--sandbox": "sandbox",
}
_ALONE = {"--strict-config"}


class Arguments(msgspec.Struct, frozen=True):
    """What goes to the program, and what is said when a thread begins."""

    options: tuple[str, ...] = ()
    settings: dict[str, str] = {}


def arguments(given: Sequence[str]) -> Arguments:
    """Sort a person's arguments.

    Raises:
        UsageProblem: there is one that a session without a window of Codex's own cannot obey.
    """
    options: list[str] = []
    settings: dict[str, str] = {}
    words = iter(given)
    for word in words:
        name, equals, value = word.partition("=")
        if word in _ALONE:
            options.append(word)
        elif name in _PASSED:
            options += [_PASSED[name], value if equals else _next(words, name)]
        elif name in _SAID:
            settings[_SAID[name]] = value if equals else _next(words, name)
        else:
            known = ", ".join([*_SAID, *_PASSED, *_ALONE])
            raise UsageProblem(
                f'clearhead cannot pass "{word}" to a Codex that it runs itself.',
                remedy=f"It passes {known}.",
            )
    return Arguments(tuple(options), settings)


def _next(words: Iterator[str], name: str) -> str:
    try:
        return next(words)
    except StopIteration:
        raise UsageProblem(f"{name} needs a value.") from None
