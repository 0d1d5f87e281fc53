"""Computes a run's comparison and stores it. Everything after this only reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from migration_app.evaluation.verdicts import Plan
from migration_app.evaluation.verdicts import Verdict as Judgement
from migration_app.runs.models import Assessment, Run

from .columns import read_run
from .cut import cut_to
from .data import comparison_data
from .looks import looks_of
from .measured import measure
from .models import Comparison, Verdict
from .projection import project_run


def plan_of(assessment: Assessment) -> Plan:
    """What was settled before the run."""
    return Plan(
        margin=assessment.margin,
        category_margin=assessment.category_margin,
        critical_categories=frozenset(assessment.critical_categories),
        alpha=assessment.alpha,
    )


def compare_run(*, run: Run) -> Comparison:
    """Measure, compare with the baseline, judge, store. Doing it again replaces it by the same."""
    project_run(run)
    return compare_projected(run=run)


def compare_projected(*, run: Run) -> Comparison:
    """The same from the columns as they are stored."""
    samples, candidates = read_run(run)
    plan, taken = plan_of(run.assessment), looks_of(run)
    if taken.counted is not None:
        samples, candidates = cut_to(samples, candidates, taken.counted, run.assessment.repetitions)
    if taken.looks is not None:
        plan = replace(plan, looks=taken.looks)
    found = measure(run, plan, samples, candidates)
    return _store(run, comparison_data(run, found, taken), found.verdicts)


@transaction.atomic
def _store(run: Run, data: dict, verdicts: Mapping[int, Judgement]) -> Comparison:
    comparison, _ = Comparison.objects.update_or_create(run=run, defaults={"data": data})
    comparison.verdicts.all().delete()
    Verdict.objects.bulk_create(
        Verdict(
            comparison=comparison,
            run_candidate_id=pk,
            kind=verdict.kind.value,
            p_adjusted=_finite(verdict.p_adjusted),
        )
        for pk, verdict in verdicts.items()
    )
    return comparison


def _finite(value: float) -> float | None:
    return value if value == value else None
