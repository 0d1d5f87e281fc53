"""What the test was made of: a line for each candidate and sample, as the comparison counted them.

From these lines and the settled plan anybody can do the test again (`docs/verdict.md`, "Redo it"). They hold
numbers, a sample's name, category and cluster; nobody's request and nobody's answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.splits import dealt
from migration_app.runs.models import Run
from migration_app.workloads.models import Sample

from .columns import CandidateColumns, SampleColumns
from .inputs import inputs_of
from .measured import judged
from .option import Judged, paired_samples
from .per_sample import PerSample, per_sample

_CHUNK = 2_000


class ScoreLine(NamedTuple):
    """One candidate on one sample, means over repetitions; `None` is unknown.

    cluster: lines with the same one are not independent. half: 1 where a split is chosen on it, 2 where it
    is judged. baseline, candidate: scores in [0, 1], `None` unscored. baseline_answered: without requests
    that failed, `None` where all did. candidate_lowest: with answers as wrong that could not be scored
    beside a scored one. people: what reviewers said of the difference. costs: of one request, in the run's
    currency. seconds: until the whole answer.
    """

    option: int
    label: str
    sample: str
    category: str
    cluster: int
    half: int
    baseline: float | None
    candidate: float | None
    baseline_answered: float | None
    candidate_lowest: float | None
    people: float | None
    baseline_cost: float | None
    candidate_cost: float | None
    baseline_seconds: float | None
    candidate_seconds: float | None


def score_lines(run: Run) -> Iterator[ScoreLine]:
    """By candidate and sample. Raises Projection.DoesNotExist before the run was compared."""
    inputs = inputs_of(run)
    samples, judges = inputs.samples, judged(run, inputs.samples)
    half = np.where(dealt(samples.clusters, run.assessment.seed), 1, 2)
    candidates = iter(inputs.candidates)
    baseline = next(candidates)
    before = per_sample(baseline, samples.ids.size)
    for other in candidates:
        columns = _columns(samples, (baseline, before), other, judges.get(other.entry.pk))
        fixed = other.entry.position, other.entry.label
        for start in range(0, samples.ids.size, _CHUNK):
            rows = slice(start, start + _CHUNK)
            shared = samples.categories[rows].tolist(), samples.clusters[rows].tolist(), half[rows].tolist()
            parts = _names(samples, rows), *shared, *(_known(column[rows]) for column in columns)
            for values in zip(*parts, strict=True):
                yield ScoreLine(*fixed, *values)


def _columns(
    samples: SampleColumns,
    today: tuple[CandidateColumns, PerSample],
    other: CandidateColumns,
    judge: Judged | None,
) -> tuple[Floats, ...]:
    baseline, before = today
    pairs, after = paired_samples(samples, baseline, other, judge), per_sample(other, samples.ids.size)
    people = np.full(samples.ids.size, np.nan) if pairs.human is None else pairs.human
    scores = pairs.baseline, pairs.candidate, pairs.heard, pairs.feared
    return *scores, people, before.costs, after.costs, before.seconds, after.seconds


def _names(samples: SampleColumns, rows: slice) -> list[str]:
    """As lists call them: a sample's own name, or its place."""
    ids = samples.ids[rows].tolist()
    found = {
        sample.pk: str(sample) for sample in Sample.objects.filter(pk__in=ids).only("external_id", "position")
    }
    return [found[pk] for pk in ids]


def _known(values: Floats) -> list[Any]:
    return [None if math.isnan(value) else value for value in values.tolist()]
