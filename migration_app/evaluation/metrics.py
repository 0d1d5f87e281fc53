"""One candidate's numbers from columns of calls and of scored samples.

Columns are numpy arrays of equal length; NaN is unknown. Nothing here loops over rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .clustered import Labels, cluster_mean_interval, codes_of, sources_of
from .intervals import Floats, Interval, known, proportion_interval
from .latency import Durations, LatencySummary, summarise_counted, summarise_latencies, tpots

# Amounts of one currency: exact decimals, floats (NaN unknown), or whole nanos (10⁻⁹; −1 unknown), exact too.
Costs = Sequence[Decimal | None] | Floats | NDArray[np.int64]
# Of tokens: whole numbers, −1 unknown; or floats, NaN unknown.
Counts = NDArray[np.int32] | Floats
PER_THOUSAND = 1000
NANO = 1e-9


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` of `n`, with Wilson's interval; `value` is `None` when n = 0."""

    count: int
    n: int
    value: float | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class Quality:
    """Mean score in [0, 1] over scored samples. Failed samples are scored 0 and are in the mean."""

    mean: float | None
    interval: Interval
    n_scored: int
    n_unscored: int
    n_failed: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost of 1,000 requests, from the calls whose price is known; `unpriced` calls are counted."""

    per_1000: Decimal | None
    interval: Interval | None
    priced: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class CandidateMetrics:
    """Everything a page says of one candidate alone. Times in seconds; `None` is unknown."""

    calls: int
    quality: Quality
    error_rate: Rate
    refusal_rate: Rate
    ttft: LatencySummary
    total: LatencySummary
    tpot: LatencySummary
    itl: LatencySummary
    thinking: LatencySummary  # before the first word of the answer, where a vendor streams it
    cost: Cost
    mean_input_tokens: float | None
    mean_output_tokens: float | None

    @property
    def tokens_per_second(self) -> float | None:
        """Decoding speed without the prefill: 1/mean TPOT. `None` where that is unknown or 0."""
        return 1 / self.tpot.mean if self.tpot.mean else None


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """One row per settled call, the last attempt of each item.

    failed, refused: bool. ttft, total: seconds. input_tokens, output_tokens: see `Counts`.
    costs: see `Costs`. token_gaps: the gaps between content chunks of all calls in one
    flat array, seconds; gap_counts: how often each of them occurred (`None`: once each).
    content_tokens: of the output, what is no thinking (`None`: all of it). thinking: seconds from
    the first token of it to the first of the answer, NaN where none was sent (`None`: nowhere).
    """

    failed: NDArray[np.bool_]
    refused: NDArray[np.bool_]
    ttft: Floats
    total: Floats
    input_tokens: Counts
    output_tokens: Counts
    costs: Costs
    token_gaps: Floats
    gap_counts: NDArray[np.int64] | None = None
    content_tokens: Counts | None = None
    thinking: Floats | None = None

    def __post_init__(self) -> None:
        columns = [self.failed, self.refused, self.ttft, self.total, self.input_tokens, self.output_tokens]
        columns += [column for column in (self.content_tokens, self.thinking) if column is not None]
        if {len(column) for column in (*columns, self.costs)} != {len(self.failed)}:
            raise ValueError("Every column of calls needs one entry per call.")

    @property
    def content(self) -> Counts:
        """The tokens that came after the first of the answer: what it was thought over comes before."""
        return self.output_tokens if self.content_tokens is None else self.content_tokens

    def answered(self) -> Durations:
        """Seconds of the calls that were answered; what a failure took is none."""
        return Durations.of(self.total[~self.failed])


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """One row per sample: the score in [0, 1] averaged over repetitions (NaN unscored), its cluster
    (`None`: each its own), and whether every repetition failed (then the score is 0).

    lowest: the same with every repetition that could not be scored as wrong. answered: of the repetitions
    that did not fail alone. Both `None` where they are `values`, as with one repetition.
    """

    values: Floats
    clusters: Labels | None
    failed: NDArray[np.bool_]
    lowest: Floats | None = None
    answered: Floats | None = None

    @property
    def heard(self) -> Floats:
        """What was answered, without what failed: NaN where all did."""
        return np.where(self.failed, np.nan, self.values if self.answered is None else self.answered)


def summarise(
    calls: Calls,
    scores: Scores,
    confidence: float = 0.95,
    *,
    answered: Durations | None = None,
    sources: NDArray[Any] | None = None,
) -> CandidateMetrics:
    """All numbers of one candidate. Latency is that of answered calls: a failure has none.

    answered: `calls.answered()`, where that was made already. sources: the cluster of each call, which the
    repetitions of a sample share; `None` where each is its own.
    """
    came = ~calls.failed
    pace = tpots(calls.ttft, calls.total, calls.content)
    thinking = np.empty(0) if calls.thinking is None else calls.thinking[came]
    return CandidateMetrics(
        calls=len(calls.failed),
        quality=summarise_quality(scores, confidence),
        error_rate=rate(int(np.count_nonzero(calls.failed)), len(calls.failed), confidence),
        refusal_rate=rate(int(np.count_nonzero(calls.refused)), len(calls.refused), confidence),
        ttft=summarise_latencies(calls.ttft[came], confidence),
        total=summarise_latencies(answered or calls.answered(), confidence),
        tpot=summarise_latencies(pace[came], confidence),
        itl=_summarise_gaps(calls, confidence),
        thinking=summarise_latencies(thinking, confidence),
        cost=summarise_costs(calls.costs, confidence, sources),
        mean_input_tokens=mean_count(calls.input_tokens),
        mean_output_tokens=mean_count(calls.output_tokens),
    )


def mean_count(*columns: Counts) -> float | None:
    """Mean of one column, or of several together, over the calls where each is known; None without any."""
    known = np.logical_and.reduce([column >= 0 for column in columns])  # NaN is not
    n = int(np.count_nonzero(known))
    return float(sum(column.sum(where=known, dtype=np.float64) for column in columns)) / n if n else None


def _summarise_gaps(calls: Calls, confidence: float) -> LatencySummary:
    if calls.gap_counts is None:
        return summarise_latencies(calls.token_gaps, confidence, independent=False)
    return summarise_counted(calls.token_gaps, calls.gap_counts, confidence)


def rate(count: int, n: int, confidence: float = 0.95) -> Rate:
    """A share with its interval."""
    return Rate(count, n, count / n if n else None, proportion_interval(count, n, confidence))


def summarise_quality(scores: Scores, confidence: float = 0.95) -> Quality:
    """Mean score with its interval: Wilson's where scores are 0 or 1 and no cluster is shared,
    else the clustered t whose bounds carry a pseudo-sample of 0 and of 1."""
    values, sources = scores.values, None if scores.clusters is None else sources_of(scores.clusters)
    scored = ~np.isnan(values)
    if not scored.all():
        values, sources = values[scored], None if sources is None else sources[scored]
    return Quality(
        mean=_mean(values),
        interval=_quality_interval(values, sources, confidence),
        n_scored=values.size,
        n_unscored=int(scores.values.size - values.size),
        n_failed=int(np.count_nonzero(scores.failed)),
    )


def summarise_costs(costs: Costs, confidence: float = 0.95, sources: NDArray[Any] | None = None) -> Cost:
    """Mean cost of the priced calls × 1,000. Exact amounts are added exactly; the interval is Student's,
    its variance taken between `sources`."""
    amounts = _amounts(costs)
    priced = known(amounts)
    if not priced.size:
        return Cost(None, None, 0, amounts.size)
    per_1000 = _exact_sum(costs, priced) * PER_THOUSAND / priced.size
    mean = cluster_mean_interval(amounts if sources is not None else priced, sources, confidence)
    return Cost(per_1000, _per_thousand(mean), priced.size, amounts.size - priced.size)


def _quality_interval(values: Floats, sources: NDArray[Any] | None, confidence: float) -> Interval:
    binary = bool(np.all((values == 0) | (values == 1)))
    if binary and (sources is None or int(codes_of(sources).max(initial=-1)) + 1 == values.size):
        return proportion_interval(int(values.sum()), values.size, confidence)
    return cluster_mean_interval(values, sources, confidence, bounds=(0.0, 1.0))


def _per_thousand(mean: Interval) -> Interval | None:
    if mean.low is None or mean.high is None:
        return None
    return Interval(max(0.0, mean.low * PER_THOUSAND), mean.high * PER_THOUSAND, mean.confidence)


def _amounts(costs: Costs) -> Floats:
    if isinstance(costs, np.ndarray):
        floats = costs.astype(np.float64, copy=False)
        return floats if costs.dtype.kind == "f" else np.where(floats < 0, np.nan, floats * NANO)
    return np.fromiter((math.nan if cost is None else float(cost) for cost in costs), np.float64, len(costs))


def _exact_sum(costs: Costs, priced: Floats) -> Decimal:
    if isinstance(costs, np.ndarray) and costs.dtype.kind == "f":
        return Decimal(repr(float(priced.sum())))
    if isinstance(costs, np.ndarray) and costs.dtype.kind == "i":
        return Decimal(int(costs[costs >= 0].sum())).scaleb(-9)
    return sum((cost for cost in costs if cost is not None), Decimal(0))


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None
