"""OpenAI's protocol and its relatives: Azure by each of its paths and ways in, and Mistral."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from migration_app.evaluation.conversations import ToolCall
from migration_app.providers.vendors import VENDORS
from tests.servers.wire.base import KEY, serving
from tests.servers.wire.openai import Mistral, OpenAI

from .asking import FULL, SCHEMA, TOOLS, answered, ask, failure, tokens


@pytest.fixture(scope="module")
def vendor() -> OpenAI:
    return OpenAI()


@pytest.fixture(scope="module")
def url(vendor: OpenAI) -> Iterator[str]:
    with serving(vendor) as address:
        yield f"{address}/v1"


async def test_an_answer_comes_with_its_tokens_counted_once(url: str) -> None:
    outcome = await answered("openai", url, "gpt")
    assert (outcome.text, outcome.finish_reason, outcome.served_model) == ("Hello!", "stop", "gpt-served")
    assert tokens(outcome) == (2006, 1920, None, 300, 192)


async def test_the_vendors_own_sdk_finds_the_same_answer(url: str) -> None:
    import openai  # seconds to load: only for the process that needs it

    async with openai.AsyncOpenAI(api_key=KEY, base_url=url, max_retries=0) as sdk:
        asked = {"model": "gpt", "messages": [{"role": "user", "content": "Hello?"}]}
        told = {"include_usage": True}
        chunks = [
            one async for one in await sdk.chat.completions.create(**asked, stream=True, stream_options=told)
        ]
        once = await sdk.chat.completions.create(**asked)
        with pytest.raises(openai.RateLimitError):
            await sdk.chat.completions.create(**asked | {"model": "429"})
    said = "".join(choice.delta.content or "" for one in chunks for choice in one.choices)
    assert said == once.choices[0].message.content == "Hello!"
    assert chunks[-1].usage is not None and chunks[-1].usage.prompt_tokens_details.cached_tokens == 1920


async def test_everything_that_is_asked_reaches_it(vendor: OpenAI, url: str) -> None:
    await answered("openai", url, "gpt", FULL)
    body = vendor.asked[-1].body
    assert body["messages"][1]["content"] == list(FULL.messages[1].content)
    assert body["response_format"] == FULL.response_format and body["tools"] == list(FULL.tools)
    settings = {
        name: body[name] for name in ("max_completion_tokens", "temperature", "top_p", "seed", "stop")
    }
    assert list(settings.values()) == [99, 0.5, 0.9, 7, ["END"]]


async def test_a_tool_is_called_and_a_schema_followed(url: str) -> None:
    outcome = await answered("openai", url, "gpt", TOOLS)
    assert outcome.tool_calls == (ToolCall("call_1", "weather", '{"city": "Oslo"}'),)
    assert (await answered("openai", url, "gpt", SCHEMA)).text == '{"colour": "blue"}'


async def test_refusals_and_lengths(url: str) -> None:
    assert (await answered("openai", url, "refuses")).refusal == "I can't help."
    assert (await answered("openai", url, "long")).finish_reason == "length"


@pytest.mark.parametrize(
    ("model", "kind", "retry"),
    [
        ("filtered", "content_filter", "never"),
        ("prompt_filtered", "content_filter", "never"),
        ("400", "bad_request", "never"),
        ("long_prompt", "too_large", "never"),
        ("403", "forbidden", "park"),
        ("no-such-model", "not_found", "park"),
        ("retired", "not_found", "park"),
        ("decommissioned", "not_found", "park"),
        ("408", "timeout", "later"),
        ("413", "too_large", "never"),
        ("429", "rate_limited", "later"),
        ("quota", "quota", "park"),
        ("500", "server_error", "later"),
        ("503", "overloaded", "later"),
        ("fails_midway", "broken_stream", "later"),
    ],
)
async def test_what_goes_wrong_has_a_name_and_a_sentence(url: str, model: str, kind: str, retry: str) -> None:
    assert failure(await ask("openai", url, model)) == (kind, retry)


@pytest.mark.parametrize("model", ["retired", "decommissioned"])
async def test_a_retired_model_is_called_retired(url: str, model: str) -> None:
    assert "retired this model" in (await ask("openai", url, model)).message


SHARING = [vendor.name for vendor in VENDORS.values() if vendor.protocol == "openai" and not vendor.paths]


@pytest.mark.parametrize("name", [name for name in SHARING if name != "mistral"])
async def test_every_vendor_that_shares_the_protocol_is_a_row_that_works(
    vendor: OpenAI, url: str, name: str
) -> None:
    outcome = await answered(name, url, "gpt")
    assert outcome.text == "Hello!" and tokens(outcome) == (2006, 1920, None, 300, 192)
    assert vendor.asked[-1].headers["authorization"] == f"Bearer {KEY}"


# ── Azure ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "prefix", "base", "version", "path", "query"),
    [
        ("azure", "/openai/v1", "/openai/v1", "", "/openai/v1/chat/completions", ""),
        ("azure", "/openai/v1", "", "", "/openai/v1/chat/completions", ""),
        (
            "azure",
            "/openai/v1",
            "/openai/v1",
            "preview",
            "/openai/v1/chat/completions",
            "api-version=preview",
        ),
        (
            "azure",
            "-",
            "",
            "2024-10-21",
            "/openai/deployments/gpt/chat/completions",
            "api-version=2024-10-21",
        ),
        (
            "azure",
            "-",
            "/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
            "",
            "/openai/deployments/gpt/chat/completions",
            "api-version=2024-10-21",
        ),
        ("azure_foundry", "/openai/v1", "/openai/v1", "", "/openai/v1/chat/completions", ""),
        ("azure_foundry", "/models", "", "", "/models/chat/completions", "api-version=2024-05-01-preview"),
        (
            "azure_foundry",
            "/models",
            "/models",
            "2025-01-01",
            "/models/chat/completions",
            "api-version=2025-01-01",
        ),
    ],
)
async def test_azure_is_reached_by_each_of_its_paths(
    name: str, prefix: str, base: str, version: str, path: str, query: str
) -> None:
    azure = OpenAI(prefix, "api-key")
    with serving(azure) as address:
        outcome = await answered(name, f"{address}{base}", "gpt", api_version=version)
    assert outcome.text == "Hello!" and (azure.asked[-1].path, azure.asked[-1].query) == (path, query)
    extras = azure.asked[-1].headers.get("extra-parameters")
    assert extras == ("pass-through" if name == "azure_foundry" else None)


async def test_azures_own_sdk_talks_to_the_same_server() -> None:
    import openai

    azure = OpenAI("-", "api-key")
    azure.versions = ("2024-10-21",)
    with serving(azure) as address:
        async with openai.AsyncAzureOpenAI(
            api_key=KEY, azure_endpoint=address, api_version="2024-10-21", max_retries=0
        ) as sdk:
            asked = [{"role": "user", "content": "Hello?"}]
            once = await sdk.chat.completions.create(model="gpt", messages=asked)
        ours = await answered("azure", address, "gpt", api_version="2024-10-21")
    assert once.choices[0].message.content == ours.text
    assert azure.asked[0].path == azure.asked[1].path


async def test_a_deployment_that_is_not_there(url: str) -> None:
    with serving(OpenAI("-", "api-key")) as address:
        outcome = await ask("azure", address, "no such", api_version="2024-10-21")
    assert failure(outcome) == ("not_found", "park")


# ── Mistral ──────────────────────────────────────────────────────────────────


async def test_mistral_gets_only_what_it_knows_by_its_own_names() -> None:
    from mistralai.client import Mistral as MistralSDK  # seconds to load: only for the process that needs it

    mistral = Mistral()
    with serving(mistral) as address:
        outcome = await answered("mistral", f"{address}/v1", "mistral", FULL)
        thought = await answered("mistral", f"{address}/v1", "magistral")
        sdk = MistralSDK(api_key=KEY, server_url=address)
        once = sdk.chat.complete(model="mistral", messages=[{"role": "user", "content": "Hello?"}])
        wrong = await ask("mistral", f"{address}/v1", "422")
        busy = await ask("mistral", f"{address}/v1", "429")
    assert once.choices[0].message.content == outcome.text == "Hello!"
    assert tokens(outcome) == (2006, 1920, None, 300, 192)
    assert mistral.asked[0].body["seed"] == 7, "sent as random_seed"
    assert (thought.text, thought.reasoning) == ("4", "Hmm.")
    assert failure(wrong) == ("bad_request", "never") and failure(busy) == ("rate_limited", "later")
