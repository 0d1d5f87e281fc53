"""What a response's body says, whichever vendor wrote it: the answer, why it ended, its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import BadRow
from .messages import conversation_in
from .streams import joined_stream
from .tokens import Tokens, tokens_in
from .values import first, get, text, written_as_json

_REFUSALS = ("content_filter", "refusal", "content_filtered", "guardrail_intervened", "SAFETY")
_TEXTS = (
    "generation",
    "outputText",
    "completion",
    "output_text",
    "generated_text",
    "text",
    "response",
    "answer",
    "content",
)


@dataclass(slots=True)
class Answer:
    """An answer as it was recorded. `refusal` says why there is none, when the vendor declined."""

    text: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str = ""
    refusal: str = ""
    model: str = ""
    tokens: Tokens = field(default_factory=Tokens)
    error: str = ""

    def __bool__(self) -> bool:
        return bool(self.text.strip() or self.tool_calls or self.refusal)

    def as_json(self) -> dict[str, Any]:
        """For `Draft.logged`."""
        kept: dict[str, Any] = {"text": self.text}
        for name in ("tool_calls", "finish_reason", "refusal"):
            if value := getattr(self, name):
                kept[name] = value
        return kept


def answer_in(body: Any) -> Answer:
    """The answer in a response's body, as far as it can be understood; empty where there is none."""
    if isinstance(body, str):
        return Answer(text=body)
    if isinstance(body, list):
        return _of_list(body)
    if not isinstance(body, Mapping):
        return Answer()
    body = joined_stream(body)
    answer = _of_message(_message_of(body))
    answer.model = text(first(body, "model", "modelVersion", "model_id"))
    answer.finish_reason = _finish(body)
    answer.tokens = tokens_in(body)
    if answer.finish_reason in _REFUSALS and not answer.refusal and not answer.tool_calls:
        answer.refusal = answer.finish_reason
    answer.error = _error(body)
    return answer


def _of_list(body: list[Any]) -> Answer:
    """A stream's chunks, or the turns of an answer of which the last is what was said."""
    if body and all(isinstance(part, Mapping) for part in body):
        if any(_has_role(part) or "content" in part for part in body):
            return _of_message(body)
        return answer_in({"chunks": body})
    return Answer(text=written_as_json(body) if body else "")


def _message_of(body: Mapping[str, Any]) -> Any:
    """Where the vendors put what was said."""
    choice = get(body, "choices", 0)
    if isinstance(choice, Mapping):
        return choice.get("message") or choice.get("delta") or choice.get("text")
    for path in (
        ("output", "message"),
        ("candidates", 0, "content"),
        ("results", 0, "outputText"),
        ("outputs", 0, "text"),
        ("generations", 0, 0, "message"),
        ("generations", 0, 0, "text"),
        ("generations", 0, "text"),
    ):
        if (found := get(body, *path)) is not None:
            return found
    if isinstance(body.get("output"), list):
        return body["output"]  # OpenAI's Responses API
    if body.get("role") or isinstance(body.get("content"), list) or "kwargs" in body or "tool_calls" in body:
        return body
    for key in ("message", "output"):
        if isinstance(body.get(key), Mapping | str):
            return body[key]
    return first(body, *_TEXTS)


def _of_message(message: Any) -> Answer:
    if message is None:
        return Answer()
    if isinstance(message, str):
        return Answer(text=message)
    turns = message if isinstance(message, list) else [message]
    turns = [
        turn if not isinstance(turn, Mapping) or _has_role(turn) else {**turn, "role": "assistant"}
        for turn in turns
    ]
    try:
        spoken = [turn for turn in conversation_in(turns, "response") if turn["role"] == "assistant"]
    except BadRow:
        return Answer()
    refusal = next(
        (text(turn["refusal"]) for turn in turns if isinstance(turn, Mapping) and turn.get("refusal")), ""
    )
    said = "\n".join(
        turn["content"] for turn in spoken if isinstance(turn["content"], str) and turn["content"]
    )
    calls = [call for turn in spoken for call in turn.get("tool_calls", ())]
    return Answer(text=said, tool_calls=calls, refusal=refusal)


def _has_role(turn: Mapping[str, Any]) -> bool:
    return bool(
        turn.get("role")
        or turn.get("from")
        or "kwargs" in turn
        or "data" in turn
        or turn.get("type") in ("ai", "function_call", "reasoning")
    )


def _finish(body: Mapping[str, Any]) -> str:
    for path in (
        ("choices", 0, "finish_reason"),
        ("candidates", 0, "finishReason"),
        ("results", 0, "completionReason"),
        ("stopReason",),
        ("stop_reason",),
        ("finish_reason",),
        ("incomplete_details", "reason"),
    ):
        if isinstance(found := get(body, *path), str):
            return found
    return ""


def _error(body: Mapping[str, Any]) -> str:
    error = body.get("error")
    if isinstance(error, Mapping):
        return text(first(error, "code", "type", "message")) or "error"
    return error if isinstance(error, str) else ""
