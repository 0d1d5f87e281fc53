"""Must-have rules, checked against what was measured and what was stated. They can only lower a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from migration_app.evaluation.metrics import CandidateMetrics
from migration_app.evaluation.stated_rules import check_stated
from migration_app.evaluation.verdicts import RuleResult


def check_rules(
    rules: Mapping[str, Any], metrics: CandidateMetrics, terms: Mapping[str, Any]
) -> tuple[RuleResult, ...]:
    """One result per rule that was set; `passed` is None where the figure or the fact is unknown.

    terms: what was known of the candidate when the run started (`RunCandidate.terms`).
    """
    return _measured(rules, metrics) + check_stated(rules, terms)


def _measured(rules: Mapping[str, Any], metrics: CandidateMetrics) -> tuple[RuleResult, ...]:
    cost = metrics.cost.per_1000
    figures: dict[str, Any] = {
        "max_cost_per_1000": None if cost is None else Decimal(cost),
        "max_p95_seconds": metrics.total.p95.value,
        "max_error_rate": metrics.error_rate.value,
    }
    results = []
    for rule, figure in figures.items():
        limit = ceiling(rules.get(rule))
        if limit is None:
            continue
        passed = None if figure is None else Decimal(str(figure)) <= limit
        results.append(
            RuleResult(
                rule, passed, {"limit": str(limit), "measured": None if figure is None else str(figure)}
            )
        )
    return tuple(results)


def ceiling(stored: Any) -> Decimal | None:
    """A limit as it is kept with the assessment; None where none is set."""
    if stored in (None, ""):
        return None
    try:
        return Decimal(str(stored))
    except InvalidOperation:
        return None
