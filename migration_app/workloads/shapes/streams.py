"""Recorded streams: the chunks of an answer, put together into the body it would have had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .values import get, unpacked


def joined_stream(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A body that holds {"chunks": […]} as one whole; any other body as it is."""
    chunks = body.get("chunks")
    if not isinstance(chunks, list):
        return body
    whole: dict[str, Any] = {}
    said: list[str] = []
    calls: dict[int, dict[str, Any]] = {}
    for chunk in _events(chunks):
        _take_text(chunk, said)
        _take_calls(chunk, calls)
        _take_facts(chunk, whole)
    message: dict[str, Any] = {"role": "assistant", "content": "".join(said)}
    if calls:
        message["tool_calls"] = [call for _, call in sorted(calls.items())]
    choice = {"message": message, "finish_reason": whole.pop("finish_reason", None)}
    return {**whole, "choices": [choice]}


def _events(chunks: list[Any]) -> Iterable[Mapping[str, Any]]:
    for chunk in chunks:
        event = unpacked(chunk)
        if isinstance(event, Mapping):
            inner = event.get("chunk")
            yield inner if isinstance(inner, Mapping) else event


def _take_text(chunk: Mapping[str, Any], said: list[str]) -> None:
    for path in (
        ("choices", 0, "delta", "content"),  # OpenAI
        ("contentBlockDelta", "delta", "text"),  # Bedrock Converse
        ("candidates", 0, "content", "parts", 0, "text"),  # Gemini
        ("generation",),  # Llama on Bedrock
        ("outputText",),  # Titan
        ("outputs", 0, "text"),  # Mistral on Bedrock
        ("completion",),  # the older Claude
    ):
        if isinstance(found := get(chunk, *path), str):
            said.append(found)
            return
    if chunk.get("type") == "content_block_delta" and isinstance(found := get(chunk, "delta", "text"), str):
        said.append(found)  # Anthropic
    if chunk.get("type") == "response.output_text.delta" and isinstance(found := chunk.get("delta"), str):
        said.append(found)  # OpenAI's Responses API
    if chunk.get("event_type") == "text-generation" and isinstance(found := chunk.get("text"), str):
        said.append(found)  # Cohere


def _take_calls(chunk: Mapping[str, Any], calls: dict[int, dict[str, Any]]) -> None:
    for delta in get(chunk, "choices", 0, "delta", "tool_calls") or ():
        if isinstance(delta, Mapping):
            function = delta.get("function") or {}
            _add(
                calls, delta.get("index", 0), delta.get("id"), function.get("name"), function.get("arguments")
            )
    if chunk.get("type") == "content_block_start" and get(chunk, "content_block", "type") == "tool_use":
        block = chunk["content_block"]
        _add(calls, chunk.get("index", 0), block.get("id"), block.get("name"), "")
    if chunk.get("type") == "content_block_delta" and isinstance(
        part := get(chunk, "delta", "partial_json"), str
    ):
        _add(calls, chunk.get("index", 0), None, None, part)
    if isinstance(start := get(chunk, "contentBlockStart", "start", "toolUse"), Mapping):
        index = get(chunk, "contentBlockStart", "contentBlockIndex") or 0
        _add(calls, index, start.get("toolUseId"), start.get("name"), "")
    if isinstance(part := get(chunk, "contentBlockDelta", "delta", "toolUse", "input"), str):
        _add(calls, get(chunk, "contentBlockDelta", "contentBlockIndex") or 0, None, None, part)


def _add(calls: dict[int, dict[str, Any]], index: Any, call: Any, name: Any, arguments: Any) -> None:
    index = index if isinstance(index, int) else 0
    kept = calls.setdefault(index, {"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
    kept["id"] = kept["id"] or str(call or "")
    if isinstance(name, str) and name:
        kept["function"]["name"] = name
    if isinstance(arguments, str):
        kept["function"]["arguments"] += arguments


def _take_facts(chunk: Mapping[str, Any], whole: dict[str, Any]) -> None:
    """Model, end and usage; a later chunk knows more than an earlier one."""
    message = chunk.get("message")
    opening = message if isinstance(message, Mapping) else chunk
    if isinstance(model := opening.get("model"), str):
        whole["model"] = model
    usage = dict(whole.get("usage") or {})
    for path in (("message", "usage"), ("usage",), ("metadata", "usage"), ("usageMetadata",)):
        if isinstance(found := get(chunk, *path), Mapping):
            usage.update({key: value for key, value in found.items() if value})
    if isinstance(found := get(chunk, "amazon-bedrock-invocationMetrics"), Mapping):
        usage.update({key: value for key, value in found.items() if key.endswith("TokenCount")})
    if usage:
        whole["usage"] = usage
    ends: tuple[tuple[str | int, ...], ...] = (
        ("choices", 0, "finish_reason"),
        ("delta", "stop_reason"),
        ("messageStop", "stopReason"),
        ("candidates", 0, "finishReason"),
        ("stop_reason",),
        ("completionReason",),
        ("outputs", 0, "stop_reason"),
    )
    for end in ends:
        if isinstance(found := get(chunk, *end), str):
            whole["finish_reason"] = found


def events_in(written: str) -> dict[str, Any]:
    """Server-sent events as a log keeps them in one text, as a body of chunks."""
    lines = (line[5:].strip() for line in written.splitlines() if line.startswith("data:"))
    return {"chunks": [line for line in lines if line and line != "[DONE]"]}
