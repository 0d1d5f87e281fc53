"""OpenAI's chat/completions, and how its relatives differ: Azure's paths and errors, Mistral's fields.

https://platform.openai.com/docs/api-reference/chat and https://docs.mistral.ai/api
"""

from __future__ import annotations

import re
from typing import Any

from .base import KEY, Asked, Reply, WireVendor, sse, whole

_FIELDS = frozenset(
    "model messages stream stream_options tools tool_choice response_format max_completion_tokens max_tokens "
    "temperature top_p seed stop user".split()
)
USAGE = {
    "prompt_tokens": 2006,
    "completion_tokens": 300,
    "total_tokens": 2306,
    "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 192, "audio_tokens": 0},
}


def error(status: int, message: str, code: str | None = None, kind: str = "invalid_request_error") -> Reply:
    told = {"message": message, "type": kind, "param": None, "code": code}
    return whole({"error": told}, status, x_request_id="req_1")


def chunk(delta: Any, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _frame("chat.completion.chunk", [choice]) | more


def _frame(kind: str, choices: list[Any]) -> dict[str, Any]:
    told = {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "gpt-served", "choices": choices}
    return told | {"system_fingerprint": "fp_1"}


def stream(asked: Asked, *deltas: Any, finish: str = "stop") -> Reply:
    counted = (asked.body.get("stream_options") or {}).get("include_usage")
    events = [chunk({"role": "assistant", "content": ""}), *map(chunk, deltas), chunk({}, finish)]
    if counted:
        events.append(_frame("chat.completion.chunk", []) | {"usage": USAGE})
    return sse(*events, "[DONE]")


def _answer(asked: Asked) -> Reply:
    if not asked.body.get("stream"):
        message = {"role": "assistant", "content": "Hello!", "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return whole(_frame("chat.completion", [choice]) | {"usage": USAGE})
    if asked.body.get("tools"):
        begun = {
            "index": 0,
            "id": "call_1",
            "type": "function",
            "function": {"name": "weather", "arguments": ""},
        }
        grown = [{"index": 0, "function": {"arguments": piece}} for piece in ('{"city": ', '"Oslo"}')]
        return stream(asked, *({"tool_calls": [call]} for call in (begun, *grown)), finish="tool_calls")
    if asked.body.get("response_format"):
        return stream(asked, {"content": '{"colour": '}, {"content": '"blue"}'})
    return stream(asked, {"content": "Hel"}, {"content": "lo!"})


def _filtered(_: Asked) -> Reply:
    """https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter"""
    said = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
    inner = {
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {"violence": {"filtered": True}},
    }
    told = {"message": said, "type": None, "param": "prompt", "code": "content_filter", "status": 400}
    return whole({"error": told | {"innererror": inner}}, 400)


class OpenAI(WireVendor):
    """`prefix`: where the API begins. `versions`: api-versions that a request has to name one of."""

    scenarios = {
        "gpt": _answer,
        "refuses": lambda asked: stream(asked, {"refusal": "I can't "}, {"refusal": "help."}),
        "long": lambda asked: stream(asked, {"content": "Once"}, finish="length"),
        "filtered": lambda asked: stream(asked, {"content": "To"}, finish="content_filter"),
        "prompt_filtered": _filtered,
        "fails_midway": lambda _: sse(
            chunk({"content": "Hel"}),
            {"error": {"message": "The server had an error", "type": "server_error"}},
        ),
        "400": lambda _: error(400, "Unsupported value: 'temperature'", "unsupported_value"),
        "long_prompt": lambda _: error(
            400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"
        ),
        "403": lambda _: error(403, "Project does not have access to model", "unsupported_country_region"),
        "retired": lambda _: error(404, "The model `gpt-4-32k` has been deprecated", "model_not_found"),
        "decommissioned": lambda _: error(400, "The model has been decommissioned", "model_decommissioned"),
        "408": lambda _: error(408, "Request timed out."),
        "413": lambda _: error(413, "Request too large"),
        "429": lambda _: error(429, "Rate limit reached for gpt", "rate_limit_exceeded", "requests"),
        "quota": lambda _: error(
            429, "You exceeded your current quota", "insufficient_quota", "insufficient_quota"
        ),
        "500": lambda _: error(500, "The server had an error", None, "server_error"),
        "503": lambda _: error(503, "The engine is currently overloaded", None, "service_unavailable"),
    }

    def __init__(self, prefix: str = "/v1", header: str = "authorization", token: str = KEY) -> None:
        super().__init__()
        self.prefix, self.header, self.token = prefix, header, token
        self.versions: tuple[str, ...] = ()

    def route(self, asked: Asked) -> Reply:
        if asked.headers.get(self.header, "").removeprefix("Bearer ") != self.token:
            return error(
                401, f"Incorrect API key provided: {asked.headers.get(self.header)}", "invalid_api_key"
            )
        if self.versions and not any(f"api-version={version}" in asked.query for version in self.versions):
            return error(404, "Resource not found", "404")
        if asked.path == f"{self.prefix}/models":
            rows = [
                {"id": name, "object": "model", "created": 1, "owned_by": "us"} for name in self.scenarios
            ]
            return whole({"object": "list", "data": rows})
        deployed = re.fullmatch(r"/openai/deployments/([^/]+)/chat/completions", asked.path)
        if asked.path != f"{self.prefix}/chat/completions" and not deployed:
            return error(404, f"Invalid URL (POST {asked.path})")
        if extra := set(asked.body) - _FIELDS:
            return error(400, f"Unrecognized request argument supplied: {sorted(extra)[0]}")
        name = deployed[1] if deployed else asked.body["model"]
        unknown = error(
            404, f"The model `{name}` does not exist or you do not have access", "model_not_found"
        )
        return self.play(name, asked, unknown)


class Mistral(OpenAI):
    """Refuses what it does not know (extra fields are forbidden), and counts in the last chunk unasked."""

    scenarios = {
        "mistral": lambda asked: (
            sse(
                chunk({"role": "assistant", "content": ""}),
                chunk({"content": "Hel"}),
                chunk({"content": "lo!"}, "stop", usage=USAGE),
                "[DONE]",
            )
            if asked.body.get("stream")
            else _answer(asked)
        ),
        "magistral": lambda _: sse(
            chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "Hmm."}]}]}),
            chunk({"content": [{"type": "text", "text": "4"}]}, "stop", usage=USAGE),
            "[DONE]",
        ),
        "422": lambda _: whole({"object": "error", "message": {"detail": [{"msg": "bad"}]}}, 422),
        "retired": lambda _: whole(
            {"object": "error", "message": "Invalid model: retired", "code": "1500"}, 400
        ),
        "429": lambda _: whole({"object": "error", "message": "Rate limit exceeded", "code": "1300"}, 429),
    }
    _KNOWN = frozenset(
        "model messages stream tools response_format max_tokens temperature top_p random_seed stop".split()
    )

    def route(self, asked: Asked) -> Reply:
        if isinstance(asked.body, dict) and (extra := set(asked.body) - self._KNOWN - _SDK):
            detail = [{"type": "extra_forbidden", "loc": ["body", sorted(extra)[0]], "msg": "Extra inputs"}]
            return whole({"object": "error", "message": {"detail": detail}, "type": "invalid_request"}, 422)
        if isinstance(asked.body, dict) and "random_seed" in asked.body:
            asked.body["seed"] = asked.body.pop("random_seed")
        return super().route(asked)


# What the vendor's own package adds, with its default.
_SDK = frozenset(("safe_prompt",))
