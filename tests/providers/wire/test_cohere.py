"""Cohere's v2 chat, against a server that speaks it by the letter."""

from __future__ import annotations

from collections.abc import Iterator

import cohere
import pytest
from cohere.core.api_error import ApiError

from migration_app.evaluation.conversations import Conversation, Message, ToolCall
from tests.servers.wire.base import KEY, PNG, serving
from tests.servers.wire.cohere import Cohere

from .asking import COLOUR, FULL, SCHEMA, TOOLS, answered, ask, failure, tokens


@pytest.fixture(scope="module")
def vendor() -> Cohere:
    return Cohere()


@pytest.fixture(scope="module")
def url(vendor: Cohere) -> Iterator[str]:
    with serving(vendor) as address:
        yield address


@pytest.mark.parametrize("model", ["command", "whole"])
async def test_an_answer_comes_with_the_tokens_that_are_billed(url: str, model: str) -> None:
    outcome = await answered("cohere", url, model)
    assert (outcome.text, outcome.finish_reason) == ("Hello!", "stop")
    # 210 tokens went in, but only 11 of them are the customer's.
    assert tokens(outcome) == (11, 8, None, 5, None)
    assert outcome.usage.raw["tokens"] == {"input_tokens": 210, "output_tokens": 5}


def test_the_vendors_own_sdk_finds_the_same_answer(url: str) -> None:
    sdk = cohere.ClientV2(KEY, base_url=url)
    asked = {"model": "command", "messages": [{"role": "user", "content": "Hello?"}]}
    events = list(sdk.chat_stream(**asked))
    said = [event.delta.message.content.text for event in events if event.type == "content-delta"]
    assert "".join(said) == sdk.chat(**asked).message.content[0].text == "Hello!"
    assert events[-1].delta.usage.billed_units.input_tokens == 11
    with pytest.raises(ApiError) as refused:
        cohere.ClientV2("wrong", base_url=url).chat(**asked)
    assert refused.value.status_code == 401


async def test_everything_that_is_asked_reaches_it_in_its_own_terms(vendor: Cohere, url: str) -> None:
    await answered("cohere", url, "command", FULL)
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}}
    assert vendor.asked[-1].body == {
        "model": "command",
        "stream": True,
        "messages": [
            {"role": "system", "content": "Be brief."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                ],
            },
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "4 degrees"},
            {"role": "system", "content": "Answer in English."},
        ],
        "tools": [FULL.tools[0]],
        "response_format": {"type": "json_object", "json_schema": COLOUR},
        "max_tokens": 99,
        "temperature": 0.5,
        "p": 0.9,
        "seed": 7,
        "stop_sequences": ["END"],
    }


async def test_a_tool_is_called_after_a_plan(url: str) -> None:
    outcome = await answered("cohere", url, "command", TOOLS)
    assert outcome.tool_calls == (ToolCall("weather_1", "weather", '{"city": "Oslo"}'),)
    assert (outcome.reasoning, outcome.finish_reason) == ("I will look it up.", "tool_calls")


async def test_an_answer_follows_a_schema_or_is_any_json(vendor: Cohere, url: str) -> None:
    assert (await answered("cohere", url, "command", SCHEMA)).text == '{"colour": "blue"}'
    await answered(
        "cohere", url, "command", Conversation(SCHEMA.messages, response_format={"type": "json_object"})
    )
    assert vendor.asked[-1].body["response_format"] == {"type": "json_object"}


async def test_thinking_is_reasoning(url: str) -> None:
    outcome = await answered("cohere", url, "thinks")
    assert (outcome.reasoning, outcome.text) == ("Hmm.", "4")


@pytest.mark.parametrize(("model", "reason"), [("long", "length"), ("stops", "stop")])
async def test_why_it_stopped(url: str, model: str, reason: str) -> None:
    assert (await answered("cohere", url, model)).finish_reason == reason


@pytest.mark.parametrize(
    ("model", "kind", "retry"),
    [
        ("400", "bad_request", "never"),
        ("long_prompt", "too_large", "never"),
        ("402", "quota", "park"),
        ("403", "forbidden", "park"),
        ("no-such-model", "not_found", "park"),
        ("retired", "not_found", "park"),
        ("408", "timeout", "later"),
        ("413", "too_large", "never"),
        ("422", "bad_request", "never"),
        ("429", "rate_limited", "later"),
        ("500", "server_error", "later"),
        ("503", "overloaded", "later"),
        ("504", "timeout", "later"),
        ("fails_midway", "broken_stream", "later"),
        ("late_midway", "timeout", "later"),
    ],
)
async def test_what_goes_wrong_has_a_name_and_a_sentence(url: str, model: str, kind: str, retry: str) -> None:
    assert failure(await ask("cohere", url, model)) == (kind, retry)


async def test_a_wrong_key_is_a_key_to_enter_again(url: str) -> None:
    assert failure(await ask("cohere", url, "command", api_key="quite-wrong")) == ("unauthorised", "park")


async def test_an_image_in_a_tools_result_is_refused_before_anything_is_sent(
    vendor: Cohere, url: str
) -> None:
    image = FULL.messages[1].content[1]
    before = len(vendor.asked)
    outcome = await ask(
        "cohere", url, "command", Conversation((Message("tool", (image,), tool_call_id="c1"),))
    )
    assert failure(outcome) == ("bad_request", "never") and len(vendor.asked) == before


@pytest.mark.parametrize("ending", ["/v2", "/v1", "/compatibility/v1", ""])
async def test_a_base_url_may_end_in_a_version(url: str, ending: str) -> None:
    assert (await answered("cohere", f"{url}{ending}", "command")).text == "Hello!"
