"""Puts an answer together from the pieces a stream brings, whatever the protocol.

Everything here is hostile input: each value is looked at before it is used, and a piece of
the wrong shape is passed over, never trusted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import orjson

from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.outcomes import Usage


@dataclass(slots=True)
class CallPieces:
    """One tool call, still growing."""

    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Pieces(ABC):
    """What the pieces amount to so far. Each protocol adds its own way to take one in.

    content_at, reasoning_at: `time.monotonic()` moments at which content or reasoning came.
    finish_reason: in OpenAI's words (stop, length, tool_calls, content_filter), which the other
        protocols translate into; a word of the vendor's own where there is no such word.
    usage: the vendor's own figures, as they came. error: the vendor's own error object, when one
    came in mid-stream. done: the stream said that it is over.
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

    @abstractmethod
    def add(self, chunk: dict[str, Any], moment: float, name: bytes = b"") -> None:
        """Take in one event of a stream, which arrived at `moment` under the event name `name`."""

    def add_whole(self, answer: dict[str, Any], moment: float) -> None:
        """Take in an answer that came in one piece; a JSON that closes is an answer that ended."""
        self.add(answer, moment)
        self.done = True

    @abstractmethod
    def counted(self) -> Usage:
        """The vendor's token counts, split so that none is counted twice."""

    @property
    def ended(self) -> bool:
        """Whether the vendor said that this answer is whole."""
        return bool(self.chunks) and (self.finish_reason is not None or self.done)

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in the order in which they began."""
        return tuple(ToolCall(call.id, call.name, "".join(call.arguments)) for call in self.calls)

    def say(self, text: object, moment: float) -> None:
        """A piece of the answer's text."""
        if isinstance(text, str) and text:
            self.text.append(text)
            self.content_at.append(moment)

    def think(self, thought: object, moment: float) -> None:
        """A piece of the reasoning before the answer."""
        if isinstance(thought, str) and thought:
            self.reasoning.append(thought)
            self.reasoning_at.append(moment)

    def begin_call(self, id: object, name: object, arguments: object, moment: float) -> CallPieces:
        """A tool call begins; its `arguments` may come later, or whole, or as an object."""
        call = CallPieces(text_of(id), text_of(name))
        if written := arguments_of(arguments):
            call.arguments.append(written)
        self.calls.append(call)
        self.content_at.append(moment)
        return call


def text_of(value: object) -> str:
    """`value` where it is a text, "" where it is anything else."""
    return value if isinstance(value, str) else ""


def dict_of(value: object) -> dict[str, Any]:
    """`value` where it is an object, an empty one where it is anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """`value` where it is a list, an empty one where it is anything else."""
    return value if isinstance(value, list) else []


def arguments_of(value: object) -> str:
    """Arguments as JSON text; some vendors send the object itself."""
    if not isinstance(value, dict):
        return text_of(value)
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ""  # nested deeper than can be written: no function takes that
