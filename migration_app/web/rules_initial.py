"""What the wizard's rules say when their page opens, in the units that people type."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from migration_app.evaluation.scorers import DEFAULT_SCORER
from migration_app.runs.models import Assessment
from migration_app.runs.money import from_nanos
from migration_app.workloads.models import Workload

from . import rules_settings
from .rules_fields import RulesFields
from .terms_forms import POLICY

MOST_CATEGORIES = 40  # more than a person would set one by one


def assessment_categories(workload: Workload) -> dict[str, int]:
    """Category → count of samples, in the order of their names."""
    counts = workload.profile.get("categories") or {}
    return dict(sorted(counts.items())) if isinstance(counts, dict) else {}


def categories_of(workload: Workload) -> list[str]:
    """The categories that can be set one by one; none where there is but one, or too many."""
    names = list(assessment_categories(workload))
    return names if 1 < len(names) <= MOST_CATEGORIES else []


def initial_of(assessment: Assessment) -> dict[str, Any]:
    rules, scoring = assessment.rules, assessment.scoring
    default = (scoring.get("default") or {}).get("name")
    by_category = scoring.get("by_category") or {}
    initial: dict[str, Any] = {
        "margin": _points(assessment.margin),
        "category_margin": _points(assessment.category_margin),
        "alpha": f"{assessment.alpha:g}",
        "max_cost_per_1000": rules.get("max_cost_per_1000"),
        "max_p95_seconds": rules.get("max_p95_seconds"),
        "max_error_rate": None if rules.get("max_error_rate") is None else _points(rules["max_error_rate"]),
        **{name: rules.get(name) for name in POLICY},
        "repetitions": assessment.repetitions,
        "sample_limit": assessment.sample_limit,
        **rules_settings.initial(assessment.settings, assessment.workload),
        "seed": assessment.seed,
        "requests_per_month": assessment.requests_per_month,
        "budget": None if assessment.budget_nanos is None else plain(from_nanos(assessment.budget_nanos)),
        "looks": assessment.looks,
        "migration_cost": None
        if assessment.migration_cost_nanos is None
        else plain(from_nanos(assessment.migration_cost_nanos)),
        "default_scorer": default or DEFAULT_SCORER,
        **{name: getattr(assessment, name) for name in RulesFields.LOAD},
    }
    for index, name in enumerate(categories_of(assessment.workload)):
        chosen = (by_category.get(name) or {}).get("name")
        initial[f"scorer_{index}"] = chosen or initial["default_scorer"]
        initial[f"critical_{index}"] = name in assessment.critical_categories
    return initial


def plain(amount: Decimal) -> str:
    """A decimal without trailing zeros: 0.150000 → "0.15", 10 → "10"."""
    return f"{amount.normalize():f}"


def _points(share: float) -> str:
    return f"{round(share * 100, 4):g}"
