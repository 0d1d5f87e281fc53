"""All that is computed from a run's columns, before it is put into plain JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.metrics import CandidateMetrics
from migration_app.evaluation.scorers import is_judged
from migration_app.evaluation.verdicts import Plan, Verdict, decide, decide_on
from migration_app.runs.models import Run
from migration_app.scoring.actions import Scorers
from migration_app.scoring.judging.evidence import judge_evidence
from migration_app.scoring.reviews import human_differences

from .columns import CandidateColumns, SampleColumns
from .moves import Traffic, traffic_of
from .option import Frame, Judged, Option, measure_options, paired_samples
from .rules import check_rules
from .split import split_of
from .steadiness import steadiness


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The baseline first in `options`; verdicts by the key of a run's entry."""

    plan: Plan
    samples: SampleColumns
    options: Sequence[Option]
    traffic: Traffic
    verdicts: Mapping[int, Verdict]
    split: Mapping[str, Any] | None
    steadiness: Mapping[str, Any]


def measure(run: Run, plan: Plan, samples: SampleColumns, candidates: Iterable[CandidateColumns]) -> Measured:
    """Measure, compare with the baseline, judge. Candidates are taken one by one, the baseline first."""
    frame = Frame(run, plan, samples, traffic_of(run.assessment, samples), judged(run, samples))
    options = measure_options(frame, candidates)
    verdicts = _verdicts(frame, options)
    return Measured(
        plan=plan,
        samples=samples,
        options=options,
        traffic=frame.traffic,
        verdicts=verdicts,
        split=_split(frame, options, verdicts),
        steadiness=steadiness(run, samples, options[0]),
    )


def _verdicts(frame: Frame, options: Sequence[Option]) -> dict[int, Verdict]:
    wanted, others = frame.run.assessment.rules, options[1:]
    evidence = {str(other.entry.pk): other.evidence for other in others if other.evidence is not None}
    rules = {str(other.entry.pk): check_rules(wanted, other.metrics, other.entry.terms) for other in others}
    return {int(pk): verdict for pk, verdict in decide_on(evidence, frame.plan, rules).items()}


def judged(run: Run, samples: SampleColumns) -> dict[int, Judged]:
    """What is known of the judges behind the scores, by entry; empty where no judge gave marks."""
    evidence = judge_evidence(run)
    if not evidence:
        return {}
    people, marked = human_differences(run), _marked_by_judges(run, samples)
    return {
        pk: Judged(replace(found, categories=marked), _labels(people.get(pk), samples))
        for pk, found in evidence.items()
    }


def _marked_by_judges(run: Run, samples: SampleColumns) -> frozenset[str]:
    """The run's categories whose answers judges mark; the others are scored by rule."""
    scorers = Scorers(run.assessment.scoring)
    return frozenset(name for name in samples.categories.names if is_judged(scorers.of(name).name))


def _labels(said: Mapping[int, float] | None, samples: SampleColumns) -> Floats | None:
    """People's word on each sample's difference, NaN where nobody was asked; None where nobody was at all."""
    kept = {pk: word for pk, word in (said or {}).items() if samples.has(pk)}
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
        pairs[str(pk)] = paired_samples(samples, baseline, other, judges.get(pk))
        rules[str(pk)] = check_rules(run.assessment.rules, metrics[pk], other.entry.terms)
    return {int(pk): verdict for pk, verdict in decide(pairs, plan, rules).items()}


def _split(frame: Frame, options: Sequence[Option], verdicts: Mapping[int, Verdict]) -> dict[str, Any] | None:
    seed = frame.run.assessment.seed
    return split_of(
        frame.samples, options, verdicts, frame.plan, frame.traffic, seed=seed, judges=frame.judges
    )
