"""What the stand-in of a model answers: directives in the prompt, or rules set by a test.

A prompt may carry directives anywhere in its text; they work the same way for every
client, because each stand-in translates them to its own wire format:

    lab:say[TEXT]            answer exactly TEXT
    lab:think[TEXT]          think TEXT before answering (Claude)
    lab:bash[COMMAND]        call the shell tool, then close the turn
    lab:background[COMMAND]  call the shell tool and let the command run on (Claude)
    lab:ask[COMMAND]         the same, but ask for escalated rights where the tool can (Codex)
    lab:read[PATH]           read a file, the client's own way
    lab:write[PATH|TEXT]     create a file, the client's own way
    lab:edit[PATH|OLD|NEW]   edit a file, the client's own way
    lab:question[ASK|A|B]    ask the person, with choices; Codex needs its feature for it
    lab:several[ASK|A|B]     the same, where more than one may be chosen (Claude)
    lab:agent[PROMPT]        start a sub-agent with PROMPT (Claude); PROMPT may have directives
    lab:together             put all calls of this prompt into one reply instead of one each
    lab:slow=SECONDS         stream the answer over that time
    lab:hold                 stream the answer only up to its middle, until `release()`
    lab:fill=TOKENS          report this context size; later messages grow from there
    lab:fail=STATUS          answer with an HTTP error; `lab:fail=429x2` does so twice only
    lab:toolong              answer 400 "prompt is too long"

Values in brackets may contain brackets, one level deep.
"""

import itertools
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

DIRECTIVE = re.compile(
    r"lab:(?P<name>[a-z]+)(?:\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]|=(?P<value>\S+))?"
)
TOO_LONG = "prompt is too long: 210000 tokens > 200000 maximum"
SUMMARY = "SCRIPTED SUMMARY: small steps were asked for and done. Nothing is open."


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call, in words of the lab: bash, background, ask, question, read, write, …"""

    tool: str
    text: str

    @property
    def parts(self) -> list[str]:
        """The text cut at its bars: path and contents, or path, old and new."""
        return self.text.split("|")


@dataclass(frozen=True, slots=True)
class Failure:
    """An HTTP error as an answer; `times` limits it to the first attempts of a prompt."""

    status: int
    message: str = "scripted failure"
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the model. Without text or calls it says "Reply N."."""

    text: str = ""
    thinking: str = ""
    calls: tuple[Call, ...] = ()
    seconds: float = 0.0
    hold: bool = False
    fill: int | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """How large the context is said to be: so many tokens, and more for each message."""

    base: int = 20_000
    per_message: int = 4_000

    def fill(self, texts: Sequence[str], summary: str) -> int:
        """Tokens in a context of these messages.

        It starts afresh behind the newest summary, and from the figure of the newest
        `lab:fill` behind it.
        """
        since = next((i for i in reversed(range(len(texts))) if summary in texts[i]), 0)
        tokens = self.base
        for text in texts[since:]:
            told = [d["value"] for d in DIRECTIVE.finditer(text) if d["name"] == "fill"]
            tokens = int(told[-1]) if told else tokens + self.per_message
        return tokens


def directives(prompt: str) -> Iterator[tuple[str, str]]:
    """The directives of a prompt in order: name and text."""
    for found in DIRECTIVE.finditer(prompt):
        yield found["name"], found["text"] or found["value"] or ""


def turn_of(prompt: str) -> tuple[Reply, ...]:
    """The replies that a prompt's directives ask for: one for each call, then the last word."""
    given = dict(directives(prompt))
    calls = [Call(name, text) for name, text in directives(prompt) if name in CALLS]
    groups = [tuple(calls)] if "together" in given else [(call,) for call in calls]
    last = Reply(
        text=given.get("say", ""),
        thinking=given.get("think", ""),
        seconds=float(given.get("slow", 0)),
        hold="hold" in given,
        failure=_failure(given),
    )
    steps = [Reply(text="Working on it.", calls=group) for group in groups if group]
    if steps:
        steps[0] = replace(steps[0], thinking=last.thinking)
    return (*steps, last)


def _failure(given: dict[str, str]) -> Failure | None:
    if "toolong" in given:
        return Failure(400, TOO_LONG)
    if "fail" not in given:
        return None
    status, _, times = given["fail"].partition("x")
    return Failure(int(status), times=int(times) if times else None)


CALLS = frozenset(
    {"bash", "background", "ask", "read", "write", "edit", "agent", "question", "several"}
)


@dataclass
class Script:
    """The rules of a test, before the directives of the prompts; shared by server threads."""

    growth: Growth = field(default_factory=Growth)
    summary: str = SUMMARY
    summary_failure: Failure | None = None
    title: str = "Scripted session"
    _rules: list[tuple[re.Pattern[str], tuple["Reply | Callable[[str], Reply]", ...]]] = field(
        default_factory=list
    )
    _attempts: Counter[tuple[str, int]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def on(self, pattern: str, *replies: "Reply | Callable[[str], Reply]") -> None:
        """Answer prompts that match with these replies: the first call, the second, …

        The last reply repeats. Newer rules come before older ones. A reply may be made from the
        prompt.
        """
        self._rules.insert(0, (re.compile(pattern, re.DOTALL), replies))

    def reply(self, prompt: str, calls: int) -> Reply:
        """The answer to the model call after `calls` others since the prompt."""
        rule = (replies for pattern, replies in self._rules if pattern.search(prompt))
        turn = next(rule, None) or turn_of(prompt)
        made = turn[min(calls, len(turn) - 1)]
        reply = made if isinstance(made, Reply) else made(prompt)
        failure = reply.failure
        if failure and failure.times is not None and self._attempt(prompt, calls) > failure.times:
            reply = replace(reply, failure=None)
        if reply.text or reply.calls:
            return reply
        return replace(reply, text=f"Reply {next(self._numbers)}.")

    def _attempt(self, prompt: str, calls: int) -> int:
        with self._lock:
            self._attempts[prompt, calls] += 1
            return self._attempts[prompt, calls]
