"""How much faster or slower a candidate answers, with intervals that assume no distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .intervals import Floats, Interval, known, order_statistic_interval


@dataclass(frozen=True, slots=True)
class Change:
    """A change in seconds, candidate less baseline; `None` where nothing could be paired."""

    value: float | None
    interval: Interval
    n: int


def typical_change(baseline: Floats, candidate: Floats, confidence: float = 0.95) -> Change:
    """Median of the paired differences, one entry per sample (NaN unknown), in seconds.

    Its interval is that of the sign test: two order statistics of the differences.
    """
    differences = known(candidate - baseline)
    value = float(np.median(differences)) if differences.size else None
    return Change(value, order_statistic_interval(differences, 0.5, confidence), differences.size)


def quantile_change(
    baseline: Floats, candidate: Floats, quantile: float = 0.95, confidence: float = 0.95
) -> Change:
    """Difference of the same percentile of both, from columns of seconds.

    Each percentile gets an interval of confidence (1 + confidence)/2; the farthest ends of the
    two bound their difference (Bonferroni), however the two depend on each other.
    """
    before, after = known(baseline), known(candidate)
    each = (1 + confidence) / 2
    first, second = (order_statistic_interval(column, quantile, each) for column in (before, after))
    value = None
    if before.size and after.size:
        values = [float(np.quantile(c, quantile, method="inverted_cdf")) for c in (before, after)]
        value = values[1] - values[0]
    bounds = Interval(_less(second.low, first.high), _less(second.high, first.low), confidence)
    return Change(value, bounds, min(before.size, after.size))


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
