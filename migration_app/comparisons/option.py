"""One option of a run measured: all that its calls are read for, so that they may be let go.

A million calls are some 60 MB. Options are read one after the other and measured two at a time,
numpy's work on both cores; what stays of each is small beside its calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from threading import Semaphore
from typing import Any

import numpy as np
from numpy.typing import NDArray

from migration_app.evaluation.clustered import sources_of
from migration_app.evaluation.evidence import Evidence, gather
from migration_app.evaluation.goodput import Goodput
from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.judging import JudgeEvidence
from migration_app.evaluation.labels import are_rising
from migration_app.evaluation.latency import ecdf
from migration_app.evaluation.metrics import CandidateMetrics, Quality, Scores, summarise, summarise_quality
from migration_app.evaluation.pairs import PairedSamples
from migration_app.evaluation.plan import Plan
from migration_app.evaluation.speed_change import Change, Tail, tail_change, tail_of
from migration_app.runs.models import Run, RunCandidate

from .columns import CandidateColumns, SampleColumns
from .load import goodput_of
from .moves import Traffic, headroom_of, move_of, projection_of
from .per_sample import PerSample, per_sample

_AT_ONCE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A candidate's judge. `human`: people's word on the difference by sample, NaN without one."""

    evidence: JudgeEvidence
    human: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What every option of a run is measured within. `judges`: by the key of an entry."""

    run: Run
    plan: Plan
    samples: SampleColumns
    traffic: Traffic
    judges: Mapping[int, Judged]


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """What is kept of one option. `evidence`, `move`, `slowest` are beside the baseline; `None` for itself.

    paired: its seconds are kept of the baseline, which all others are set beside; empty for these.
    """

    entry: RunCandidate
    scores: Scores
    paired: PerSample
    tail: Tail
    unanswered: int
    usage_estimated: bool
    metrics: CandidateMetrics
    curve: Sequence[tuple[float, float]]
    goodput: Goodput | None
    headroom: Mapping[str, Any] | None
    slowest: Change | None
    categories: Mapping[str, Quality] = field(default_factory=dict)
    monthly_cost: Mapping[str, Any] | None = None
    evidence: Evidence | None = None
    move: Mapping[str, Any] | None = None


def measure_options(frame: Frame, columns: Iterable[CandidateColumns]) -> list[Option]:
    """Every option in the order of `columns`, the baseline first; the database is left alone here.

    The next columns are asked for when those of one of two are done with, so no third is in memory.
    """
    free, waiting, found = Semaphore(_AT_ONCE), iter(columns), list[Future[Option]]()

    def measured(box: list[CandidateColumns]) -> Option:
        baseline = None if box[0].entry.is_baseline else found[0].result()
        try:
            option = _from_calls(frame, box.pop(), baseline)
        finally:
            free.release()
        return _from_samples(frame, option, baseline)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        while free.acquire() and (box := list(islice(waiting, 1))):
            found.append(pool.submit(measured, box))
            del box
    return [future.result() for future in found]


def _from_calls(frame: Frame, columns: CandidateColumns, baseline: Option | None) -> Option:
    """All that needs the calls. What is kept are copies: columns are views, and would keep their archive."""
    scores, calls = columns.scores, columns.calls
    paired = per_sample(columns, frame.samples.ids.size)
    answered = calls.answered()
    tail = tail_of(answered)
    return Option(
        entry=columns.entry,
        scores=_copied(scores),
        paired=paired,
        tail=tail,
        unanswered=columns.unanswered,
        usage_estimated=columns.usage_estimated,
        metrics=summarise(calls, scores, answered=answered, sources=_sources_of_calls(frame, columns)),
        curve=ecdf(answered),
        goodput=goodput_of(frame.run, calls),
        headroom=headroom_of(columns, frame.traffic),
        slowest=None if baseline is None else tail_change(baseline.tail, tail),
    )


def _copied(scores: Scores) -> Scores:
    """Without the archive that its columns are views of."""
    lowest, answered = (None if each is None else each.copy() for each in (scores.lowest, scores.answered))
    return Scores(scores.values.copy(), scores.clusters, scores.failed.copy(), lowest, answered)


def _sources_of_calls(frame: Frame, columns: CandidateColumns) -> NDArray[Any] | None:
    """The cluster of each call; `None` where each is its own."""
    sources = frame.samples.clusters[columns.sample_rows]
    return None if are_rising(sources) else sources


def _from_samples(frame: Frame, option: Option, baseline: Option | None) -> Option:
    """The same with all that needs one value a sample."""
    samples, traffic, paired = frame.samples, frame.traffic, option.paired
    option = replace(
        option,
        categories=_categories(samples, option.scores),
        monthly_cost=projection_of(paired, samples, traffic) if traffic.monthly else None,
    )
    if baseline is None:
        return option
    pairs = paired_samples(samples, baseline, option, frame.judges.get(option.entry.pk))
    move = move_of(frame.run.assessment, (baseline.paired, paired), samples, traffic)
    return replace(
        option,
        paired=PerSample(paired.costs, np.empty(0)),
        evidence=gather(pairs, frame.plan),
        move=move | {"slowest": option.slowest, "headroom": option.headroom},
    )


def paired_samples(
    samples: SampleColumns,
    baseline: CandidateColumns | Option,
    other: CandidateColumns | Option,
    judge: Judged | None,
) -> PairedSamples:
    """One candidate's scores beside the baseline's, as the verdict takes them."""
    return PairedSamples(
        baseline=baseline.scores.values,
        candidate=other.scores.values,
        clusters=samples.clusters,
        categories=samples.categories,
        complete=baseline.unanswered == 0 and other.unanswered == 0,
        judge=judge.evidence if judge else None,
        human=judge.human if judge else None,
        silent=baseline.scores.failed,
        answered=baseline.scores.answered,
        lowest=other.scores.lowest,
    )


def _categories(samples: SampleColumns, scores: Scores) -> dict[str, Quality]:
    """Quality by named category."""
    sources = sources_of(samples.clusters)

    def of(rows: Any) -> Scores:
        clusters = None if sources is None else sources[rows]
        return Scores(scores.values[rows], clusters, scores.failed[rows])

    return {name: summarise_quality(of(rows)) for name, rows in samples.categories.rows.items() if name}
