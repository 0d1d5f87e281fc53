"""What is asked of a model: one conversation, with its tools and its settings.

Plain values, shared by every vendor. `providers` turns them into a vendor's wire format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# A part of a message as the field writes it: {"type": "text", "text": …} or
# {"type": "image_url", "image_url": {"url": "data:…"}}.
ContentPart = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool. `arguments` is the JSON text exactly as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn. `role` is one of system, developer, user, assistant, tool."""

    role: str
    content: str | tuple[ContentPart, ...]
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Sampling settings; the same for every candidate of a run. `None` leaves the vendor's default."""

    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A request, independent of who answers it.

    `tools` and `response_format` use OpenAI's JSON shapes, which the other vendors'
    modules translate.
    """

    messages: tuple[Message, ...]
    tools: tuple[Mapping[str, Any], ...] = ()
    response_format: Mapping[str, Any] | None = None
    settings: Settings = Settings()

    @property
    def images(self) -> int:
        """How many pictures it sends."""
        contents = (message.content for message in self.messages if not isinstance(message.content, str))
        return sum(part.get("type") == "image_url" for content in contents for part in content)
