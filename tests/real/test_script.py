"""What the stand-ins answer: directives, rules, growth, errors, slow and held replies."""

import json
import threading
import urllib.error
import urllib.request

import pytest

from .anthropic_api import AnthropicApi
from .openai_api import OpenAiApi
from .script import Call, Failure, Growth, Reply, Script, turn_of
from .waiting import until


def test_a_prompt_without_directives_gets_numbered_replies():
    script = Script()
    assert [script.reply("Hello", 0).text for _ in range(2)] == ["Reply 1.", "Reply 2."]


def test_each_call_gets_a_reply_of_its_own_before_the_last_word():
    calls = [reply.calls for reply in turn_of("lab:read[a.txt] then lab:bash[ls] lab:say[Done.]")]
    assert calls == [(Call("read", "a.txt"),), (Call("bash", "ls"),), ()]
    assert turn_of("lab:read[a.txt] lab:say[Done.]")[-1].text == "Done."


def test_calls_can_go_together():
    first, last = turn_of("lab:together lab:read[a] lab:read[b]")
    assert first.calls == (Call("read", "a"), Call("read", "b"))
    assert last.calls == ()


def test_values_may_contain_brackets():
    assert turn_of("lab:agent[look lab:bash[ls]]")[0].calls == (Call("agent", "look lab:bash[ls]"),)


@pytest.mark.parametrize(
    ("prompt", "failure"),
    [
        ("lab:fail=529", Failure(529)),
        ("lab:fail=429x2", Failure(429, times=2)),
        ("lab:toolong", Failure(400, "prompt is too long: 210000 tokens > 200000 maximum")),
        ("lab:say[fine]", None),
    ],
)
def test_failures_are_told_by_the_prompt(prompt, failure):
    assert turn_of(prompt)[-1].failure == failure


def test_a_failure_with_a_count_ends():
    script = Script()
    failures = [script.reply("lab:fail=429x2", 0).failure is not None for _ in range(3)]
    assert failures == [True, True, False]


def test_a_rule_of_the_test_comes_before_the_directives():
    script = Script()
    script.on("door", Reply(text="First."), Reply(text="Then."))
    said = [script.reply("the door lab:say[no]", calls).text for calls in (0, 1, 2)]
    assert said == ["First.", "Then.", "Then."]


def test_the_context_grows_from_the_figure_told_and_starts_afresh_behind_a_summary():
    growth = Growth(base=20_000, per_message=4_000)
    assert growth.fill(["one", "two"], "SUMMARY") == 28_000
    assert growth.fill(["one", "lab:fill=88000", "three"], "SUMMARY") == 92_000
    assert growth.fill(["lab:fill=88000", "SUMMARY", "next"], "SUMMARY") == 28_000


def test_the_messages_api_answers_a_plain_request():
    with AnthropicApi() as api:
        answer = ask(f"{api.url}/v1/messages", messages=[user("lab:fill=50000 lab:think[Hm.]")])
        counted = ask(f"{api.url}/v1/messages/count_tokens", messages=[user("Hello")])

    assert [block["type"] for block in answer["content"]] == ["thinking", "text"]
    usage = answer["usage"]
    told = usage["cache_creation_input_tokens"] + usage["cache_read_input_tokens"]
    assert told + usage["input_tokens"] == 50_000
    assert counted["input_tokens"] > 0


def test_an_error_is_answered_with_its_status_and_kept():
    with AnthropicApi() as api:
        with pytest.raises(urllib.error.HTTPError, match="529") as caught:
            ask(f"{api.url}/v1/messages", messages=[user("lab:fail=529")])
        told = json.loads(caught.value.read())
        caught.value.close()

    assert told["error"]["type"] == "overloaded_error"
    assert api.turns()[0].outcome == "failed with 529"


@pytest.mark.parametrize("api_class", [AnthropicApi, OpenAiApi])
def test_a_held_reply_waits_at_its_middle_until_it_is_released(api_class):
    with api_class() as api:
        path = "messages" if api_class is AnthropicApi else "responses"
        said = [user("lab:hold lab:say[one two three four]")]
        body = {"messages": said, "input": said, "stream": True}
        heard: list[str] = []
        listener = threading.Thread(target=listen, args=(f"{api.url}/v1/{path}", body, heard))
        listener.start()
        until(lambda: any("two" in line for line in heard), what="the first half")
        api.until_held()
        assert not any("three" in line for line in heard)
        api.release()
        listener.join(timeout=5)

    assert any("three" in line for line in heard)
    assert api.requests[0].outcome == "answered"


def user(text):
    return {"role": "user", "content": text}


def posted(url, **body):
    tools = [{"name": "exec_command"}]
    raw = json.dumps({"model": "m", "tools": tools, **body}).encode()
    return urllib.request.urlopen(urllib.request.Request(url, data=raw), timeout=10)


def ask(url, **body):
    with posted(url, **body) as answer:
        return json.loads(answer.read())


def listen(url, body, heard):
    with posted(url, **body) as answer:
        for line in answer:
            heard.append(line.decode())
