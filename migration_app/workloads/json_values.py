"""JSON values from a file: what in them no database or page could take, found before it is stored."""

from __future__ import annotations

from typing import Any

from migration_app.evaluation.json_depth import is_too_deep
from migration_app.evaluation.wording import english

# Twenty times what a tool's schema needs. Writing a value goes as deep as the value does, and
# every writer has an end: orjson at 254, Python's own at its recursion limit.
MAX_LEVELS = 100


def fault_of_json(value: Any, text: str) -> str | None:
    """Why this value cannot be stored, as a sentence about "it", or None. It was read from `text`."""
    # Most values have too few brackets to be deep and no escaped NUL: the walks are rare.
    if text.count("[") + text.count("{") > MAX_LEVELS and is_too_deep(value, MAX_LEVELS):
        return english(
            "It is nested more than {max_levels} levels deep, which cannot be stored.", max_levels=MAX_LEVELS
        )
    if "\\u0000" in text and _holds_nul(value):
        return english("It holds a NUL character (\\u0000), which text does not have.")
    return None


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_holds_nul(inner) for inner in value)
