"""From a stored sample to the conversation that is sent, the same for every candidate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migration_app.evaluation.conversations import Conversation, Message, Settings, ToolCall
from migration_app.workloads.models import Sample

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


def input_tokens_at_most(sample: Sample) -> int:
    """An upper bound on the input tokens of a sample, for the budget's reservation.

    Byte-level tokenizers never make more tokens than there are bytes; 16 a message covers
    the chat template's own marks.
    """
    import orjson

    parts = [sample.messages, sample.tools, sample.response_format or {}]
    return sum(len(orjson.dumps(part)) for part in parts) + 16 * len(sample.messages) + 16
