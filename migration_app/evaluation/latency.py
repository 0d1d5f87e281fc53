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

# Ranks (from 1) of a percentile, its lower and its upper bound.
Plan = tuple[int | None, int | None, int | None]


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
    seconds: Sequence[float] | NDArray[Any], confidence: float = 0.95, *, independent: bool = True
) -> LatencySummary:
    """Mean, p50, p95 and p99 of durations; unknown (NaN) ones are left out.

    A percentile is the smallest observation that at least that share does not exceed; its
    interval is made of order statistics (`intervals.order_statistic_ranks`). All ranks are
    found in one partial sort, linear in n. Values that are not `independent` (the gaps within
    a call) get no interval: it would be too narrow.
    """
    array = known(seconds)
    plans = [_plan(array.size, quantile, confidence, independent) for quantile in QUANTILES]
    wanted = sorted({rank - 1 for plan in plans for rank in plan if rank is not None})
    ordered = np.partition(array, wanted) if wanted else array
    p50, p95, p99 = (_quantile(ordered, plan, confidence) for plan in plans)
    return LatencySummary(array.size, float(array.mean()) if array.size else None, p50, p95, p99)


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


def tpots(ttft: Floats, total: Floats, output_tokens: Floats) -> Floats:
    """Time per output token after the first: (total − TTFT)/(output tokens − 1), in seconds.

    Tokens of reasoning are written before the first of the answer, so they must not be among these.
    Columns of equal length; NaN is unknown, going in and coming out. Unknown, too, below two
    tokens and where the clock readings contradict each other.
    """
    pace, usable = total - ttft, (output_tokens >= 2) & (total >= ttft)
    with np.errstate(divide="ignore", invalid="ignore"):
        pace /= output_tokens - 1
    pace[~usable] = np.nan
    return pace


def ecdf(values: Sequence[float] | NDArray[Any], points: int = 64) -> list[tuple[float, float]]:
    """At most `points` steps (value, share at or below it) of the empirical distribution, for a curve.

    It starts at the smallest value, ends at (largest, 1.0) and rises in both coordinates.
    Unknown (NaN) values are left out. Raises ValueError for fewer than two points.
    """
    if points < 2:
        raise ValueError("A curve has at least two points.")
    array = np.sort(known(values))
    if not array.size:
        return []
    ranks = np.unique(np.linspace(0, array.size - 1, min(points, array.size)).round().astype(int))
    steps = np.unique(array[ranks])
    shares = np.searchsorted(array, steps, side="right") / array.size
    return list(zip(steps.tolist(), shares.tolist(), strict=True))


def _rank(n: int, quantile: float) -> int | None:
    # 1e-9 keeps 0.95 × 100 = 95.00000000000001 from reading as rank 96.
    return max(1, int(np.ceil(quantile * n - 1e-9))) if n else None


def _plan(n: int, quantile: float, confidence: float, independent: bool) -> Plan:
    bounds = order_statistic_ranks(n, quantile, confidence) if independent else (None, None)
    return _rank(n, quantile), *bounds


def _quantile(ordered: Floats, plan: Plan, confidence: float) -> Quantile:
    value, low, high = (None if rank is None else float(ordered[rank - 1]) for rank in plan)
    return Quantile(value, Interval(low, high, confidence))
