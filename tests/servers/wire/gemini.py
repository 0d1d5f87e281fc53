"""Gemini's generateContent, as https://ai.google.dev/api/generate-content describes it.

Vertex AI speaks the same format under `/v1/projects/…`, with a bearer token in place of the key.
"""

from __future__ import annotations

import re
from typing import Any

from .base import KEY, Asked, Reply, WireVendor, sse, whole

_FIELDS = frozenset("contents systemInstruction tools toolConfig generationConfig safetySettings".split())
_SETTINGS = frozenset(
    "maxOutputTokens temperature topP topK seed stopSequences responseMimeType responseJsonSchema "
    "candidateCount thinkingConfig".split()
)
_PATH = re.compile(r".*/models/(?P<model>[^/:]+):(?P<method>\w+)$")
USAGE = {
    "promptTokenCount": 120,
    "cachedContentTokenCount": 100,
    "candidatesTokenCount": 6,
    "thoughtsTokenCount": 14,
    "totalTokenCount": 140,
    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 120}],
}


def error(code: int, status: str, message: str, *details: Any) -> Reply:
    return whole({"error": {"code": code, "message": message, "status": status, "details": details}}, code)


def chunk(*parts: Any, finish: str | None = None, usage: Any = None, **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish:
        candidate |= {"finishReason": finish, **more}
    told = {"candidates": [candidate], "modelVersion": "gemini-2.5-flash", "responseId": "r-1"}
    return told | ({"usageMetadata": usage} if usage else {})


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, **more}


def _answer(asked: Asked) -> Reply:
    chunks = _chunks(asked.body)
    if asked.path.endswith(":streamGenerateContent"):
        return sse(*chunks)
    return whole(chunk(said("Hello!"), finish="STOP", usage=USAGE))


def _chunks(body: dict[str, Any]) -> list[Any]:
    if body.get("tools"):
        call = {"functionCall": {"name": "weather", "args": {"city": "Oslo"}}}
        return [chunk(said("Let me see.")), chunk(call, finish="STOP", usage=USAGE)]
    if body.get("generationConfig", {}).get("responseJsonSchema"):
        return [chunk(said('{"colour": ')), chunk(said('"blue"}'), finish="STOP", usage=USAGE)]
    early = {"promptTokenCount": 120, "totalTokenCount": 120}
    return [
        chunk(said("Hmm.", thought=True), usage=early),
        chunk(said("Hel")),
        chunk(said("lo!"), finish="STOP", usage=USAGE),
    ]


class Gemini(WireVendor):
    scenarios = {
        "gemini": _answer,
        "gemini-3-pro": _answer,
        "long": lambda _: sse(chunk(said("Once"), finish="MAX_TOKENS", usage=USAGE)),
        "only_thinks": lambda _: sse(
            chunk(
                finish="MAX_TOKENS",
                usage={"promptTokenCount": 9, "thoughtsTokenCount": 30, "totalTokenCount": 39},
            )
        ),
        "unsafe_prompt": lambda _: sse(
            {
                "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                "usageMetadata": {"promptTokenCount": 9},
            }
        ),
        "unsafe_answer": lambda _: sse(chunk(said("To make")), chunk(finish="SAFETY", usage=USAGE)),
        "recites": lambda _: sse(chunk(finish="RECITATION", usage=USAGE)),
        "malformed": lambda _: sse(chunk(finish="MALFORMED_FUNCTION_CALL", usage=USAGE)),
        "fails_midway": lambda _: sse(
            chunk(said("Hel")), {"error": {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded"}}
        ),
        "400": lambda _: error(400, "INVALID_ARGUMENT", "Please use a valid role: user, model."),
        "long_prompt": lambda _: error(
            400,
            "INVALID_ARGUMENT",
            "The input token count (2000000) exceeds the maximum number of tokens allowed",
        ),
        "expired_key": lambda _: error(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
        "403": lambda _: error(403, "PERMISSION_DENIED", "Your API key was not allowed to use this."),
        "retired": lambda _: error(
            404, "NOT_FOUND", "This model models/gemini-1.0-pro is no longer available. Update your code."
        ),
        "408": lambda _: error(408, "DEADLINE_EXCEEDED", "Deadline exceeded"),
        "413": lambda _: error(413, "INVALID_ARGUMENT", "Request payload size exceeds the limit"),
        "429": lambda _: error(
            429,
            "RESOURCE_EXHAUSTED",
            "You exceeded your current quota, please check your plan and billing details.",
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"},
        ),
        "500": lambda _: error(500, "INTERNAL", "An internal error has occurred."),
        "503": lambda _: error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        "504": lambda _: error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
    }

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self.token = token

    def route(self, asked: Asked) -> Reply:
        if refusal := self._refusal(asked):
            return refusal
        if asked.path.endswith("/models"):
            rows = [
                {"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]}
                for name in self.scenarios
            ]
            rows.append({"name": "models/embedder", "supportedGenerationMethods": ["embedContent"]})
            return whole({"models": rows})
        found = _PATH.match(asked.path)
        if not found or found["method"] not in ("generateContent", "streamGenerateContent"):
            return error(404, "NOT_FOUND", "Requested entity was not found.")
        if wrong := _wrong(asked):
            return error(400, "INVALID_ARGUMENT", wrong)
        unknown = error(404, "NOT_FOUND", f"models/{found['model']} is not found for API version v1beta")
        return self.play(found["model"], asked, unknown)

    def _refusal(self, asked: Asked) -> Reply | None:
        if self.token:
            if asked.headers.get("authorization") == f"Bearer {self.token}":
                return None
            return error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if asked.headers.get("x-goog-api-key") == KEY:
            return None
        return error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")


def _wrong(asked: Asked) -> str | None:
    body = asked.body
    if asked.path.endswith(":streamGenerateContent") and "alt=sse" not in asked.query:
        return "This server streams with alt=sse only"
    if extra := set(body) - _FIELDS:
        return f'Invalid JSON payload received. Unknown name "{sorted(extra)[0]}": Cannot find field.'
    if extra := set(body.get("generationConfig", {})) - _SETTINGS:
        return f'Invalid JSON payload received. Unknown name "{sorted(extra)[0]}" at generation_config'
    if any(turn.get("role") not in ("user", "model") for turn in body["contents"]):
        return "Please use a valid role: user, model."
    if "gemini-3" in asked.path and _unsigned(body):
        return "Function call is missing a thought_signature in functionCall parts."
    return None


def _unsigned(body: dict[str, Any]) -> bool:
    parts = [part for turn in body["contents"] for part in turn["parts"]]
    return any("functionCall" in part and "thoughtSignature" not in part for part in parts)
