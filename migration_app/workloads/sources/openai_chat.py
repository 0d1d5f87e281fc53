"""OpenAI's fine-tuning files: a conversation per line, its last answer the one to learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..drafts import Draft
from ..readers import Row
from ..shapes.requests import asked_in
from ..shapes.values import get
from .building import draft_of

_KEYS = {"messages", "tools", "functions", "parallel_tool_calls", "response_format", "metadata"}


def recognises(values: Mapping[str, Any]) -> float:
    messages = values.get("messages")
    if not isinstance(messages, list) or not set(values) <= _KEYS or not messages:
        return 0.0
    return 0.9 if all(isinstance(message, Mapping) and "role" in message for message in messages) else 0.0


def belongs(values: Mapping[str, Any]) -> bool:
    """In a file of conversations, one with a note beside it is still one."""
    return isinstance(values.get("messages"), list)


def records(row: Row) -> Iterator[Draft]:
    """The last answer is the reference, unless the file says that it is not to be learned."""
    unlearned = get(row.values, "messages", -1, "weight") == 0
    yield draft_of(row.line, asked_in(row.values), ending="logged" if unlearned else "reference")
