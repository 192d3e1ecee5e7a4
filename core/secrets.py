"""Words that look like secrets: found by the shapes their makers give them, and masked. Pure.

A list of named shapes and no guarantee: a password without a shape is not found.
"""

from __future__ import annotations

import re

import msgspec

MASKED = "Masked here:"
"""How a text that is handed on begins the line that names what was masked in it."""

_SHAPES = {
    "Anthropic key": r"\bsk-ant-[\w-]{20,}",
    "OpenAI key": r"\bsk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{32,}",
    "GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,})",
    "GitLab token": r"\bglpat-[\w-]{20,}",
    "AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "Google key": r"\bAIza[\w-]{35}",
    "Slack token": r"\bxox[abeoprs]-[\w-]{10,}",
    "Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "package index token": r"\b(?:pypi-[\w-]{40,}|npm_[A-Za-z0-9]{36})",
    "signed web token": r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]+-----|\Z)",
    "password in an address": r"(?<=://)[^\s/:@]{1,80}:[^\s/@]{3,200}(?=@)",
}
_ANY = re.compile("|".join(f"({shape})" for shape in _SHAPES.values()))
_NAMES = tuple(_SHAPES)


class Secret(msgspec.Struct, frozen=True):
    """What kind of secret stands where: `line` from 0, `start` and `end` in the whole text."""

    kind: str
    line: int
    start: int
    end: int


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Return everything that has the shape of a secret, in order."""
    return tuple(
        Secret(_NAMES[(m.lastindex or 1) - 1], text.count("\n", 0, m.start()), *m.span())
        for m in _ANY.finditer(text)
    )


def mask(text: str) -> str:
    """Put the kind of each secret in its place."""
    return _ANY.sub(lambda m: f"[{_NAMES[(m.lastindex or 1) - 1]}]", text)
