"""The events of Amazon Bedrock's ConverseStream, each named by its frame.

Reference: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from migration_app.evaluation.outcomes import Usage

from ..pieces import CallPieces, Pieces, dict_of, list_of, text_of
from ..usage import usage_of

_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}


@dataclass(slots=True)
class ConversePieces(Pieces):
    """open_calls: the tool calls by the index of their content block."""

    open_calls: dict[Any, CallPieces] = field(default_factory=dict)

    def add(self, chunk: dict[str, Any], moment: float, name: bytes = b"") -> None:
        if name == b"contentBlockDelta":
            self._delta(chunk.get("contentBlockIndex"), dict_of(chunk.get("delta")), moment)
        elif name == b"contentBlockStart":
            self._start(chunk.get("contentBlockIndex"), dict_of(chunk.get("start")), moment)
        elif name == b"messageStart":
            self.chunks += 1
        elif name == b"messageStop":
            self._finish(chunk)
        elif name == b"metadata":
            if isinstance(chunk.get("usage"), dict):
                self.usage = chunk["usage"]
        elif name.endswith((b"Exception", b"Error")) or "message" in chunk:
            self.error = {"type": name.decode("latin-1"), "message": text_of(chunk.get("message"))}

    def add_whole(self, answer: dict[str, Any], moment: float) -> None:
        """What Converse, the form that does not stream, answers."""
        message = dict_of(answer.get("output")).get("message")
        if not isinstance(message, dict):
            self.error = answer if "message" in answer or "Message" in answer else None
            return
        self.chunks += 1
        for block in map(dict_of, list_of(message.get("content"))):
            self._delta(None, block, moment)
            if called := dict_of(block.get("toolUse")):
                self.begin_call(called.get("toolUseId"), called.get("name"), called.get("input"), moment)
        self._finish(answer)
        self.usage = dict_of(answer.get("usage")) or None

    def counted(self) -> Usage:
        """`inputTokens` there leaves out what was read from and written to the cache; ours holds it."""
        raw = self.usage or {}
        return usage_of(
            raw,
            given=raw.get("inputTokens"),
            cached=raw.get("cacheReadInputTokens"),
            written=raw.get("cacheWriteInputTokens"),
            output=raw.get("outputTokens"),
            cache_apart=True,
        )

    def _start(self, index: object, start: dict[str, Any], moment: float) -> None:
        called = start.get("toolUse")
        if isinstance(called, dict):
            call = self.begin_call(called.get("toolUseId"), called.get("name"), "", moment)
            if isinstance(index, int):
                self.open_calls[index] = call

    def _delta(self, index: object, delta: dict[str, Any], moment: float) -> None:
        self.say(delta.get("text"), moment)
        thought = dict_of(delta.get("reasoningContent"))
        self.think(thought.get("text") or dict_of(thought.get("reasoningText")).get("text"), moment)
        call = self.open_calls.get(index) if isinstance(index, int) else None
        written = text_of(dict_of(delta.get("toolUse")).get("input"))
        if call is not None and written:
            call.arguments.append(written)
            self.content_at.append(moment)

    def _finish(self, end: dict[str, Any]) -> None:
        reason = text_of(end.get("stopReason"))
        self.finish_reason = _REASONS.get(reason, reason) or None
