"""How deep a JSON value is nested. By itself, because every process that reads a sample needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 100


def is_too_deep(value: Any, limit: int = MAX_DEPTH) -> bool:
    """Whether lists and objects are nested more than `limit` levels; walks without recursion."""
    level = [value]
    for _ in range(limit + 1):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return False
    return True


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value
