"""The events of Anthropic's Messages API.

Reference: https://docs.claude.com/en/docs/build-with-claude/streaming and …/api/errors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from migration_app.evaluation.outcomes import Usage

from ..pieces import CallPieces, Pieces, dict_of, list_of, text_of
from ..usage import usage_of
from ..wording import gettext_noop

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}
_REFUSED = gettext_noop("The model refused to answer.")


@dataclass(slots=True)
class AnthropicPieces(Pieces):
    """open_calls: the tool calls by the index of their content block."""

    open_calls: dict[Any, CallPieces] = field(default_factory=dict)

    def add(self, chunk: dict[str, Any], moment: float, name: bytes = b"") -> None:
        kind = chunk.get("type")
        if kind == "content_block_delta":
            self._delta(chunk, moment)
        elif kind == "content_block_start":
            self._start(chunk.get("index"), dict_of(chunk.get("content_block")), moment)
        elif kind == "message_start":
            self._begin(dict_of(chunk.get("message")))
        elif kind == "message_delta":
            self._finish(dict_of(chunk.get("delta")))
            self._count(chunk.get("usage"))
        elif kind == "message_stop":
            self.done = True
        elif kind == "error" or "error" in chunk:
            self.error = chunk.get("error") or chunk
        elif kind == "message":
            self._whole(chunk, moment)

    def counted(self) -> Usage:
        """`input_tokens` there leaves out what was read from and written to the cache; ours holds it."""
        raw = self.usage or {}
        return usage_of(
            raw,
            given=raw.get("input_tokens"),
            cached=raw.get("cache_read_input_tokens"),
            written=raw.get("cache_creation_input_tokens"),
            written_1h=dict_of(raw.get("cache_creation")).get("ephemeral_1h_input_tokens"),
            output=raw.get("output_tokens"),
            reasoning=dict_of(raw.get("output_tokens_details")).get("thinking_tokens"),
            cache_apart=True,
        )

    def _delta(self, chunk: dict[str, Any], moment: float) -> None:
        delta = dict_of(chunk.get("delta"))
        kind = delta.get("type")
        if kind == "text_delta":
            self.say(delta.get("text"), moment)
        elif kind == "thinking_delta":
            self.think(delta.get("thinking"), moment)
        elif kind == "input_json_delta":
            self._grow(chunk.get("index"), text_of(delta.get("partial_json")), moment)

    def _grow(self, index: object, written: str, moment: float) -> None:
        call = self.open_calls.get(index) if isinstance(index, int) else None
        if call is not None and written:
            call.arguments.append(written)
            self.content_at.append(moment)

    def _start(self, index: object, block: dict[str, Any], moment: float) -> None:
        kind = block.get("type")
        if kind == "text":
            self.say(block.get("text"), moment)
        elif kind == "thinking":
            self.think(block.get("thinking"), moment)
        elif kind == "tool_use":
            # A stream begins with an empty object and writes the arguments later.
            call = self.begin_call(block.get("id"), block.get("name"), block.get("input") or "", moment)
            if isinstance(index, int):
                self.open_calls[index] = call

    def _begin(self, message: dict[str, Any]) -> None:
        self.chunks += 1
        self.model = self.model or text_of(message.get("model"))
        self.id = self.id or text_of(message.get("id"))
        self._count(message.get("usage"))

    def _finish(self, delta: dict[str, Any]) -> None:
        reason = text_of(delta.get("stop_reason"))
        if not reason:
            return
        self.finish_reason = _REASONS.get(reason, reason)
        if reason == "refusal":
            details = dict_of(delta.get("stop_details"))
            self.refusal.append(text_of(details.get("explanation")) or _REFUSED)

    def _count(self, usage: object) -> None:
        """Later figures are totals and stand for earlier ones; a null says nothing."""
        news = {name: value for name, value in dict_of(usage).items() if value is not None}
        if news:
            self.usage = {**(self.usage or {}), **news}

    def _whole(self, message: dict[str, Any], moment: float) -> None:
        self._begin(message)
        for block in list_of(message.get("content")):
            self._start(None, dict_of(block), moment)
        for call in self.calls:
            call.arguments = call.arguments or ["{}"]
        self._finish(message)
