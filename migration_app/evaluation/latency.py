"""Latency in the field's terms: TTFT, ITL, TPOT, percentiles with distribution-free intervals.

Times are seconds. TTFT counts to the first content token, so what follows it is decoding alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .intervals import Floats, Interval, known, order_statistic_ranks

QUANTILES = (0.50, 0.95, 0.99)


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Known durations and their mean, for whoever asks several things of them. For one thread.

    values: a copy of their own, put in order as far as somebody asked.
    """

    values: Floats
    mean: float | None

    @classmethod
    def of(cls, seconds: Seconds) -> Durations:
        """Unknown (NaN) durations are left out."""
        if isinstance(seconds, Durations):
            return seconds
        values = np.array(known(seconds))
        return cls(values, float(values.mean()) if values.size else None)

    @property
    def n(self) -> int:
        return int(self.values.size)

    def at(self, ranks: Sequence[int] | NDArray[np.int64]) -> Floats:
        """The durations of these ranks, from 1. Those between two of them lie between them in `values`."""
        places = np.asarray(ranks, dtype=np.int64) - 1
        if places.size:
            self.values.partition(places)
        return self.values[places]

    def quantile(self, quantile: float, confidence: float = 0.95, *, independent: bool = True) -> Quantile:
        """A percentile with its interval; as `summarise_latencies` has it."""
        bounds = order_statistic_ranks(self.n, quantile, confidence) if independent else (None, None)
        ranks = (_rank(self.n, quantile), *bounds)
        wanted = [rank for rank in ranks if rank is not None]
        found = dict(zip(wanted, self.at(wanted).tolist(), strict=True))
        value, low, high = (None if rank is None else found[rank] for rank in ranks)
        return Quantile(value, Interval(low, high, confidence))


Seconds = Sequence[float] | NDArray[Any] | Durations


@dataclass(frozen=True, slots=True)
class Quantile:
    """A percentile: an observed value (`None` when nothing was observed) and its interval."""

    value: float | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """`n` known durations. Half are within `p50`, 95% within `p95`; "the slowest 5%" is beyond it."""

    n: int
    mean: float | None
    p50: Quantile
    p95: Quantile
    p99: Quantile


def summarise_latencies(
    seconds: Seconds, confidence: float = 0.95, *, independent: bool = True
) -> LatencySummary:
    """Mean, p50, p95 and p99 of durations; unknown (NaN) ones are left out.

    A percentile is the smallest observation that at least that share does not exceed; its
    interval is made of order statistics (`intervals.order_statistic_ranks`). Values that are
    not `independent` (the gaps within a call) get no interval: it would be too narrow.
    """
    found = Durations.of(seconds)
    p50, p95, p99 = (found.quantile(quantile, confidence, independent=independent) for quantile in QUANTILES)
    return LatencySummary(found.n, found.mean, p50, p95, p99)


def summarise_counted(seconds: Floats, counts: NDArray[np.int64], confidence: float = 0.95) -> LatencySummary:
    """As `summarise_latencies` with `independent=False`, of known durations given once with their counts.

    Millions of gaps of few distinct lengths are kept like this. Both columns have one length.
    """
    order = np.argsort(seconds)
    values, upto = seconds[order], np.cumsum(counts[order])
    n = int(upto[-1]) if upto.size else 0
    p50, p95, p99 = (
        Quantile(
            None if (rank := _rank(n, quantile)) is None else float(values[np.searchsorted(upto, rank)]),
            Interval(None, None, confidence),
        )
        for quantile in QUANTILES
    )
    return LatencySummary(n, float(seconds @ counts / n) if n else None, p50, p95, p99)


def tpots(ttft: Floats, total: Floats, output_tokens: NDArray[Any]) -> Floats:
    """Time per output token after the first: (total − TTFT)/(output tokens − 1), in seconds.

    Tokens of reasoning are written before the first of the answer, so they must not be among these.
    Columns of equal length; NaN is unknown, going in and coming out, and so are whole numbers of
    tokens below 0. Unknown, too, below two tokens and where the clock readings contradict each other.
    """
    pace, usable = total - ttft, (output_tokens >= 2) & (total >= ttft)
    with np.errstate(divide="ignore", invalid="ignore"):
        pace /= output_tokens - 1
    pace[~usable] = np.nan
    return pace


def ecdf(seconds: Seconds, points: int = 64) -> list[tuple[float, float]]:
    """At most `points` steps (seconds, share at or below them) of the empirical distribution, for a curve.

    It starts at the smallest value, ends at (largest, 1.0) and rises in both coordinates.
    Unknown (NaN) values are left out. Raises ValueError for fewer than two points.
    """
    if points < 2:
        raise ValueError("A curve has at least two points.")
    found = Durations.of(seconds)
    ranks = 1 + np.unique(np.linspace(0, found.n - 1, min(points, found.n)).round().astype(int))
    steps = found.at(ranks)
    last = np.flatnonzero(np.append(steps[1:] != steps[:-1], True)[: ranks.size])  # of equal ones
    ends = np.append(ranks[1:], found.n + 1) - 1
    # What is as large as a step lies before it, or between it and the next.
    more = [np.count_nonzero(found.values[ranks[k] : ends[k]] == steps[k]) for k in last]
    return list(zip(steps[last].tolist(), ((ranks[last] + more) / found.n).tolist(), strict=True))


def _rank(n: int, quantile: float) -> int | None:
    # 1e-9 keeps 0.95 × 100 = 95.00000000000001 from reading as rank 96.
    return max(1, int(np.ceil(quantile * n - 1e-9))) if n else None
