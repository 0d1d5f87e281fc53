"""Langfuse dataset items, from the page's export or the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Skipped
from ..drafts import Draft
from ..readers import Row
from ..shapes.loose import asked_loosely, references_in
from ..shapes.values import first, get, text, unpacked
from .building import draft_of

_OWN = ("datasetId", "dataset_id", "datasetName", "dataset_name", "sourceTraceId", "source_trace_id")


def recognises(values: Mapping[str, Any]) -> float:
    if "input" not in values or not ("expectedOutput" in values or "expected_output" in values):
        return 0.0
    return 1.0 if any(key in values for key in _OWN) else 0.6 if "status" in values else 0.0


def records(row: Row) -> Iterator[Draft | Skipped]:
    values = row.values
    if values.get("status") == "ARCHIVED":
        yield Skipped(row.line, _("It is archived in Langfuse."))
        return
    asked, warnings = asked_loosely(values.get("input"), "input")
    yield draft_of(
        row.line,
        asked,
        references=references_in(first(values, "expectedOutput", "expected_output")),
        external_id=values.get("id"),
        category=get(unpacked(values.get("metadata")), "category"),
        cluster=text(first(values, "sourceTraceId", "source_trace_id")),
        warnings=warnings,
    )
