"""Computes a run's comparison and stores it. Everything after this only reads."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from migration_app.evaluation.verdicts import Verdict as Judgement
from migration_app.runs.models import Run

from .data import comparison_data
from .inputs import inputs_of
from .measured import measure
from .models import Comparison, Verdict
from .projection import project_run


def compare_run(*, run: Run) -> Comparison:
    """Measure, compare with the baseline, judge, store. Doing it again replaces it by the same."""
    project_run(run)
    return compare_projected(run=run)


def compare_projected(*, run: Run) -> Comparison:
    """The same from the columns as they are stored."""
    inputs = inputs_of(run)
    found = measure(run, inputs.plan, inputs.samples, inputs.candidates)
    return _store(run, comparison_data(run, found, inputs.taken), found.verdicts)


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
