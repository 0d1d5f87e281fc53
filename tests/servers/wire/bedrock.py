"""Amazon Bedrock's Converse and ConverseStream, with signatures checked and events framed.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from __future__ import annotations

import base64
import json
import re
import struct
from binascii import crc32
from datetime import UTC, datetime
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .base import KEY, Asked, Reply, WireVendor, whole

ACCESS_KEY, SECRET_KEY, SESSION = "AKIAEXAMPLE", "aws-secret-never-to-be-shown", "session-never-to-be-shown"
REGION = "eu-central-1"
_FIELDS = frozenset(
    "messages system inferenceConfig toolConfig outputConfig additionalModelRequestFields".split()
)
_PATH = re.compile(r"/model/(?P<model>.+)/converse(?P<stream>-stream)?$")
USAGE = {
    "inputTokens": 10,
    "outputTokens": 25,
    "totalTokens": 3235,
    "cacheReadInputTokens": 3000,
    "cacheWriteInputTokens": 200,
}


def frame(value: Any, **headers: str) -> bytes:
    """One message of the event stream: prelude, headers, payload, and both sums."""
    named = b"".join(_header(f":{name.replace('_', '-')}", text) for name, text in headers.items())
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 16 + len(named) + len(payload), len(named))
    message = prelude + struct.pack("!I", crc32(prelude)) + named + payload
    return message + struct.pack("!I", crc32(message))


def event(kind: str, value: Any) -> bytes:
    return frame(value, message_type="event", event_type=kind, content_type="application/json")


def exception(kind: str, message: str) -> bytes:
    return frame({"message": message}, message_type="exception", exception_type=kind)


def _header(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()


def stream(*events: bytes, stop: str | None = "end_turn") -> Reply:
    parts = [event("messageStart", {"role": "assistant"}), *events]
    if stop:
        told = {"usage": USAGE, "metrics": {"latencyMs": 5}}
        parts += [event("messageStop", {"stopReason": stop}), event("metadata", told)]
    return Reply(
        parts=tuple(parts),
        headers={"Content-Type": "application/vnd.amazon.eventstream", "x-amzn-RequestId": "aws-1"},
    )


def delta(index: int = 0, **content: Any) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": index, "delta": content, "p": "abcdef"})


def stop_block(index: int = 0) -> bytes:
    return event("contentBlockStop", {"contentBlockIndex": index})


def error(status: int, kind: str, message: str) -> Reply:
    return whole({"message": message}, status, x_amzn_errortype=f"{kind}:http://internal.amazon.com/")


def _answer(asked: Asked) -> Reply:
    if not asked.path.endswith("-stream"):
        content = [{"text": "Hello!"}]
        said = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": "end_turn"}
        return whole(said | {"usage": USAGE, "metrics": {"latencyMs": 5}})
    if asked.body.get("toolConfig"):
        begun = {"toolUse": {"toolUseId": "tooluse_1", "name": "weather"}}
        return stream(
            delta(text="Let me see."),
            stop_block(),
            event("contentBlockStart", {"contentBlockIndex": 1, "start": begun}),
            delta(1, toolUse={"input": '{"city": '}),
            delta(1, toolUse={"input": '"Oslo"}'}),
            stop_block(1),
            stop="tool_use",
        )
    if asked.body.get("outputConfig"):
        return stream(delta(text='{"colour": '), delta(text='"blue"}'), stop_block())
    return stream(delta(text="Hel"), delta(text="lo!"), stop_block())


class Bedrock(WireVendor):
    scenarios = {
        "anthropic.claude-v1:0": _answer,
        "arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-v1:0": _answer,
        "thinks": lambda _: stream(
            delta(reasoningContent={"text": "Hmm."}),
            delta(reasoningContent={"signature": "c2ln"}),
            stop_block(),
            delta(1, text="4"),
            stop_block(1),
        ),
        "long": lambda _: stream(delta(text="Once"), stop="max_tokens"),
        "guarded": lambda _: stream(delta(text="Sorry"), stop="guardrail_intervened"),
        "filtered": lambda _: stream(delta(text="To make"), stop="content_filtered"),
        "fails_midway": lambda _: Reply(
            parts=(*stream(delta(text="Hel"), stop=None).parts, exception("throttlingException", "Too many")),
            headers={"Content-Type": "application/vnd.amazon.eventstream"},
        ),
        "model_fails_midway": lambda _: Reply(
            parts=(*stream(delta(text="Hel"), stop=None).parts, exception("modelStreamErrorException", "No")),
            headers={"Content-Type": "application/vnd.amazon.eventstream"},
        ),
        "400": lambda _: error(400, "ValidationException", "A conversation must start with a user message."),
        "long_prompt": lambda _: error(400, "ValidationException", "Input is too long for requested model."),
        "403": lambda _: error(403, "AccessDeniedException", "You don't have access to the model."),
        "expired": lambda _: error(403, "ExpiredTokenException", "The security token included is expired"),
        "retired": lambda _: error(
            404, "ResourceNotFoundException", "This model version has reached the end of its life."
        ),
        "408": lambda _: error(408, "ModelTimeoutException", "Model took too long"),
        "413": lambda _: error(413, "RequestEntityTooLargeException", "Too large"),
        "424": lambda _: error(424, "ModelErrorException", "The model failed"),
        "429": lambda _: error(429, "ThrottlingException", "Too many requests, please wait."),
        "not_ready": lambda _: error(429, "ModelNotReadyException", "Model is not ready for inference"),
        "500": lambda _: error(500, "InternalServerException", "Unexpected"),
        "503": lambda _: error(
            503, "ServiceUnavailableException", "Bedrock is unable to process your request."
        ),
    }

    def route(self, asked: Asked) -> Reply:
        if refusal := _refusal(asked):
            return refusal
        if asked.path == "/foundation-models":
            return whole({"modelSummaries": [{"modelId": name} for name in self.scenarios]})
        found = _PATH.match(asked.path)
        if not found:
            return error(404, "UnknownOperationException", "")
        if extra := set(asked.body) - _FIELDS - {"modelId"}:
            return error(400, "ValidationException", f"Unknown field {sorted(extra)[0]}")
        unknown = error(400, "ValidationException", "The provided model identifier is invalid.")
        return self.play(found["model"], asked, unknown)


def _refusal(asked: Asked) -> Reply | None:
    """A Bedrock API key as a bearer, or a signature that we compute once more from what arrived."""
    offered = asked.headers.get("authorization", "")
    if offered == f"Bearer {KEY}":
        return None
    if not offered.startswith("AWS4-HMAC-SHA256 "):
        return error(
            403, "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    if asked.headers.get("x-amz-security-token") != SESSION:
        return error(
            403, "UnrecognizedClientException", "The security token included in the request is invalid."
        )
    if offered.rpartition("Signature=")[2] != _signature(asked, offered):
        return error(403, "InvalidSignatureException", "The request signature we calculated does not match.")
    return None


def _signature(asked: Asked, offered: str) -> str:
    signed = re.search(r"SignedHeaders=([^,]+)", offered)
    assert signed is not None and "host" in signed[1].split(";")
    at = datetime.strptime(asked.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs((datetime.now(UTC) - at).total_seconds()) < 300, "signed now"
    request = AWSRequest(
        "POST" if asked.raw else "GET", f"http://{asked.headers['host']}{asked.target}", data=asked.raw
    )
    for name in signed[1].split(";"):
        request.headers[name] = asked.headers[name]
    request.context["timestamp"] = asked.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, SESSION), "bedrock", REGION)
    return signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)


def image_of(asked: Asked) -> bytes:
    """The first image of a request, as the bytes it stands for."""
    blocks = [block for turn in asked.body["messages"] for block in turn["content"] if "image" in block]
    return base64.b64decode(blocks[0]["image"]["source"]["bytes"])
