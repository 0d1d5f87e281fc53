"""A few requests asked first, so that the estimate of a test rests on what its models really do."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from migration_app.accounts.models import User

from ..estimates import LEAST_MEASURED, Estimate, estimate
from ..models import ENDED, Assessment, Run
from ..money import LARGEST, from_nanos
from ..plans import Plan, plan_of
from .assessments import create_assessment
from .start import Started, start_run

# Says only whether a model answered: nobody should see which is better before the limits are set.
_TELLS_NOTHING = {"default": {"name": "not_refused", "parameters": {}}, "by_category": {}}


def trial_plan(draft: Assessment) -> Plan:
    """What a trial asks: just enough answers of each model to count as measured."""
    samples = min(LEAST_MEASURED, max(1, draft.workload.sample_count))
    return plan_of(draft).part(samples, repetitions=-(-LEAST_MEASURED // samples))


def trial_estimate(draft: Assessment) -> Estimate:
    """What the trial itself may cost, to be said beside its button."""
    return estimate(trial_plan(draft))


@transaction.atomic
def start_trial(*, draft: Assessment, user: User | None, accepts_conflicts: str = "") -> Started:
    """Put a trial and start it, both or neither; one of the draft that is under way is returned instead.

    Raises CannotStart, InvalidAssessment.
    """
    Assessment.objects.select_for_update().get(pk=draft.pk)  # two clicks take turns
    if under_way := _under_way(draft):
        return Started(under_way, ())
    trial = put_trial(draft=draft, user=user)
    return start_run(assessment=trial, user=user, accepts_conflicts=accepts_conflicts)


def _under_way(draft: Assessment) -> Run | None:
    """An open run of a trial that asks the same models the same."""
    trials = Run.objects.filter(
        team=draft.team_id, assessment__workload=draft.workload_id, assessment__baseline=draft.baseline_id
    ).exclude(state__in=ENDED)
    wanted = set(draft.candidates.values_list("pk", flat=True))
    for run in trials.filter(parent=None).select_related("assessment"):
        asked = set(run.assessment.candidates.values_list("pk", flat=True))
        if run.assessment.scoring == _TELLS_NOTHING and asked == wanted:
            return run
    return None


@transaction.atomic
def put_trial(*, draft: Assessment, user: User | None) -> Assessment:
    """A small question of its own with the draft's models and settings, capped where its cost is known."""
    plan = trial_plan(draft)
    expected = estimate(plan)
    return create_assessment(
        team=draft.team,
        user=user,
        name=_("Trial: {name}").format(name=draft.name),
        workload=draft.workload,
        baseline=draft.baseline,
        candidates=list(draft.candidates.all()),
        scoring=_TELLS_NOTHING,
        rules=draft.rules,
        settings=draft.settings,
        repetitions=plan.repetitions,
        seed=draft.seed + 1,
        # Twice the upper end, for retries; a trial that runs away stops there.
        budget=None
        if not expected.high or expected.uncapped
        else min(expected.high * 2, from_nanos(LARGEST)),
        currency=draft.currency,
        sample_limit=plan.sample_limit,
        warm_up_calls=0,
    )
