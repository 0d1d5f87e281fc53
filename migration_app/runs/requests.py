"""From a stored sample to the conversation that is sent, the same for every candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from migration_app.workloads.models import Sample

from .models import OwnRequest

# Sent when the person set no limit, so that a call's price is bounded.
DEFAULT_MAX_OUTPUT_TOKENS = 1024


def settings_from(stored: Mapping[str, Any]) -> Settings:
    return Settings(
        max_output_tokens=stored.get("max_output_tokens") or DEFAULT_MAX_OUTPUT_TOKENS,
        temperature=stored.get("temperature"),
        top_p=stored.get("top_p"),
        seed=stored.get("seed"),
        stop=tuple(stored.get("stop") or ()),
    )


def _message(stored: Mapping[str, Any]) -> Message:
    content = stored.get("content") or ""
    calls = tuple(
        ToolCall(
            id=call.get("id", ""), name=call["function"]["name"], arguments=call["function"]["arguments"]
        )
        for call in stored.get("tool_calls") or ()
    )
    return Message(
        role=stored["role"],
        content=content if isinstance(content, str) else tuple(content),
        tool_calls=calls,
        tool_call_id=stored.get("tool_call_id"),
        name=stored.get("name"),
    )


def conversation_of(sample: Sample, settings: Settings) -> Conversation:
    return Conversation(
        messages=tuple(_message(message) for message in sample.messages),
        tools=tuple(sample.tools),
        response_format=sample.response_format,
        settings=settings,
    )


def own_conversations(item_ids: Sequence[int], settings: Settings) -> dict[int, Conversation]:
    """The conversations of items that bring requests of their own, by item.

    Of the run's settings only the seed holds: judges answer at their vendor's temperature, which
    some of them do not let anybody choose.
    """
    found = OwnRequest.objects.in_bulk(item_ids)
    return {pk: _own_conversation(own.request, settings) for pk, own in found.items()}


def _own_conversation(request: Mapping[str, Any], settings: Settings) -> Conversation:
    return Conversation(
        messages=tuple(_message(message) for message in request["messages"]),
        settings=Settings(max_output_tokens=request["max_output_tokens"], seed=settings.seed),
    )


def own_input_tokens_at_most(request: Mapping[str, Any]) -> int:
    """`input_tokens_at_most` of a request that is not a sample's."""
    return _tokens_at_most(request["messages"], [request["messages"]])


def input_tokens_at_most(sample: Sample) -> int:
    """An upper bound on the input tokens of a sample, for the budget's reservation.

    Byte-level tokenizers never make more tokens than there are bytes; 16 a message covers
    the chat template's own marks.
    """
    return _tokens_at_most(sample.messages, [sample.messages, sample.tools, sample.response_format or {}])


def _tokens_at_most(messages: Sequence[Any], parts: Sequence[Any]) -> int:
    return sum(len(orjson.dumps(part)) for part in parts) + 16 * len(messages) + 16


def images_of(sample: Sample) -> int:
    """How many pictures a sample sends."""
    contents = (message.get("content") for message in sample.messages)
    parts = (part for content in contents if isinstance(content, list) for part in content)
    return sum(isinstance(part, dict) and part.get("type") == "image_url" for part in parts)
