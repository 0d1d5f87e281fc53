"""The samples that lost most, for the report's appendix."""

from __future__ import annotations

from typing import Any

from migration_app.said import said

from . import formatting as show
from .facts import Facts
from .option import Option
from .table import identity

MOST = 12


def build(facts: Facts, option: Option | None) -> list[dict[str, Any]]:
    """Worst first, of the featured candidate only. Texts are as they came: who shows them escapes them."""
    if option is None:
        return []
    mine = [item for item in facts.raw.get("worst") or [] if item["option"] == option.raw["id"]]
    mine.sort(key=lambda item: item["difference"] if item["difference"] is not None else 0.0)
    return [_sample(item, option) for item in mine[:MOST]]


def _sample(item: Any, option: Option) -> dict[str, Any]:
    return identity(option) | {
        "sample": item["sample"],
        "name": item.get("external_id") or str(item["sample"]),
        "category": item.get("category") or "",
        "difference": show.number(item["difference"], 2, signed=True),
        "question": item.get("question") or "",
        "reference": item.get("reference") or "",
        "baseline_text": item.get("baseline_text") or "",
        "candidate_text": item.get("candidate_text") or "",
        "baseline_score": show.number(item.get("baseline_score"), 2),
        "candidate_score": show.number(item.get("candidate_score"), 2),
        "explanation": said(item.get("explanation") or ""),
    }
