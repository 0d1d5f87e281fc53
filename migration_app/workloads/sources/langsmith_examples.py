"""LangSmith examples: the items of a dataset, with what goes in and what should come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..drafts import Draft
from ..readers import Row
from ..shapes.loose import asked_loosely, references_in
from ..shapes.values import first, get, text, unpacked
from .building import draft_of

_OWN = ("dataset_id", "source_run_id", "modified_at")


def recognises(values: Mapping[str, Any]) -> float:
    if "inputs" not in values or "outputs" not in values or "run_type" in values:
        return 0.0
    return 1.0 if any(key in values for key in _OWN) else 0.7


def records(row: Row) -> Iterator[Draft]:
    values = row.values
    asked, warnings = asked_loosely(unpacked(values.get("inputs")), "inputs")
    metadata = unpacked(values.get("metadata"))
    yield draft_of(
        row.line,
        asked,
        references=references_in(values.get("outputs")),
        external_id=values.get("id"),
        category=first(metadata, "category") or get(metadata, "dataset_split", 0),
        cluster=text(values.get("source_run_id")),
        warnings=warnings,
    )
