"""Anthropic's native Messages API, against a server that speaks it by the letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from migration_app.evaluation.outcomes import Completed
from tests.servers.wire.anthropic import Anthropic
from tests.servers.wire.base import KEY, PNG, serving

from .asking import COLOUR, FULL, HELLO, SCHEMA, TOOLS, answered, ask, failure, tokens


@pytest.fixture(scope="module")
def vendor() -> Anthropic:
    return Anthropic()


@pytest.fixture(scope="module")
def url(vendor: Anthropic) -> Iterator[str]:
    with serving(vendor) as address:
        yield address


async def test_an_answer_comes_with_its_tokens_counted_once(url: str) -> None:
    outcome = await answered("anthropic", url, "claude")
    assert (outcome.text, outcome.finish_reason, outcome.refusal) == ("Hello!", "stop", None)
    # 10 fresh ones, 3,000 read from the cache and 200 written to it: all of them are input.
    assert tokens(outcome) == (3210, 3000, 200, 25, None)
    assert outcome.served_model == "claude-sonnet-4-5-20250929"
    assert outcome.timing.ttft is not None and len(outcome.timing.token_gaps) == 1


async def test_the_vendors_own_sdk_finds_the_same_answer(url: str) -> None:
    import anthropic  # seconds to load: only for the process that needs it

    async with anthropic.AsyncAnthropic(api_key=KEY, base_url=url, max_retries=0) as sdk:
        asked = {"model": "claude", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello?"}]}
        async with sdk.messages.stream(**asked) as stream:
            streamed = await stream.get_final_message()
        once = await sdk.messages.create(**asked)
        with pytest.raises(anthropic.AuthenticationError):
            await sdk.with_options(api_key="wrong").messages.create(**asked)
        with pytest.raises(anthropic.APIStatusError) as overloaded:
            await sdk.messages.create(**asked | {"model": "529"})
    assert streamed.content[0].text == once.content[0].text == "Hello!"
    assert (streamed.usage.output_tokens, streamed.usage.cache_read_input_tokens) == (25, 3000)
    assert overloaded.value.status_code == 529


async def test_everything_that_is_asked_reaches_it_in_its_own_terms(vendor: Anthropic, url: str) -> None:
    await answered("anthropic", url, "claude", FULL)
    said = vendor.asked[-1]
    image = {"type": "base64", "media_type": "image/png", "data": PNG}
    assert said.headers["anthropic-version"] == "2023-06-01" and "authorization" not in said.headers
    assert said.body == {
        "model": "claude",
        "max_tokens": 99,
        "stream": True,
        "system": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Answer in English."}],
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "What is this?"}, {"type": "image", "source": image}],
            },
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}}],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "c1",
                        "content": [{"type": "text", "text": "4 degrees"}],
                    }
                ],
            },
        ],
        "tools": [
            {
                "name": "weather",
                "description": "The weather somewhere",
                "input_schema": FULL.tools[0]["function"]["parameters"],
            }
        ],
        "output_config": {"format": {"type": "json_schema", "schema": COLOUR}},
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
    }, "and no seed, which it does not take"


async def test_a_tool_is_called_with_its_arguments_put_together(url: str) -> None:
    outcome = await answered("anthropic", url, "claude", TOOLS)
    assert outcome.tool_calls == (ToolCall("toolu_01", "weather", '{"city": "Oslo"}'),)
    assert (outcome.text, outcome.finish_reason) == ("Let me see.", "tool_calls")


async def test_an_answer_follows_a_schema(url: str) -> None:
    assert (await answered("anthropic", url, "claude", SCHEMA)).text == '{"colour": "blue"}'


async def test_thinking_is_reasoning_and_no_part_of_the_answer(url: str) -> None:
    outcome = await answered("anthropic", url, "thinks")
    assert (outcome.text, outcome.reasoning) == ("4", "Hmm.")
    assert tokens(outcome)[3:] == (25, 20) and outcome.timing.first_reasoning is not None


@pytest.mark.parametrize(("model", "reason"), [("long", "length"), ("stops", "stop")])
async def test_why_it_stopped(url: str, model: str, reason: str) -> None:
    assert (await answered("anthropic", url, model)).finish_reason == reason


async def test_a_refusal_is_an_answer_that_refuses(url: str) -> None:
    outcome = await answered("anthropic", url, "refuses")
    assert (outcome.finish_reason, outcome.refusal) == ("refusal", "It could do harm.")


async def test_an_answer_in_one_piece_is_read_too(url: str) -> None:
    outcome = await answered("anthropic", url, "whole")
    assert outcome.text == "Hello!" and tokens(outcome)[0] == 3210


@pytest.mark.parametrize(
    ("model", "kind", "retry"),
    [
        ("400", "bad_request", "never"),
        ("long_prompt", "too_large", "never"),
        ("credit", "quota", "park"),
        ("402", "quota", "park"),
        ("403", "forbidden", "park"),
        ("no-such-model", "not_found", "park"),
        ("retired", "not_found", "park"),
        ("408", "timeout", "later"),
        ("413", "too_large", "never"),
        ("429", "rate_limited", "later"),
        ("500", "server_error", "later"),
        ("504", "timeout", "later"),
        ("529", "overloaded", "later"),
        ("fails_midway", "overloaded", "later"),
    ],
)
async def test_what_goes_wrong_has_a_name_and_a_sentence(url: str, model: str, kind: str, retry: str) -> None:
    assert failure(await ask("anthropic", url, model)) == (kind, retry)


async def test_the_vendors_wish_to_wait_is_heard(url: str) -> None:
    outcome = await ask("anthropic", url, "429")
    assert outcome.retry_after == 12 and outcome.request_id == "req_011"


async def test_a_retired_model_is_called_retired(url: str) -> None:
    assert "retired this model" in (await ask("anthropic", url, "retired")).message


async def test_a_wrong_key_is_not_repeated(url: str) -> None:
    assert failure(await ask("anthropic", url, "claude", api_key="sk-quite-wrong")) == (
        "unauthorised",
        "park",
    )


async def test_the_instructions_are_marked_for_the_cache_where_the_connection_asks(
    vendor: Anthropic, url: str
) -> None:
    await answered("anthropic", url, "claude", FULL, prompt_caching=True)
    body = vendor.asked[-1].body
    assert [block.get("cache_control") for block in body["system"]] == [None, {"type": "ephemeral"}]
    assert "cache_control" not in body["tools"][-1], (
        "the instructions come after the tools: one mark holds both"
    )


async def test_marks_that_a_sample_sets_itself_are_kept(vendor: Anthropic, url: str) -> None:
    part = {"type": "text", "text": "A long book", "cache_control": {"type": "ephemeral"}}
    await answered("anthropic", url, "claude", Conversation((Message("user", (part,)),)))
    assert vendor.asked[-1].body["messages"][0]["content"][0] == part


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Conversation(HELLO.messages, settings=Settings(temperature=1.5)), "from 0 to 1"),
        (Conversation(HELLO.messages, tools=({"type": "web_search"},)), "web_search"),
        (Conversation((Message("user", ({"type": "input_audio"},)),)), "input_audio"),
        (Conversation((Message("assistant", "", tool_calls=(ToolCall("c", "f", "[1"),)),)), "no JSON object"),
    ],
)
async def test_what_it_cannot_take_is_refused_before_anything_is_sent(
    vendor: Anthropic, url: str, asked: Conversation, words: str
) -> None:
    before = len(vendor.asked)
    outcome = await ask("anthropic", url, "claude", asked)
    assert failure(outcome) == ("bad_request", "never") and words in outcome.message
    assert not outcome.reached and len(vendor.asked) == before


async def test_a_base_url_may_end_in_v1(url: str) -> None:
    assert isinstance(await ask("anthropic", f"{url}/v1", "claude"), Completed)
