"""The events of Cohere's v2 chat.

Reference: https://docs.cohere.com/v2/docs/streaming and …/v2/reference/chat-stream.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from migration_app.evaluation.outcomes import Usage

from ..pieces import CallPieces, Pieces, dict_of, list_of, text_of
from ..usage import usage_of
from ..wording import gettext_noop

_REASONS = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
    "ERROR_TOXIC": "content_filter",
}
_BROKEN = {
    "ERROR": gettext_noop("The generation failed."),
    "TIMEOUT": gettext_noop("The generation timed out."),
}


@dataclass(slots=True)
class CoherePieces(Pieces):
    """open_calls: the tool calls by their index."""

    open_calls: dict[Any, CallPieces] = field(default_factory=dict)

    def add(self, chunk: dict[str, Any], moment: float, name: bytes = b"") -> None:
        kind = text_of(chunk.get("type"))
        delta = dict_of(chunk.get("delta"))
        message = dict_of(delta.get("message"))
        if kind in ("content-delta", "content-start"):
            self._content(dict_of(message.get("content")), moment)
        elif kind == "tool-plan-delta":
            self.think(message.get("tool_plan"), moment)
        elif kind == "tool-call-start":
            self._call(chunk.get("index"), dict_of(message.get("tool_calls")), moment)
        elif kind == "tool-call-delta":
            self._grow(chunk.get("index"), dict_of(message.get("tool_calls")), moment)
        elif kind == "message-start":
            self.chunks += 1
            self.id = text_of(chunk.get("id"))
        elif kind == "message-end":
            self._finish(delta)
        elif "message" in chunk and not kind:
            self._whole(chunk, moment)

    def counted(self) -> Usage:
        """What is billed: the tokens beside it also hold Cohere's own preamble, which it does not charge."""
        raw = self.usage or {}
        billed = dict_of(raw.get("billed_units")) or dict_of(raw.get("tokens"))
        return usage_of(
            raw,
            given=billed.get("input_tokens"),
            cached=raw.get("cached_tokens"),
            output=billed.get("output_tokens"),
        )

    def _content(self, content: dict[str, Any], moment: float) -> None:
        self.think(content.get("thinking"), moment)
        self.say(content.get("text"), moment)

    def _call(self, index: object, call: dict[str, Any], moment: float) -> None:
        function = dict_of(call.get("function"))
        begun = self.begin_call(call.get("id"), function.get("name"), function.get("arguments"), moment)
        if isinstance(index, int):
            self.open_calls[index] = begun

    def _grow(self, index: object, call: dict[str, Any], moment: float) -> None:
        known = self.open_calls.get(index) if isinstance(index, int) else None
        written = text_of(dict_of(call.get("function")).get("arguments"))
        if known is not None and written:
            known.arguments.append(written)
            self.content_at.append(moment)

    def _finish(self, end: dict[str, Any]) -> None:
        if isinstance(end.get("usage"), dict):
            self.usage = end["usage"]
        reason = text_of(end.get("finish_reason"))
        if reason in _BROKEN or end.get("error"):
            self.error = {"code": reason, "message": text_of(end.get("error")) or _BROKEN.get(reason, "")}
        elif reason:
            self.finish_reason = _REASONS.get(reason, reason.lower())

    def _whole(self, answer: dict[str, Any], moment: float) -> None:
        message = answer.get("message")
        if not isinstance(message, dict):  # An error's `message` is a text.
            self.error = answer
            return
        self.chunks += 1
        self.id = text_of(answer.get("id"))
        for content in list_of(message.get("content")):
            self._content(dict_of(content), moment)
        self.think(message.get("tool_plan"), moment)
        for call in list_of(message.get("tool_calls")):
            self._call(None, dict_of(call), moment)
        self._finish(answer)
