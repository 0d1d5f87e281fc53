"""Amazon Bedrock's evaluation datasets: a prompt with the answer expected and those of models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..calls import Call
from ..drafts import Draft
from ..readers import Row
from ..shapes.answers import Answer
from ..shapes.loose import asked_loosely, references_in
from ..shapes.values import get, text, unpacked
from .building import draft_of


def recognises(values: Mapping[str, Any]) -> float:
    if "prompt" not in values:
        return 0.0
    return 1.0 if "referenceResponse" in values or "modelResponses" in values else 0.0


def belongs(values: Mapping[str, Any]) -> bool:
    """Expected answers and responses may be missing from any line."""
    return "prompt" in values


def records(row: Row) -> Iterator[Draft]:
    """The first model's response is kept as the answer of today's model."""
    values = row.values
    asked, warnings = asked_loosely(values.get("prompt"), "prompt")
    given = get(unpacked(values.get("modelResponses")), 0)
    yield draft_of(
        row.line,
        asked,
        answer=Answer(text=text(get(given, "response"))),
        call=Call(model=text(get(given, "modelIdentifier"))) if given else None,
        references=references_in(values.get("referenceResponse")),
        category=values.get("category"),
        warnings=warnings,
    )
