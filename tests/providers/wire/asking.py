"""One question for every vendor, and what it means to ask it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome
from migration_app.providers.client import Client, Endpoint
from tests.providers.conftest import LOOPBACK
from tests.servers.wire.base import KEY, PNG

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather somewhere",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
COLOUR = {
    "type": "object",
    "properties": {"colour": {"type": "string"}},
    "required": ["colour"],
    "additionalProperties": False,
}
AS_SCHEMA = {"type": "json_schema", "json_schema": {"name": "sky", "schema": COLOUR, "strict": True}}
IMAGE = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}
HELLO = Conversation((Message("user", "Hello?"),))
FULL = Conversation(
    (
        Message("system", "Be brief."),
        Message("user", ({"type": "text", "text": "What is this?"}, IMAGE)),
        Message("assistant", "", tool_calls=(ToolCall("c1", "weather", '{"city": "Oslo"}'),)),
        Message("tool", "4 degrees", tool_call_id="c1"),
        Message("developer", "Answer in English."),
    ),
    tools=(WEATHER,),
    response_format=AS_SCHEMA,
    settings=Settings(max_output_tokens=99, temperature=0.5, top_p=0.9, seed=7, stop=("END",)),
)
TOOLS = Conversation(HELLO.messages, tools=(WEATHER,))
SCHEMA = Conversation(HELLO.messages, response_format=AS_SCHEMA)

Ask = Callable[..., Awaitable[Outcome]]


async def ask(vendor: str, base_url: str, model: str, asked: Conversation = HELLO, **more: Any) -> Outcome:
    """One attempt by the product's own client, as a run makes it."""
    client = Client(policy=LOOPBACK, connect_timeout=20, idle_timeout=20)
    there = Endpoint(vendor, base_url, model, more.pop("api_key", KEY), **more)
    try:
        outcome = await client.ask(there, asked, deadline=60)
    finally:
        await client.close()
    assert not any(secret and secret in repr(outcome) for secret in there.secrets), "no secret anywhere"
    return outcome


async def answered(*arguments: Any, **more: Any) -> Completed:
    """The same, where an answer is expected."""
    outcome = await ask(*arguments, **more)
    assert isinstance(outcome, Completed), outcome
    return outcome


def tokens(outcome: Outcome) -> tuple[int | None, ...]:
    """(input, cached read, cache write, output, reasoning), as a price is made of them."""
    usage = outcome.usage
    assert usage is not None
    return (
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.cache_write_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
    )


def failure(outcome: Outcome) -> tuple[FailureKind, str]:
    """(kind, retry) of a failure whose message is a sentence that says what to do."""
    assert isinstance(outcome, Failed), outcome
    assert outcome.message.endswith((".", "”")) and len(outcome.message) > 30
    return outcome.kind, str(outcome.retry)
