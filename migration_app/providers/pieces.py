"""Puts an answer together from the pieces a stream brings.

Everything here is hostile input: each value is looked at before it is used, and a piece of
the wrong shape is passed over, never trusted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from migration_app.evaluation.conversations import ToolCall


@dataclass(slots=True)
class CallPieces:
    """One tool call, still growing."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Assembly:
    """What the pieces amount to so far.

    content_at, reasoning_at: `time.monotonic()` moments at which content or reasoning came.
    error: the vendor's own error object, when one came in mid-stream.
    """

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    refusal: list[str] = field(default_factory=list)
    calls: list[CallPieces] = field(default_factory=list)
    by_index: dict[int, CallPieces] = field(default_factory=dict)
    content_at: list[float] = field(default_factory=list)
    reasoning_at: list[float] = field(default_factory=list)
    finish_reason: str | None = None
    usage: dict[str, Any] | None = None
    model: str = ""
    id: str = ""
    error: object = None
    done: bool = False
    chunks: int = 0

    def add(self, chunk: dict[str, Any], moment: float) -> None:
        """Take in one chunk (or one whole answer) that arrived at `moment`."""
        if not self._add_plain_text(chunk, moment):
            self._add(chunk, moment)

    def _add_plain_text(self, chunk: dict[str, Any], moment: float) -> bool:
        """The short way for what nearly every chunk is: one piece of text and nothing else.

        False when it is anything else, with nothing taken in.
        """
        try:
            choice = chunk["choices"][0]
            delta = choice["delta"]
            text = delta["content"]
        except (KeyError, IndexError, TypeError):
            return False
        if (
            type(text) is not str
            or not text
            or len(delta) != 1
            or choice.get("finish_reason")
            or choice.get("index")
            or chunk.get("usage")
            or "error" in chunk
            or not self.model
        ):
            return False
        self.chunks += 1
        self.text.append(text)
        self.content_at.append(moment)
        return True

    def _add(self, chunk: dict[str, Any], moment: float) -> None:
        if chunk.get("error"):
            self.error = chunk["error"]
        self._note(chunk)
        choice = _first_choice(chunk.get("choices"))
        if choice is None:
            return
        self.chunks += 1
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            # The first reason stands: some vendors send a second, emptier one.
            self.finish_reason = self.finish_reason or reason
        piece = choice.get("delta") or choice.get("message")
        if isinstance(piece, dict):
            self._take(piece, moment)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in the order in which they began."""
        return tuple(ToolCall(call.id, call.name, "".join(call.arguments)) for call in self.calls)

    def _note(self, chunk: dict[str, Any]) -> None:
        usage = chunk.get("usage")
        if not isinstance(usage, dict):
            groq = chunk.get("x_groq")
            usage = groq.get("usage") if isinstance(groq, dict) else None
        if isinstance(usage, dict):
            self.usage = usage  # The last one counts: some vendors send running totals.
        if not self.model and isinstance(chunk.get("model"), str):
            self.model = chunk["model"]
        if not self.id and isinstance(chunk.get("id"), str):
            self.id = chunk["id"]

    def _take(self, piece: dict[str, Any], moment: float) -> None:
        content = self._take_content(piece.get("content"), moment)
        refusal = piece.get("refusal")
        if isinstance(refusal, str) and refusal:
            self.refusal.append(refusal)
            content = True
        calls = piece.get("tool_calls")
        if isinstance(calls, list) and self._take_calls(calls):
            content = True
        if content:
            self.content_at.append(moment)
        # Two spellings of the same text; a server that sends both says it once.
        thought = piece.get("reasoning_content") or piece.get("reasoning")
        if isinstance(thought, str) and thought:
            self._think(thought, moment)

    def _take_content(self, content: object, moment: float) -> bool:
        if isinstance(content, str):
            if content:
                self.text.append(content)
            return bool(content)
        if isinstance(content, list):
            return sum(self._take_part(part, moment) for part in content) > 0
        return False

    def _take_part(self, part: object, moment: float) -> bool:
        if not isinstance(part, dict):
            return False
        if part.get("type") == "thinking":
            for thought in _texts(part.get("thinking")):
                self._think(thought, moment)
            return False
        return self._take_content(part.get("text"), moment) if isinstance(part.get("text"), str) else False

    def _think(self, thought: str, moment: float) -> None:
        self.reasoning.append(thought)
        self.reasoning_at.append(moment)

    def _take_calls(self, pieces: Iterable[object]) -> bool:
        grown = False
        for piece in pieces:
            if isinstance(piece, dict):
                function = piece.get("function")
                grown |= self._take_call(piece, function if isinstance(function, dict) else {})
        return grown

    def _take_call(self, piece: dict[str, Any], function: dict[str, Any]) -> bool:
        name, written = _text(function.get("name")), _arguments(function.get("arguments"))
        call = self._call_for(piece.get("index"), _text(piece.get("id")), name)
        call.id = call.id or _text(piece.get("id"))
        call.name = call.name or name
        if written:
            call.arguments.append(written)
        return bool(name or written)

    def _call_for(self, index: object, id: str, name: str) -> CallPieces:
        """The call a piece belongs to.

        By its index; but some vendors give every call index 0, or none: there a new id with
        a name begins a new call, and anything else belongs to the last one.
        """
        place = index if isinstance(index, int) else None
        known = self.by_index.get(place) if place is not None else (self.calls[-1] if self.calls else None)
        if known is not None and not (id and name and known.id and id != known.id):
            return known
        call = CallPieces()
        self.calls.append(call)
        if place is not None:
            self.by_index[place] = call
        return call


def _first_choice(choices: object) -> dict[str, Any] | None:
    """Choice 0; one is all we ask for."""
    if not isinstance(choices, list):
        return None
    for choice in choices:
        if isinstance(choice, dict) and choice.get("index", 0) in (0, None):
            return choice
    return None


def _texts(parts: object) -> list[str]:
    if isinstance(parts, str):
        return [parts]
    if not isinstance(parts, list):
        return []
    return [part["text"] for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str)]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _arguments(value: object) -> str:
    """Arguments as JSON text; a few servers send the object itself."""
    if not isinstance(value, dict):
        return _text(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ""  # nested deeper than can be written: no function takes that
