"""Ways of scoring that would give no mark: said before a test costs anything, not after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import Answer, Expected, Scorer, ScorerError, is_judged
from migration_app.runs.models import Assessment
from migration_app.said import said
from migration_app.scoring.actions import build_scorer
from migration_app.workloads.models import Sample
from migration_app.workloads.profiles import category_label

from .scorer_preview import logged_answer, without_own_way

_TRIED = 3  # samples of each way
_WAYS = 20  # looked at; a question with more of them says so by its first


def unmarked(draft: Assessment) -> list[dict[str, Any]]:
    """A row for each way of scoring by which none of its first samples would get a mark."""
    found = []
    for category, choice in list(_ways(draft))[:_WAYS]:
        if reason := _why_none(draft, category, choice):
            name = _("All others") if category is None else category_label(category)
            text = _("{name}: no answer would get a mark. {reason}").format(name=name, reason=said(reason))
            asked = {"scorer": choice.get("name")} | ({} if category is None else {"category": category})
            page = reverse("workload-scorer", args=[draft.workload_id])
            found.append(
                {
                    "sentence": text,
                    "name": _("Scoring"),
                    "url": f"{page}?{urlencode(asked)}",
                    "to_test": False,
                }
            )
    return found


def _ways(draft: Assessment) -> Iterator[tuple[str | None, Mapping[str, Any]]]:
    yield None, draft.scoring.get("default") or {}
    yield from (
        (category, choice)
        for category, choice in (draft.scoring.get("by_category") or {}).items()
        if choice.get("name")
    )


def _why_none(draft: Assessment, category: str | None, choice: Mapping[str, Any]) -> str:
    """Why no sample has a mark; "" where one has, where a judge gives it, or where there is no sample."""
    if is_judged(choice.get("name")):
        return ""
    rows = draft.workload.samples.all()
    rows = without_own_way(rows, draft.scoring) if category is None else rows.filter(category=category)
    try:
        scorer = build_scorer(choice)
    except ScorerError as error:
        return str(error)
    reasons = [_unscored(scorer, sample) for sample in _likely(rows)]
    return reasons[0] if reasons and all(reasons) else ""


def _likely(rows: Any) -> list[Sample]:
    """The first samples, those with an expected answer before others."""
    return list(rows.exclude(references=[])[:_TRIED]) or list(rows[:_TRIED])


def _unscored(scorer: Scorer, sample: Sample) -> str:
    expected = Expected(tuple(sample.references), sample.response_format)
    if scorer.needs_reference and not expected.references:
        return _("“{label}” needs a reference answer and this sample has none.").format(label=_(scorer.label))
    answer = Answer(sample.references[0]) if sample.references else logged_answer(sample.logged or {})
    return scorer(answer, expected).unscored or ""
