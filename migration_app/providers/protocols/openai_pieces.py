"""The pieces of OpenAI's chat/completions, as its many vendors send them.

Reference: https://platform.openai.com/docs/api-reference/chat/streaming
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from migration_app.evaluation.outcomes import Usage

from ..pieces import CallPieces, Pieces, arguments_of, text_of
from ..usage import read_usage


@dataclass(slots=True)
class OpenAIPieces(Pieces):
    """thinking_outside_output: see `vendors.Vendor`."""

    thinking_outside_output: bool = False

    def add(self, chunk: dict[str, Any], moment: float, name: bytes = b"") -> None:
        """Take in one chunk (or one whole answer) that arrived at `moment`."""
        if name == b"error" and "error" not in chunk:
            chunk = {"error": chunk}
        if not self._add_plain_text(chunk, moment):
            self._add(chunk, moment)

    def counted(self) -> Usage:
        return read_usage(self.usage, thinking_outside_output=self.thinking_outside_output)

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
            self.think(thought, moment)

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
                self.think(thought, moment)
            return False
        return self._take_content(part.get("text"), moment) if isinstance(part.get("text"), str) else False

    def _take_calls(self, pieces: Iterable[object]) -> bool:
        grown = False
        for piece in pieces:
            if isinstance(piece, dict):
                function = piece.get("function")
                grown |= self._take_call(piece, function if isinstance(function, dict) else {})
        return grown

    def _take_call(self, piece: dict[str, Any], function: dict[str, Any]) -> bool:
        name, written = text_of(function.get("name")), arguments_of(function.get("arguments"))
        call = self._call_for(piece.get("index"), text_of(piece.get("id")), name)
        call.id = call.id or text_of(piece.get("id"))
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
