"""What a run's comparison starts from: the plan that was settled, and the columns that count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from migration_app.evaluation.verdicts import Plan
from migration_app.runs.models import Assessment, Run

from .columns import CandidateColumns, SampleColumns, read_candidates, read_samples
from .cut import cut_to
from .looks import TakenLooks, looks_of


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The baseline first in `candidates`; each is read when it is asked for, once."""

    plan: Plan
    samples: SampleColumns
    candidates: Iterable[CandidateColumns]
    taken: TakenLooks


def plan_of(assessment: Assessment) -> Plan:
    """What was settled before the run."""
    return Plan(
        margin=assessment.margin,
        category_margin=assessment.category_margin,
        critical_categories=frozenset(assessment.critical_categories),
        alpha=assessment.alpha,
    )


def inputs_of(run: Run) -> Inputs:
    """From the columns as they are stored. Raises Projection.DoesNotExist where there are none."""
    samples = read_samples(run)
    candidates = read_candidates(run, samples)
    plan, taken = plan_of(run.assessment), looks_of(run)
    if taken.counted is not None:
        samples, candidates = cut_to(samples, candidates, taken.counted, run.assessment.repetitions)
    if taken.looks is not None:
        plan = replace(plan, looks=taken.looks)
    return Inputs(plan, samples, candidates, taken)
