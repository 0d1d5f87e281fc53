"""What a vendor may send by mistake or in malice: a broken answer is never complete, and nothing raises."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome
from migration_app.providers.answers import Answer
from migration_app.providers.reading import read_outcome
from migration_app.providers.vendors import vendor_named
from tests.servers.wire import anthropic, bedrock, cohere, gemini, openai
from tests.servers.wire.base import Asked, Reply

EVENTS = "application/vnd.amazon.eventstream"
SSE = "text/event-stream"


def asked(path: str = "/x:streamGenerateContent", **body: Any) -> Asked:
    return Asked("POST", path, "", {}, b"{}", {"stream": True, **body})


TOOL = [{"type": "function"}]
COUNTED = {"stream_options": {"include_usage": True}}
STREAMS: dict[str, Reply] = {
    "openai": openai.OpenAI.scenarios["gpt"](asked(tools=TOOL, **COUNTED)),
    "anthropic": anthropic.Anthropic.scenarios["claude"](asked(tools=TOOL)),
    "gemini": gemini.Gemini.scenarios["gemini"](asked(tools=TOOL)),
    "cohere": cohere.Cohere.scenarios["command"](asked(tools=TOOL)),
    "bedrock": bedrock.Bedrock.scenarios["anthropic.claude-v1:0"](asked("/converse-stream", toolConfig=TOOL)),
}
# Where in the stream the vendor says why it finished.
FINISH = {
    "openai": b'"finish_reason": "tool_calls"',
    "anthropic": b'"stop_reason": "tool_use"',
    "gemini": b'"finishReason": "STOP"',
    "cohere": b'"finish_reason": "TOOL_CALL"',
    "bedrock": b'"stopReason": "tool_use"',
}
VENDORS = pytest.mark.parametrize("vendor", STREAMS)


def read(vendor: str, body: bytes, content_type: str | None = None) -> Outcome:
    told = content_type if content_type is not None else EVENTS if vendor == "bedrock" else SSE
    answer = Answer(200, {"content-type": told}, body, [1.0], [len(body)], 0.0, 0.5, 1.0)
    return read_outcome(answer, vendor_named(vendor))


def whole(vendor: str) -> bytes:
    return b"".join(STREAMS[vendor].parts)


@VENDORS
def test_a_stream_that_stops_early_is_broken_wherever_it_stops(vendor: str) -> None:
    body = whole(vendor)
    told = body.index(FINISH[vendor])
    for end in range(0, told, 3):
        outcome = read(vendor, body[:end])
        assert isinstance(outcome, Failed), body[:end]
        assert outcome.kind in (
            FailureKind.BROKEN_STREAM,
            FailureKind.NOT_AN_API,
        ) and outcome.message.endswith(".")
    assert isinstance(read(vendor, body), Completed)


@VENDORS
def test_a_wrong_label_hides_nothing(vendor: str) -> None:
    assert isinstance(read(vendor, whole(vendor), "text/html"), Completed)
    assert isinstance(read(vendor, whole(vendor), ""), Completed)


@VENDORS
@pytest.mark.parametrize(
    "body", [b"", b"<html>hello</html>", b'{"status": "ok"}', b"[]", b"null", b"\0" * 64]
)
def test_something_else_is_no_answer(vendor: str, body: bytes) -> None:
    outcome = read(vendor, body, "application/json")
    assert isinstance(outcome, Failed)
    assert outcome.kind in (FailureKind.NOT_AN_API, FailureKind.BROKEN_STREAM)


@VENDORS
def test_no_value_of_the_wrong_kind_raises(vendor: str) -> None:
    for body in spoilt(vendor):
        outcome = read(vendor, body)
        assert isinstance(outcome, Completed | Failed)
        if isinstance(outcome, Completed):
            assert isinstance(outcome.text, str) and all(
                isinstance(call.name, str) for call in outcome.tool_calls
            )


def events_of(vendor: str) -> list[tuple[bytes, Any]]:
    """(what is before the JSON, the JSON) of each event of a stream; for Bedrock, (its name, the JSON)."""
    if vendor == "bedrock":
        frames = bedrock_frames(whole(vendor))
        return [(name, json.loads(payload)) for name, payload in frames]
    parts = [part.rpartition(b"data: ") for part in STREAMS[vendor].parts]
    return [(b"".join(before), json.loads(data)) for *before, data in parts if not data.startswith(b"[DONE]")]


def bedrock_frames(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    from migration_app.providers.protocols.eventstream import frames

    for payload, _, name in frames(body):
        yield name, payload


def spoilt(vendor: str) -> Iterator[bytes]:
    """The stream again and again, each time with one value replaced by one of another kind."""
    events = events_of(vendor)
    for position, (_, value) in enumerate(events):
        for path in paths(value):
            for wrong in (None, 7, "x", [], {}, [[1]], True, -1.5):
                changed = copy.deepcopy(events)
                put(changed[position][1], path, wrong)
                yield b"".join(written(vendor, before, event) for before, event in changed)


def written(vendor: str, before: bytes, event: Any) -> bytes:
    if vendor == "bedrock":
        return bedrock.event(before.decode(), event)
    return before + json.dumps(event).encode() + b"\n\n"


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*so_far, key)
        yield from paths(part, (*so_far, key))


def put(value: Any, path: tuple[Any, ...], wrong: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = wrong


# ── usage that is missing or makes no sense ──────────────────────────────────

USAGE: dict[str, Callable[[Any], Any]] = {
    "openai": lambda event: event.get("usage"),
    "anthropic": lambda event: event.get("usage"),
    "gemini": lambda event: event.get("usageMetadata"),
    "cohere": lambda event: (event.get("delta") or {}).get("usage"),
    "bedrock": lambda event: event.get("usage"),
}


def with_usage(vendor: str, change: Callable[[dict[str, Any]], None]) -> Outcome:
    events = copy.deepcopy(events_of(vendor))
    for _, event in events:
        if isinstance(counts := USAGE[vendor](event), dict):
            change(counts)
        if isinstance(begun := event.get("message"), dict):  # Anthropic counts the input here.
            change(begun["usage"])
    return read(vendor, b"".join(written(vendor, before, event) for before, event in events))


def spoil(counts: dict[str, Any], wrong: Any) -> None:
    for name, value in counts.items():
        if isinstance(value, dict):
            spoil(value, wrong)
        elif isinstance(value, int):
            counts[name] = wrong


@VENDORS
@pytest.mark.parametrize("wrong", [-5, 10**15, "many", 1.5, None, True])
def test_counts_that_make_no_sense_are_unknown_and_the_answer_stands(vendor: str, wrong: Any) -> None:
    outcome = with_usage(vendor, lambda counts: spoil(counts, wrong))
    assert isinstance(outcome, Completed) and outcome.tool_calls
    assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (None, None)


@VENDORS
def test_no_counts_at_all_are_unknown_and_never_zero(vendor: str) -> None:
    outcome = with_usage(vendor, lambda counts: counts.clear())
    assert isinstance(outcome, Completed)
    assert (outcome.usage.input_tokens, outcome.usage.output_tokens) == (None, None)


def test_a_frame_with_a_wrong_byte_anywhere_breaks_the_stream() -> None:
    good = whole("bedrock")
    for position in range(len(good)):
        body = bytearray(good)
        body[position] ^= 0x55
        outcome = read("bedrock", bytes(body))
        assert isinstance(outcome, Failed) and outcome.kind is FailureKind.BROKEN_STREAM, position


def test_an_answer_that_came_in_one_piece_is_read_in_every_protocol() -> None:
    once = {
        "openai": openai.OpenAI.scenarios["gpt"](Asked("POST", "", "", {}, b"", {})),
        "anthropic": anthropic.Anthropic.scenarios["whole"](asked()),
        "gemini": gemini.Gemini.scenarios["gemini"](Asked("POST", "/x:generateContent", "", {}, b"", {})),
        "cohere": cohere.Cohere.scenarios["whole"](asked()),
        "bedrock": bedrock.Bedrock.scenarios["anthropic.claude-v1:0"](Asked("POST", "/x", "", {}, b"", {})),
    }
    for vendor, reply in once.items():
        outcome = read(vendor, reply.body, "application/json")
        assert isinstance(outcome, Completed) and outcome.text == "Hello!", vendor
        assert outcome.usage.input_tokens and outcome.timing.ttft == 1.0
