"""All that is computed from a run's columns, before it is put into plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.judging import JudgeEvidence
from migration_app.evaluation.metrics import CandidateMetrics, summarise
from migration_app.evaluation.verdicts import PairedSamples, Plan, Verdict, decide
from migration_app.runs.models import Run
from migration_app.scoring.judging.evidence import judge_evidence
from migration_app.scoring.reviews import human_differences

from .columns import CandidateColumns, SampleColumns
from .moves import Traffic, move_of, projection_of, traffic_of
from .per_sample import PerSample, per_sample
from .rules import check_rules
from .split import split_of
from .steadiness import steadiness


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A candidate's judge. `human`: people's word on the difference by sample, NaN without one."""

    evidence: JudgeEvidence
    human: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """By the key of a run's entry, the baseline first in `candidates`."""

    plan: Plan
    samples: SampleColumns
    candidates: Sequence[CandidateColumns]
    traffic: Traffic
    metrics: Mapping[int, CandidateMetrics]
    verdicts: Mapping[int, Verdict]
    moves: Mapping[int, Mapping[str, Any]]
    monthly_costs: Mapping[int, Mapping[str, Any] | None]
    split: Mapping[str, Any] | None
    steadiness: Mapping[str, Any]


def measure(run: Run, plan: Plan, samples: SampleColumns, candidates: Sequence[CandidateColumns]) -> Measured:
    """Measure, compare with the baseline, judge."""
    baseline, *others = candidates
    assessment, traffic = run.assessment, traffic_of(run.assessment, samples)
    metrics = {columns.entry.pk: summarise(columns.calls, columns.scores) for columns in candidates}
    judges = judged(run, samples)
    verdicts = verdicts_of(run, plan, samples, candidates, metrics, judges)
    paired = {columns.entry.pk: per_sample(columns, samples.ids.size) for columns in candidates}
    first = paired[baseline.entry.pk]
    return Measured(
        plan=plan,
        samples=samples,
        candidates=candidates,
        traffic=traffic,
        metrics=metrics,
        verdicts=verdicts,
        moves={
            other.entry.pk: move_of(
                assessment, baseline, other, (first, paired[other.entry.pk]), samples, traffic
            )
            for other in others
        },
        monthly_costs={
            pk: projection_of(each, samples, traffic) if traffic.monthly else None
            for pk, each in paired.items()
        },
        split=_split(run, plan, samples, candidates, paired, verdicts, traffic, judges),
        steadiness=steadiness(run, samples, baseline),
    )


def judged(run: Run, samples: SampleColumns) -> dict[int, Judged]:
    """What is known of the judges behind the scores, by entry; empty where no judge gave marks."""
    evidence, people = judge_evidence(run), human_differences(run)
    return {pk: Judged(found, _labels(people.get(pk), samples)) for pk, found in evidence.items()}


def _labels(said: Mapping[int, float] | None, samples: SampleColumns) -> Floats | None:
    """People's word on each sample's difference, NaN where nobody was asked; None where nobody was at all."""
    known = set(samples.ids.tolist())
    kept = {pk: word for pk, word in (said or {}).items() if pk in known}
    if not kept:
        return None
    column = np.full(samples.ids.size, np.nan)
    column[samples.rows(list(kept))] = list(kept.values())
    return column


def verdicts_of(
    run: Run,
    plan: Plan,
    samples: SampleColumns,
    candidates: Sequence[CandidateColumns],
    metrics: Mapping[int, CandidateMetrics],
    judges: Mapping[int, Judged],
) -> dict[int, Verdict]:
    """A verdict for every candidate, by the key of its entry."""
    baseline, *others = candidates
    pairs, rules = {}, {}
    for other in others:
        pk = other.entry.pk
        judge = judges.get(pk)
        pairs[str(pk)] = PairedSamples(
            baseline=baseline.scores.values,
            candidate=other.scores.values,
            clusters=samples.clusters,
            categories=samples.categories,
            complete=baseline.unanswered == 0 and other.unanswered == 0,
            judge=judge.evidence if judge else None,
            human=judge.human if judge else None,
        )
        rules[str(pk)] = check_rules(run.assessment.rules, metrics[pk], other.entry.terms)
    return {int(pk): verdict for pk, verdict in decide(pairs, plan, rules).items()}


def _split(
    run: Run,
    plan: Plan,
    samples: SampleColumns,
    candidates: Sequence[CandidateColumns],
    paired: Mapping[int, PerSample],
    verdicts: Mapping[int, Verdict],
    traffic: Traffic,
    judges: Mapping[int, Judged],
) -> dict[str, Any] | None:
    weakest = min((one.evidence for one in judges.values()), key=lambda judge: judge.labels, default=None)
    seed = run.assessment.seed
    return split_of(samples, candidates, paired, verdicts, plan, traffic, seed=seed, judge=weakest)
