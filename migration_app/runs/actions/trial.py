"""A few requests asked first, so that the estimate of a test rests on what its models really do."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from migration_app.accounts.models import User

from ..estimates import LEAST_MEASURED, Estimate, estimate
from ..models import Assessment
from ..money import LARGEST, from_nanos
from ..plans import Plan, plan_of
from .assessments import create_assessment

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
