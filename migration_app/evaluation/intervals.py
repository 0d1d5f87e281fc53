"""Intervals for one quantity: a proportion, a quantile. A bound that does not exist is `None`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided interval. A bound is `None` where the data cannot give it (*not estimable*)."""

    low: float | None
    high: float | None
    confidence: float

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ValueError(f"A confidence lies between 0 and 1, not {self.confidence}.")

    @property
    def estimable(self) -> bool:
        """Both bounds exist."""
        return self.low is not None and self.high is not None


def known(values: Sequence[float] | NDArray[Any]) -> Floats:
    """`values` as floats without the unknown ones (NaN), flat; not a copy when all are known."""
    array = np.asarray(values, dtype=np.float64).ravel()
    unknown = np.isnan(array)
    return array[~unknown] if unknown.any() else array


def proportion_interval(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for a proportion (Wilson 1927), by scipy.

    Raises ValueError when the counts are impossible. With n = 0 neither bound exists.
    """
    if n < 0 or not 0 <= successes <= n:
        raise ValueError(f"{successes} of {n} is not a proportion.")
    if n == 0:
        return Interval(None, None, confidence)
    bounds = stats.binomtest(successes, n).proportion_ci(confidence_level=confidence, method="wilson")
    return Interval(max(0.0, float(bounds.low)), min(1.0, float(bounds.high)), confidence)


def order_statistic_ranks(n: int, quantile: float, confidence: float) -> tuple[int | None, int | None]:
    """Ranks (from 1) of the ordered values that bound a quantile, each tail at most (1 − confidence)/2.

    The number of values below the true quantile is Binomial(n, quantile), whatever the
    distribution (David & Nagaraja, *Order Statistics*, 2003, section 7.1). A rank outside
    1…n does not exist: `None`.
    """
    if not 0 < quantile < 1:
        raise ValueError(f"A quantile lies between 0 and 1, not {quantile}.")
    if n == 0:
        return None, None
    tail = (1 - confidence) / 2
    low = int(stats.binom.ppf(tail, n, quantile))
    high = int(stats.binom.ppf(1 - tail, n, quantile)) + 1
    return (low if low >= 1 else None), (high if high <= n else None)


def order_statistic_interval(
    values: Sequence[float] | NDArray[Any], quantile: float, confidence: float = 0.95
) -> Interval:
    """Distribution-free interval for a quantile of `values`; unknown (NaN) values are left out.

    At 95% the p95 has no upper bound below 72 values, the p99 none below 368.
    """
    array = known(values)
    low, high = order_statistic_ranks(array.size, quantile, confidence)
    ranks = [rank - 1 for rank in (low, high) if rank is not None]
    ordered = np.partition(array, ranks) if ranks else array
    return Interval(
        None if low is None else float(ordered[low - 1]),
        None if high is None else float(ordered[high - 1]),
        confidence,
    )
