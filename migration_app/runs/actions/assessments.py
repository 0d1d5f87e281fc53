"""A question put before any result is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from migration_app.accounts.models import Team, User
from migration_app.candidates.models import Candidate
from migration_app.candidates.terms.queries import policy_rules
from migration_app.workloads.models import Workload

from ..models import Assessment
from ..money import to_nanos
from ..warm_ups import DEFAULT_CALLS
from .errors import InvalidAssessment

MAX_CANDIDATES = 8  # with the incumbent: one colour and one shape each


def check_candidates(
    *, team: Team, workload: Workload, baseline: Candidate, candidates: Sequence[Any]
) -> None:
    """Raises InvalidAssessment unless the parts are the team's own and fit together."""
    if not candidates:
        raise InvalidAssessment(_("Choose at least one model to compare with the one you use today."))
    if len(candidates) >= MAX_CANDIDATES:
        raise InvalidAssessment(
            _("Compare at most {most} models with today's at a time.").format(most=MAX_CANDIDATES - 1)
        )
    if baseline in candidates:
        raise InvalidAssessment(_("Today's model cannot be its own alternative. Take it off the list."))
    if any(part.team_id != team.pk for part in (workload, baseline, *candidates)):
        raise InvalidAssessment(_("Choose a workload and models of your own team."))


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise InvalidAssessment(
            _("{name} must lie between {low:g} and {high:g}.").format(name=name, low=low, high=high)
        )


# Must-have rules whose limit is a number that a figure of the run is held against.
_CEILINGS = ("max_cost_per_1000", "max_p95_seconds", "max_error_rate")


def check_limits(rules: Mapping[str, Any]) -> None:
    """Raises InvalidAssessment where a limit is no number: dropped in silence, a rule would seem kept."""
    for name in _CEILINGS:
        limit = rules.get(name)
        if limit in (None, ""):
            continue
        try:
            sound = Decimal(str(limit)).is_finite()
        except InvalidOperation:
            sound = False
        if not sound:
            raise InvalidAssessment(
                _("“{limit}” is no number, so no rule can be held against it.").format(limit=limit)
            )


@transaction.atomic
def create_assessment(
    *,
    team: Team,
    user: User | None,
    name: str,
    workload: Workload,
    baseline: Candidate,
    candidates: Sequence[Candidate],
    margin: float = 0.05,
    category_margin: float = 0.10,
    critical_categories: Sequence[str] = (),
    alpha: float = 0.05,
    scoring: Mapping[str, Any] | None = None,
    rules: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    repetitions: int = 1,
    seed: int = 0,
    requests_per_month: int | None = None,
    budget: Decimal | None = None,
    currency: str = "USD",
    sample_limit: int | None = None,
    warm_up_calls: int = DEFAULT_CALLS,
) -> Assessment:
    """Put a question, before any result is seen. Raises InvalidAssessment.

    rules: None takes the team's policy.
    """
    check_candidates(team=team, workload=workload, baseline=baseline, candidates=candidates)
    _in_range(_("The quality limit"), margin, 0, 1)
    _in_range(_("The limit per category"), category_margin, 0, 1)
    _in_range(_("The error rate"), alpha, 0, 0.5)
    check_limits(rules or {})
    if not name.strip():
        raise InvalidAssessment(_("Give the assessment a name."))
    if budget is not None and budget <= 0:
        raise InvalidAssessment(_("A spending cap must be above zero. Leave it empty for none."))
    assessment = Assessment.objects.create(
        team=team,
        created_by=user,
        name=name.strip()[:200],
        workload=workload,
        baseline=baseline,
        margin=margin,
        category_margin=category_margin,
        critical_categories=list(critical_categories),
        alpha=alpha,
        scoring=dict(scoring or workload.scoring),
        rules=policy_rules(team.pk) if rules is None else dict(rules),
        settings=dict(settings or {}),
        repetitions=max(1, repetitions),
        seed=seed,
        requests_per_month=requests_per_month or (workload.traffic or {}).get("requests_per_month"),
        budget_nanos=None if budget is None else to_nanos(budget),
        currency=currency,
        sample_limit=sample_limit,
        warm_up_calls=warm_up_calls,
    )
    assessment.candidates.set(candidates)
    return assessment
