"""Gemini's native API, against a server that speaks it by the letter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from tests.servers.wire.base import KEY, PNG, serving
from tests.servers.wire.gemini import Gemini

from .asking import COLOUR, FULL, SCHEMA, TOOLS, answered, ask, failure, tokens


@pytest.fixture(scope="module")
def vendor() -> Gemini:
    return Gemini()


@pytest.fixture(scope="module")
def url(vendor: Gemini) -> Iterator[str]:
    with serving(vendor) as address:
        yield address


async def test_an_answer_comes_with_its_thoughts_counted_as_output(url: str) -> None:
    outcome = await answered("gemini", url, "gemini")
    assert (outcome.text, outcome.reasoning, outcome.finish_reason) == ("Hello!", "Hmm.", "stop")
    # 6 tokens of answer and 14 of thoughts are billed as output.
    assert tokens(outcome) == (120, 100, None, 20, 14)
    assert (outcome.served_model, outcome.request_id) == ("gemini-2.5-flash", "r-1")


def test_the_vendors_own_sdk_finds_the_same_answer(url: str) -> None:
    from google import genai  # seconds to load: only for the process that needs it
    from google.genai import errors as genai_errors

    sdk = genai.Client(api_key=KEY, http_options={"base_url": url})
    pieces = list(sdk.models.generate_content_stream(model="gemini", contents="Hello?"))
    once = sdk.models.generate_content(model="gemini", contents="Hello?")
    assert "".join(piece.text or "" for piece in pieces) == once.text == "Hello!"
    counted = pieces[-1].usage_metadata
    assert counted is not None and (counted.thoughts_token_count, counted.prompt_token_count) == (14, 120)
    with pytest.raises(genai_errors.APIError) as refused:
        sdk.models.generate_content(model="503", contents="Hello?")
    assert refused.value.code == 503


async def test_everything_that_is_asked_reaches_it_in_its_own_terms(vendor: Gemini, url: str) -> None:
    await answered("gemini", url, "gemini", FULL)
    said = vendor.asked[-1]
    assert said.path == "/v1beta/models/gemini:streamGenerateContent" and said.query == "alt=sse"
    assert KEY not in said.target, "a key in an address would stand in every proxy's log"
    assert said.body == {
        "systemInstruction": {"parts": [{"text": "Be brief."}, {"text": "Answer in English."}]},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "What is this?"},
                    {"inlineData": {"mimeType": "image/png", "data": PNG}},
                ],
            },
            {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {"city": "Oslo"}}}]},
            {
                "role": "user",
                "parts": [{"functionResponse": {"name": "weather", "response": {"result": "4 degrees"}}}],
            },
        ],
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "weather",
                        "description": "The weather somewhere",
                        "parametersJsonSchema": FULL.tools[0]["function"]["parameters"],
                    }
                ]
            }
        ],
        "generationConfig": {
            "maxOutputTokens": 99,
            "temperature": 0.5,
            "topP": 0.9,
            "seed": 7,
            "stopSequences": ["END"],
            "responseMimeType": "application/json",
            "responseJsonSchema": COLOUR,
        },
    }


async def test_calls_that_another_model_made_are_signed_as_such_where_signatures_are_wanted(url: str) -> None:
    assert (await answered("gemini", url, "gemini-3-pro", FULL)).tool_calls


async def test_a_tool_is_called(url: str) -> None:
    outcome = await answered("gemini", url, "gemini", TOOLS)
    assert outcome.tool_calls == (ToolCall("call_0", "weather", '{"city":"Oslo"}'),)
    assert outcome.finish_reason == "tool_calls"


async def test_an_answer_follows_a_schema_or_is_any_json(vendor: Gemini, url: str) -> None:
    assert (await answered("gemini", url, "gemini", SCHEMA)).text == '{"colour": "blue"}'
    anything = Conversation(SCHEMA.messages, response_format={"type": "json_object"})
    await answered("gemini", url, "gemini", anything)
    assert vendor.asked[-1].body["generationConfig"] == {"responseMimeType": "application/json"}


async def test_why_it_stopped(url: str) -> None:
    assert (await answered("gemini", url, "long")).finish_reason == "length"
    assert (await answered("gemini", url, "malformed")).finish_reason == "malformed_function_call"


async def test_a_budget_that_thoughts_used_up_leaves_no_answer_and_is_counted(url: str) -> None:
    outcome = await answered("gemini", url, "only_thinks")
    assert outcome.text == "" and tokens(outcome) == (9, 0, None, 30, 30)


@pytest.mark.parametrize("model", ["unsafe_prompt", "unsafe_answer", "recites"])
async def test_what_its_filters_stop_is_no_answer(url: str, model: str) -> None:
    outcome = await ask("gemini", url, model)
    assert failure(outcome) == ("content_filter", "never") and "blocked" in outcome.message


@pytest.mark.parametrize(
    ("model", "kind", "retry"),
    [
        ("400", "bad_request", "never"),
        ("long_prompt", "too_large", "never"),
        ("expired_key", "unauthorised", "park"),
        ("403", "forbidden", "park"),
        ("no-such-model", "not_found", "park"),
        ("retired", "not_found", "park"),
        ("408", "timeout", "later"),
        ("413", "too_large", "never"),
        ("429", "rate_limited", "later"),
        ("500", "server_error", "later"),
        ("503", "overloaded", "later"),
        ("504", "timeout", "later"),
        ("fails_midway", "overloaded", "later"),
    ],
)
async def test_what_goes_wrong_has_a_name_and_a_sentence(url: str, model: str, kind: str, retry: str) -> None:
    assert failure(await ask("gemini", url, model)) == (kind, retry)


async def test_the_vendors_wish_to_wait_is_found_in_its_body(url: str) -> None:
    assert (await ask("gemini", url, "429")).retry_after == 34


async def test_a_wrong_key_is_a_key_to_enter_again(url: str) -> None:
    outcome = await ask("gemini", url, "gemini", api_key="AIza-quite-wrong")
    assert failure(outcome) == ("unauthorised", "park")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (
            Conversation(
                (Message("user", ({"type": "image_url", "image_url": {"url": "https://x/y.png"}},)),)
            ),
            "data: URLs",
        ),
        (Conversation((Message("tool", "4", tool_call_id="nobody's"),)), "belongs to no call"),
    ],
)
async def test_what_it_cannot_take_is_refused_before_anything_is_sent(
    url: str, asked: Conversation, words: str
) -> None:
    outcome = await ask("gemini", url, "gemini", asked)
    assert failure(outcome) == ("bad_request", "never") and words in outcome.message and not outcome.reached


async def test_the_base_url_of_the_openai_layer_leads_to_the_native_one(vendor: Gemini, url: str) -> None:
    await answered(
        "gemini",
        f"{url}/v1beta/openai",
        "gemini",
        Conversation((Message("user", "Hi"),), settings=Settings()),
    )
    assert vendor.asked[-1].path.startswith("/v1beta/models/") and set(vendor.asked[-1].body) == {"contents"}
