"""How much faster or slower a candidate answers, with intervals that assume no distribution."""

from __future__ import annotations

from dataclasses import dataclass

from .intervals import Floats, Interval
from .latency import Durations, Quantile, Seconds


@dataclass(frozen=True, slots=True)
class Change:
    """A change in seconds, candidate less baseline; `None` where nothing could be paired."""

    value: float | None
    interval: Interval
    n: int


@dataclass(frozen=True, slots=True)
class Tail:
    """A percentile of one side, of `n` known durations, with an interval of its half of the confidence."""

    percentile: Quantile
    n: int
    confidence: float


def typical_change(baseline: Floats, candidate: Floats, confidence: float = 0.95) -> Change:
    """Median of the paired differences, one entry per sample (NaN unknown), in seconds.

    Its interval is that of the sign test: two order statistics of the differences.
    """
    differences = Durations.of(candidate - baseline)
    n = differences.n
    median = float(differences.at([(n + 1) // 2, n // 2 + 1]).mean()) if n else None
    return Change(median, differences.quantile(0.5, confidence).interval, n)


def tail_of(seconds: Seconds, quantile: float = 0.95, confidence: float = 0.95) -> Tail:
    """One side of `tail_change`."""
    found = Durations.of(seconds)
    return Tail(found.quantile(quantile, (1 + confidence) / 2), found.n, confidence)


def tail_change(baseline: Tail, candidate: Tail) -> Change:
    """Difference of the same percentile of both.

    Each percentile has an interval of confidence (1 + confidence)/2; the farthest ends of the
    two bound their difference (Bonferroni), however the two depend on each other.
    """
    before, after = baseline.percentile, candidate.percentile
    bounds = Interval(
        _less(after.interval.low, before.interval.high),
        _less(after.interval.high, before.interval.low),
        candidate.confidence,
    )
    return Change(_less(after.value, before.value), bounds, min(baseline.n, candidate.n))


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
