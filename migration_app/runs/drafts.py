"""Drafts: a question that is still being put together. Nothing is sent before its first run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.candidates.models import Candidate
from migration_app.evaluation.wording import english
from migration_app.workloads.models import Workload

from .actions import CannotChange, InvalidAssessment, check_candidates, check_limits
from .judges import MAX_JUDGES
from .models import Assessment, Load
from .money import to_nanos

_FROZEN = gettext_lazy(
    "This assessment has started, so its question stands. Copy it on its run's page to ask another."
)


@transaction.atomic
def copy(*, assessment: Assessment, user: User | None) -> Assessment:
    """The same question as a draft, to be changed before it starts. Nothing is sent."""
    draft = Assessment.objects.get(pk=assessment.pk)
    candidates = list(draft.candidates.all())
    draft.pk, draft.created_by, draft.frozen_at, draft.traffic = uuid4(), user, None, {}
    draft.name = _("{name}, anew").format(name=assessment.name)[:200]
    draft.save(force_insert=True)
    draft.candidates.set(candidates)
    record(team=draft.team, user=user, verb=english("copied the question"), subject=assessment.name)
    return draft


@transaction.atomic
def change_options(
    *, assessment: Assessment, name: str, baseline: Candidate, candidates: Sequence[Candidate], currency: str
) -> None:
    """Choose other models. Raises InvalidAssessment, and CannotChange once a run has started."""
    draft = _locked(assessment)
    check_candidates(team=draft.team, workload=draft.workload, baseline=baseline, candidates=list(candidates))
    if not name.strip():
        raise InvalidAssessment(_("Give the assessment a name."))
    draft.name, draft.baseline, draft.currency = name.strip()[:200], baseline, currency
    draft.save(update_fields=["name", "baseline", "currency"])
    draft.candidates.set(candidates)


@transaction.atomic
def change_rules(
    *,
    assessment: Assessment,
    margin: float,
    category_margin: float,
    critical_categories: Sequence[str],
    alpha: float,
    scoring: Mapping[str, Any],
    rules: Mapping[str, Any],
    settings: Mapping[str, Any],
    repetitions: int,
    seed: int,
    requests_per_month: int | None,
    budget: Decimal | None,
    sample_limit: int | None,
    looks: bool = False,
    migration_cost: Decimal | None = None,
) -> None:
    """Say what counts as good enough. Raises InvalidAssessment, and CannotChange once a run has started."""
    draft = _locked(assessment)
    if not (0 < margin < 1 and 0 < category_margin < 1 and 0 < alpha < 0.5):
        raise InvalidAssessment(_("A limit lies between 0 and 100 points."))
    check_limits(rules)
    if budget is not None and budget <= 0:
        raise InvalidAssessment(_("A spending cap must be above zero. Leave it empty for none."))
    draft.margin, draft.category_margin, draft.alpha = margin, category_margin, alpha
    draft.critical_categories = list(critical_categories)
    draft.scoring, draft.rules, draft.settings = dict(scoring), dict(rules), dict(settings)
    draft.repetitions, draft.seed = max(1, repetitions), seed
    draft.requests_per_month, draft.sample_limit = requests_per_month, sample_limit
    draft.budget_nanos = None if budget is None else to_nanos(budget)
    draft.looks = looks
    draft.migration_cost_nanos = None if migration_cost is None else to_nanos(migration_cost)
    draft.save()


@transaction.atomic
def choose_judges(*, assessment: Assessment, judges: Sequence[Candidate], cap: Decimal | None) -> None:
    """Say who judges and what that may cost. Raises InvalidAssessment, and CannotChange once started."""
    draft = _locked(assessment)
    if len(judges) > MAX_JUDGES:
        raise InvalidAssessment(
            _("Choose at most {most} judges; three give a majority.").format(most=MAX_JUDGES)
        )
    if any(judge.team_id != draft.team_id for judge in judges):
        raise InvalidAssessment(_("Choose judges among your own team's models."))
    if cap is not None and cap <= 0:
        raise InvalidAssessment(_("A spending cap must be above zero. Leave it empty for none."))
    draft.judging = {
        "judges": [str(judge.pk) for judge in judges],
        "cap_nanos": None if cap is None else to_nanos(cap),
    }
    draft.save(update_fields=["judging"])
    assessment.judging = draft.judging


@transaction.atomic
def choose_load(
    *,
    assessment: Assessment,
    load: str = Load.CLOSED,
    peak_per_minute: int | None = None,
    slo_ttft: float | None = None,
    slo_total: float | None = None,
    warm_up_calls: int | None = None,
) -> None:
    """Say how requests are sent, how fast answers should be, and how often each model is warmed up.

    warm_up_calls: None leaves it as it is. Raises InvalidAssessment, and CannotChange once started.
    """
    draft = _locked(assessment)
    if load != Load.CLOSED and not peak_per_minute:
        raise InvalidAssessment(_("Say how many requests a minute your peak has."))
    draft.load, draft.peak_per_minute = load, peak_per_minute
    draft.slo_ttft, draft.slo_total = slo_ttft, slo_total
    if warm_up_calls is not None:
        draft.warm_up_calls = warm_up_calls
    draft.save(update_fields=["load", "peak_per_minute", "slo_ttft", "slo_total", "warm_up_calls"])
    for name in ("load", "peak_per_minute", "slo_ttft", "slo_total", "warm_up_calls"):
        setattr(assessment, name, getattr(draft, name))


@transaction.atomic
def discard(*, assessment: Assessment, user: User | None) -> None:
    """Delete a draft. Raises CannotChange once a run has started: results are kept."""
    draft = _locked(assessment)
    record(team=draft.team, user=user, verb=english("discarded draft"), subject=draft.name)
    draft.delete()


def _locked(assessment: Assessment) -> Assessment:
    """The row as it is now, so that a start at the same moment cannot be overtaken."""
    draft = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if draft.frozen_at is not None:
        raise CannotChange(str(_FROZEN))
    return draft


def adopt_scorer(
    *, workload: Workload, category: str | None, name: str, parameters: Mapping[str, Any]
) -> int:
    """Give a scorer's settings to the drafts that chose it and set nothing yet; how many took them."""
    drafts = Assessment.objects.filter(workload=workload, frozen_at=None)
    return sum(_adopts(draft, category, name, parameters) for draft in drafts)


@transaction.atomic
def _adopts(draft: Assessment, category: str | None, name: str, parameters: Mapping[str, Any]) -> bool:
    draft = Assessment.objects.select_for_update().get(pk=draft.pk)
    chosen = draft.scoring.get("default") if category is None else _by_category(draft).get(category)
    if draft.frozen_at or not chosen or chosen.get("name") != name or chosen.get("parameters"):
        return False
    chosen["parameters"] = dict(parameters)
    draft.save(update_fields=["scoring"])
    return True


def _by_category(draft: Assessment) -> dict[str, Any]:
    found: dict[str, Any] = draft.scoring.get("by_category") or {}
    return found
