"""Anthropic's Messages API, as https://docs.claude.com/en/api/messages describes it."""

from __future__ import annotations

import re
from typing import Any

from .base import KEY, Asked, Reply, WireVendor, sse, whole

_FIELDS = frozenset(
    "model max_tokens messages stream system tools temperature top_p stop_sequences output_config "
    "tool_choice thinking metadata cache_control".split()
)
USAGE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 200,
    "cache_read_input_tokens": 3000,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 1,
    "service_tier": "standard",
}


def error(status: int, kind: str, message: str, **headers: str) -> Reply:
    told = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_011"}
    return whole(told, status, request_id="req_011", **headers)


def message(content: list[Any], stop: str | None, **more: Any) -> dict[str, Any]:
    return {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5-20250929",
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": USAGE,
        **more,
    }


def stream(
    *blocks: dict[str, Any],
    stop: str = "end_turn",
    output: int = 25,
    thought: int | None = None,
    **delta: Any,
) -> Reply:
    """A whole stream: each block is {"start": content_block, "deltas": [delta, …]}."""
    usage: dict[str, Any] = {"output_tokens": 25}
    if thought is not None:
        usage["output_tokens_details"] = {"thinking_tokens": thought}
    events: list[Any] = [{"type": "message_start", "message": message([], None)}]
    for index, block in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block["start"]})
        events += [{"type": "ping"}] if not index else []
        events += [
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in block["deltas"]
        ]
        events.append({"type": "content_block_stop", "index": index})
    ended = {"stop_reason": stop, "stop_sequence": None, **delta}
    events += [{"type": "message_delta", "delta": ended, "usage": usage}, {"type": "message_stop"}]
    return sse(*events, named=True)


def text(*pieces: str) -> dict[str, Any]:
    deltas = [{"type": "text_delta", "text": piece} for piece in pieces]
    return {"start": {"type": "text", "text": ""}, "deltas": deltas}


def thinking(*pieces: str) -> dict[str, Any]:
    deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces]
    signed = {"type": "signature_delta", "signature": "EqQBCgIYAhIM"}
    return {"start": {"type": "thinking", "thinking": "", "signature": ""}, "deltas": [*deltas, signed]}


def tool(id: str, name: str, *pieces: str) -> dict[str, Any]:
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    return {"start": {"type": "tool_use", "id": id, "name": name, "input": {}}, "deltas": deltas}


def _by_what_is_asked(asked: Asked) -> Reply:
    """Answers as a model would: with a call where tools are on offer, with JSON where a schema is."""
    if asked.body.get("tools"):
        return stream(
            text("Let me see."), tool("toolu_01", "weather", "", '{"city": ', '"Oslo"}'), stop="tool_use"
        )
    if asked.body.get("output_config"):
        return stream(text('{"colour": ', '"blue"}'))
    return stream(text("Hel", "lo!"))


def _whole(asked: Asked) -> Reply:
    return whole(message([{"type": "text", "text": "Hello!"}], "end_turn"))


OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


_VERTEX = re.compile(r"/v1/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/(.+):streamRawPredict")


class Anthropic(WireVendor):
    scenarios = {
        "claude": lambda asked: _by_what_is_asked(asked) if asked.body.get("stream") else _whole(asked),
        "thinks": lambda _: stream(thinking("Hm", "m."), text("4"), thought=20),
        "long": lambda _: stream(text("Once upon"), stop="max_tokens"),
        "stops": lambda _: stream(text("a"), stop="stop_sequence"),
        "refuses": lambda _: stream(
            text(),
            stop="refusal",
            stop_details={"type": "refusal", "category": "bio", "explanation": "It could do harm."},
        ),
        "whole": _whole,
        "fails_midway": lambda _: Reply(
            parts=(*stream(text("Hel")).parts[:4], sse(OVERLOADED, named=True).parts[0]),
            headers={"Content-Type": "text/event-stream"},
        ),
        "400": lambda _: error(400, "invalid_request_error", "messages: at least one message is required"),
        "long_prompt": lambda _: error(
            400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"
        ),
        "credit": lambda _: error(
            400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."
        ),
        "402": lambda _: error(402, "billing_error", "There is an issue with your billing."),
        "403": lambda _: error(403, "permission_error", "Your API key may not use the specified resource."),
        "retired": lambda _: error(404, "not_found_error", "model: claude-2.0 was retired on July 21, 2025"),
        "408": lambda _: error(408, "timeout_error", "The request timed out"),
        "413": lambda _: error(413, "request_too_large", "Request exceeds the maximum size"),
        "429": lambda _: error(429, "rate_limit_error", "Number of requests exceeds", Retry_After="12"),
        "500": lambda _: error(500, "api_error", "Internal server error"),
        "504": lambda _: error(504, "timeout_error", "The request timed out"),
        "529": lambda _: error(529, "overloaded_error", "Overloaded"),
    }

    def __init__(self, vertex_token: str = "") -> None:
        super().__init__()
        self.vertex_token = vertex_token

    def route(self, asked: Asked) -> Reply:
        if self.vertex_token:
            return self._on_vertex(asked)
        # The reference names x-api-key; the vendor's own SDK sends the same key as a bearer.
        key = asked.headers.get("x-api-key") or asked.headers.get("authorization", "")[7:]
        if key != KEY:
            return error(401, "authentication_error", f"invalid x-api-key {key}")
        if not asked.headers.get("anthropic-version"):
            return error(400, "invalid_request_error", "anthropic-version: header is required")
        if asked.path == "/v1/models":
            rows = [{"type": "model", "id": name, "display_name": name} for name in self.scenarios]
            return whole({"data": rows, "has_more": False, "first_id": None, "last_id": None})
        if asked.path != "/v1/messages":
            return error(404, "not_found_error", "Not Found")
        if wrong := _wrong(asked.body):
            return error(400, "invalid_request_error", wrong)
        unknown = error(404, "not_found_error", f"model: {asked.body['model']}")
        return self.play(asked.body["model"], asked, unknown)

    def _on_vertex(self, asked: Asked) -> Reply:
        """https://docs.claude.com/en/api/claude-on-vertex-ai: the same, at another address."""
        found = _VERTEX.fullmatch(asked.path)
        if not found or asked.headers.get("authorization") != f"Bearer {self.vertex_token}":
            return whole({"error": {"code": 401, "status": "UNAUTHENTICATED", "message": "Who?"}}, 401)
        body = dict(asked.body)
        # The reference names the first; the vendor's own SDK has moved on to the second.
        if body.pop("anthropic_version", "") not in ("vertex-2023-10-16", "2026-10-21") or "model" in body:
            return error(400, "invalid_request_error", "anthropic_version: Field required")
        if wrong := _wrong(body):
            return error(400, "invalid_request_error", wrong)
        return self.play(found[1], asked, error(404, "not_found_error", f"model: {found[1]}"))


def _wrong(body: Any) -> str | None:
    """What the API would refuse, by the letter of its reference."""
    if not isinstance(body, dict) or not isinstance(body.get("max_tokens"), int):
        return "max_tokens: Field required"
    if extra := set(body) - _FIELDS:
        return f"{sorted(extra)[0]}: Extra inputs are not permitted"
    if not 0 <= body.get("temperature", 0) <= 1:
        return "temperature: range: 0..1"
    open_calls: set[str] = set()
    for turn in body["messages"]:
        if turn["role"] not in ("user", "assistant"):
            return "messages: unexpected role"
        blocks = turn["content"] if isinstance(turn["content"], list) else []
        results = {block["tool_use_id"] for block in blocks if block["type"] == "tool_result"}
        if open_calls != results:
            return "messages: `tool_use` ids were found without `tool_result` blocks immediately after"
        if any(block["type"] == "text" and not block["text"] for block in blocks):
            return "messages: text content blocks must be non-empty"
        open_calls = {block["id"] for block in blocks if block["type"] == "tool_use"}
    return None
