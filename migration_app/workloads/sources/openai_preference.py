"""OpenAI's preference files: a question with the answer that people preferred and one they did not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..drafts import Draft
from ..readers import Row
from ..shapes.loose import asked_loosely, references_in
from .building import draft_of


def recognises(values: Mapping[str, Any]) -> float:
    return 1.0 if "input" in values and "preferred_output" in values else 0.0


def records(row: Row) -> Iterator[Draft]:
    """The preferred answer is the reference; the other one is not kept: it may be nobody's today."""
    asked, warnings = asked_loosely(row.values.get("input"), "input")
    references = references_in(row.values.get("preferred_output"))
    yield draft_of(row.line, asked, references=references, warnings=warnings)
