"""Amazon Bedrock's Converse, signed and framed as Amazon wants it, and its OpenAI-compatible side."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from migration_app.evaluation.conversations import Conversation, Message, ToolCall
from migration_app.evaluation.outcomes import Outcome
from tests.servers.wire.base import KEY, PNG, serving
from tests.servers.wire.bedrock import ACCESS_KEY, REGION, SECRET_KEY, SESSION, Bedrock, image_of
from tests.servers.wire.openai import OpenAI

from .asking import COLOUR, FULL, HELLO, SCHEMA, TOOLS, answered, failure, tokens
from .asking import ask as ask_any

CLAUDE = "anthropic.claude-v1:0"
PROFILE = "arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-v1:0"
KEYS = (("access_key_id", ACCESS_KEY), ("secret_access_key", SECRET_KEY), ("session_token", SESSION))


@pytest.fixture(scope="module")
def vendor() -> Bedrock:
    return Bedrock()


@pytest.fixture(scope="module")
def url(vendor: Bedrock) -> Iterator[str]:
    with serving(vendor) as address:
        yield address


async def ask(url: str, model: str, asked: Conversation = HELLO, **more: Any) -> Outcome:
    given = {"api_key": "", "region": REGION, "credentials": KEYS}
    return await ask_any("bedrock", url, model, asked, **{**given, **more})


@pytest.mark.parametrize("model", [CLAUDE, PROFILE], ids=["model", "inference profile"])
async def test_a_signed_call_is_answered_and_counted_once(vendor: Bedrock, url: str, model: str) -> None:
    outcome = await ask(url, model)
    assert (outcome.text, outcome.finish_reason, outcome.request_id) == ("Hello!", "stop", "aws-1")
    assert tokens(outcome) == (3210, 3000, 200, 25, None)
    assert len(outcome.timing.token_gaps) == 1
    assert vendor.asked[-1].headers["authorization"].startswith(f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/")


async def test_a_bedrock_api_key_does_as_well(vendor: Bedrock, url: str) -> None:
    outcome = await answered("bedrock", url, CLAUDE, auth="bearer", region=REGION)
    assert outcome.text == "Hello!" and vendor.asked[-1].headers["authorization"] == f"Bearer {KEY}"


def test_the_vendors_own_sdk_finds_the_same_answer(url: str) -> None:
    import boto3  # seconds to load: only for the process that needs it
    from botocore.config import Config
    from botocore.exceptions import ClientError

    sdk = boto3.client(
        "bedrock-runtime",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        aws_session_token=SESSION,
        config=Config(retries={"max_attempts": 0}, proxies={}),
    )
    asked = {"modelId": CLAUDE, "messages": [{"role": "user", "content": [{"text": "Hello?"}]}]}
    events = list(sdk.converse_stream(**asked)["stream"])
    said = [one["contentBlockDelta"]["delta"]["text"] for one in events if "contentBlockDelta" in one]
    once = sdk.converse(**asked)
    assert "".join(said) == once["output"]["message"]["content"][0]["text"] == "Hello!"
    assert events[-1]["metadata"]["usage"]["cacheReadInputTokens"] == 3000
    with pytest.raises(ClientError, match="ThrottlingException"):
        sdk.converse_stream(**asked | {"modelId": "429"})


async def test_everything_that_is_asked_reaches_it_in_its_own_terms(vendor: Bedrock, url: str) -> None:
    await ask(url, CLAUDE, FULL, prompt_caching=True)
    body = vendor.asked[-1].body
    assert image_of(vendor.asked[-1]) == base64.b64decode(PNG)
    schema = body["outputConfig"]["textFormat"]["structure"]["jsonSchema"]
    assert schema["name"] == "sky" and __import__("json").loads(schema["schema"]) == COLOUR
    image = {"image": {"format": "png", "source": {"bytes": PNG}}}
    assert {name: body[name] for name in ("messages", "system", "inferenceConfig", "toolConfig")} == {
        "messages": [
            {"role": "user", "content": [{"text": "What is this?"}, image]},
            {
                "role": "assistant",
                "content": [{"toolUse": {"toolUseId": "c1", "name": "weather", "input": {"city": "Oslo"}}}],
            },
            {
                "role": "user",
                "content": [{"toolResult": {"toolUseId": "c1", "content": [{"text": "4 degrees"}]}}],
            },
        ],
        "system": [
            {"text": "Be brief."},
            {"text": "Answer in English."},
            {"cachePoint": {"type": "default"}},
        ],
        "inferenceConfig": {"maxTokens": 99, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "The weather somewhere",
                        "inputSchema": {"json": FULL.tools[0]["function"]["parameters"]},
                    }
                }
            ]
        },
    }


async def test_a_tool_is_called_and_a_schema_followed(url: str) -> None:
    outcome = await ask(url, CLAUDE, TOOLS)
    assert outcome.tool_calls == (ToolCall("tooluse_1", "weather", '{"city": "Oslo"}'),)
    assert (outcome.text, outcome.finish_reason) == ("Let me see.", "tool_calls")
    assert (await ask(url, CLAUDE, SCHEMA)).text == '{"colour": "blue"}'


async def test_thinking_is_reasoning_and_why_it_stopped_is_known(url: str) -> None:
    outcome = await ask(url, "thinks")
    assert (outcome.reasoning, outcome.text) == ("Hmm.", "4")
    assert (await ask(url, "long")).finish_reason == "length"


@pytest.mark.parametrize(
    ("model", "kind", "retry"),
    [
        ("guarded", "content_filter", "never"),
        ("filtered", "content_filter", "never"),
        ("400", "bad_request", "never"),
        ("no-such-model", "bad_request", "never"),
        ("long_prompt", "too_large", "never"),
        ("403", "forbidden", "park"),
        ("expired", "unauthorised", "park"),
        ("retired", "not_found", "park"),
        ("408", "timeout", "later"),
        ("413", "too_large", "never"),
        ("424", "server_error", "later"),
        ("429", "rate_limited", "later"),
        ("not_ready", "overloaded", "later"),
        ("500", "server_error", "later"),
        ("503", "overloaded", "later"),
        ("fails_midway", "rate_limited", "later"),
        ("model_fails_midway", "broken_stream", "later"),
    ],
)
async def test_what_goes_wrong_has_a_name_and_a_sentence(url: str, model: str, kind: str, retry: str) -> None:
    assert failure(await ask(url, model)) == (kind, retry)


@pytest.mark.parametrize("wrong", ["secret_access_key", "session_token"])
async def test_a_wrong_secret_is_one_to_enter_again(url: str, wrong: str) -> None:
    keys = tuple((name, "quite-wrong" if name == wrong else value) for name, value in KEYS)
    outcome = await ask(url, CLAUDE, credentials=keys)
    assert failure(outcome) == ("unauthorised", "park")


@pytest.mark.parametrize("more", [{"region": ""}, {"credentials": KEYS[:1]}])
async def test_without_a_region_or_a_key_nothing_is_sent(
    vendor: Bedrock, url: str, more: dict[str, Any]
) -> None:
    before = len(vendor.asked)
    outcome = await ask(url, CLAUDE, **more)
    assert failure(outcome) == ("bad_request", "park") and "Enter all three" in outcome.message
    assert len(vendor.asked) == before


async def test_an_image_elsewhere_on_the_net_is_refused_before_anything_is_sent(url: str) -> None:
    image = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    outcome = await ask(url, CLAUDE, Conversation((Message("user", (image,)),)))
    assert failure(outcome) == ("bad_request", "never") and "data: URLs" in outcome.message


async def test_its_openai_compatible_side_takes_a_bedrock_api_key() -> None:
    server = OpenAI("/openai/v1")
    with serving(server) as address:
        assert (await answered("bedrock_openai", f"{address}/openai/v1", "gpt")).text == "Hello!"
