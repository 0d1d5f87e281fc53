"""Cohere's v2 chat, as https://docs.cohere.com/v2/reference/chat-stream describes it."""

from __future__ import annotations

from typing import Any

from .base import KEY, Asked, Reply, WireVendor, sse, whole

_FIELDS = frozenset(
    "model messages stream tools response_format max_tokens temperature p k seed stop_sequences "
    "frequency_penalty presence_penalty safety_mode documents citation_options thinking tool_choice".split()
)
USAGE = {
    "billed_units": {"input_tokens": 11, "output_tokens": 5},
    "tokens": {"input_tokens": 210, "output_tokens": 5},
    "cached_tokens": 8,
}


def error(status: int, message: str) -> Reply:
    return whole({"id": "e-1", "message": message}, status)


def stream(*events: Any, finish: str = "COMPLETE", **end: Any) -> Reply:
    begun = {"type": "message-start", "id": "c-1", "delta": {"message": {"role": "assistant"}}}
    ended = {"type": "message-end", "delta": {"finish_reason": finish, "usage": USAGE, **end}}
    return sse(begun, *events, ended, named=True)


def said(*pieces: str, kind: str = "text", index: int = 0) -> list[Any]:
    def event(name: str, content: Any) -> dict[str, Any]:
        return {"type": name, "index": index, "delta": {"message": {"content": content}}}

    return [
        event("content-start", {"type": kind, kind: ""}),
        *(event("content-delta", {kind: piece}) for piece in pieces),
        {"type": "content-end", "index": index},
    ]


def called(*pieces: str) -> list[Any]:
    def event(name: str, calls: Any) -> dict[str, Any]:
        return {"type": name, "index": 0, "delta": {"message": {"tool_calls": calls}}}

    begun = {"id": "weather_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    grown = [event("tool-call-delta", {"function": {"arguments": piece}}) for piece in pieces]
    plan = {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will look it up."}}}
    return [plan, event("tool-call-start", begun), *grown, {"type": "tool-call-end", "index": 0}]


def _answer(asked: Asked) -> Reply:
    if asked.body.get("tools"):
        return stream(*called('{"city": ', '"Oslo"}'), finish="TOOL_CALL")
    if asked.body.get("response_format", {}).get("json_schema"):
        return stream(*said('{"colour": ', '"blue"}'))
    return stream(*said("Hel", "lo!")) if asked.body.get("stream") else _whole(asked)


def _whole(asked: Asked) -> Reply:
    message = {"role": "assistant", "content": [{"type": "text", "text": "Hello!"}]}
    return whole({"id": "c-1", "finish_reason": "COMPLETE", "message": message, "usage": USAGE})


class Cohere(WireVendor):
    scenarios = {
        "command": _answer,
        "whole": _whole,
        "thinks": lambda _: stream(*said("Hm", "m.", kind="thinking"), *said("4", index=1)),
        "long": lambda _: stream(*said("Once"), finish="MAX_TOKENS"),
        "stops": lambda _: stream(*said("a"), finish="STOP_SEQUENCE"),
        "fails_midway": lambda _: stream(*said("Hel"), finish="ERROR", error="internal failure"),
        "late_midway": lambda _: stream(*said("Hel"), finish="TIMEOUT"),
        "400": lambda _: error(400, "invalid request: message must be at least 1 token long"),
        "long_prompt": lambda _: error(
            400,
            "too many tokens: total number of tokens in the prompt cannot exceed 128000 - received 200000.",
        ),
        "402": lambda _: error(402, "Please add or update your payment method to continue"),
        "403": lambda _: error(403, "forbidden"),
        "retired": lambda _: error(
            404, "model 'command-r' was removed on September 15, 2025: this model has been retired"
        ),
        "408": lambda _: error(408, "request timed out"),
        "413": lambda _: error(413, "request entity too large"),
        "422": lambda _: error(422, "unprocessable entity"),
        "429": lambda _: error(429, "You are using a Trial key, which is limited to 20 API calls / minute."),
        "500": lambda _: error(500, "internal server error, this has been reported to our developers."),
        "503": lambda _: error(503, "service unavailable"),
        "504": lambda _: error(504, "gateway timeout"),
    }

    def route(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return error(401, "invalid api token")
        if asked.path == "/v1/models":
            return whole({"models": [{"name": name, "endpoints": ["chat"]} for name in self.scenarios]})
        if asked.path != "/v2/chat":
            return error(404, "404 page not found")
        if extra := set(asked.body) - _FIELDS:
            return error(400, f"invalid request: unknown field: parameter '{sorted(extra)[0]}'")
        unknown = error(
            404, f"model '{asked.body['model']}' not found, make sure the correct model ID was used"
        )
        return self.play(asked.body["model"], asked, unknown)
