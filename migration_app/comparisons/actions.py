"""Computes a run's comparison and stores it. Everything after this only reads."""

from __future__ import annotations

import numpy as np
from django.db import transaction

from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.metrics import CandidateMetrics, summarise
from migration_app.evaluation.verdicts import PairedSamples, Plan, decide
from migration_app.evaluation.verdicts import Verdict as Judgement
from migration_app.runs.models import Assessment, Run
from migration_app.scoring.judging.evidence import judge_evidence
from migration_app.scoring.reviews import human_differences

from .columns import CandidateColumns, SampleColumns, read_run
from .data import comparison_data
from .models import Comparison, Verdict
from .projection import project_run
from .rules import check_rules


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
    samples, candidates = read_run(run)
    metrics = {entry.entry.pk: summarise(entry.calls, entry.scores) for entry in candidates}
    plan = plan_of(run.assessment)
    verdicts = _judge(run, plan, samples, candidates, metrics)
    data = comparison_data(run, samples, candidates, metrics, verdicts, plan)
    return _store(run, data, verdicts)


def _judge(
    run: Run,
    plan: Plan,
    samples: SampleColumns,
    candidates: list[CandidateColumns],
    metrics: dict[int, CandidateMetrics],
) -> dict[int, Judgement]:
    baseline, *others = candidates
    evidence, people = judge_evidence(run), human_differences(run)
    pairs = {
        str(other.entry.pk): PairedSamples(
            baseline=baseline.scores.values,
            candidate=other.scores.values,
            clusters=samples.clusters,
            categories=samples.categories,
            complete=baseline.unanswered == 0 and other.unanswered == 0,
            judge=evidence.get(other.entry.pk),
            human=_labels(people.get(other.entry.pk), samples) if other.entry.pk in evidence else None,
        )
        for other in others
    }
    rules = {
        str(other.entry.pk): check_rules(run.assessment.rules, metrics[other.entry.pk]) for other in others
    }
    return {int(pk): verdict for pk, verdict in decide(pairs, plan, rules).items()}


def _labels(said: dict[int, float] | None, samples: SampleColumns) -> Floats | None:
    """People's word on each sample's difference, NaN where nobody was asked; None where nobody was at all."""
    if not said:
        return None
    column = np.full(samples.ids.size, np.nan)
    column[samples.rows(list(said))] = list(said.values())
    return column


@transaction.atomic
def _store(run: Run, data: dict, verdicts: dict[int, Judgement]) -> Comparison:
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
