"""Tango's score test and interval for the difference of two paired proportions.

Source: T. Tango (1998), "Equivalence test and confidence interval for the difference in
proportions for the paired-sample design", Statistics in Medicine 17:891–908. Neither scipy
nor statsmodels has it. `docs/verdict.md` derives it.

Notation: `better` pairs in which only the candidate is right, `worse` pairs in which only
the baseline is right, `n` pairs in all; the difference is (better − worse)/n.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from .intervals import Interval


def tango_p_value(better: int, worse: int, n: int, margin: float) -> float:
    """One-sided p-value of H0: difference ≤ −margin (small = the candidate is not inferior)."""
    return float(ndtr(-_checked_score(better, worse, n, margin)))


def tango_inferior_p_value(better: int, worse: int, n: int, margin: float) -> float:
    """One-sided p-value of H0: difference ≥ −margin (small = the candidate is inferior)."""
    return float(ndtr(_checked_score(better, worse, n, margin))) if n else 1.0


def tango_interval(better: int, worse: int, n: int, confidence: float = 0.95) -> Interval:
    """All differences the two-sided score test does not reject, so it agrees with the test.

    With n = 0 neither bound exists. With no discordant pair it is ±z²/(n + z²).
    """
    _check(better, worse, n)
    if n == 0:
        return Interval(None, None, confidence)
    z = float(ndtri((1 + confidence) / 2))
    low = -1.0 if worse == n else _root(lambda theta: tango_score(better, worse, n, theta) - z)
    high = 1.0 if better == n else _root(lambda theta: tango_score(better, worse, n, theta) + z)
    return Interval(low, high, confidence)


def tango_score(better: float, worse: float, n: float, difference: float) -> float:
    """Tango's statistic Z for H0: true difference = `difference`; standard normal under it.

    0 where the variance under H0 vanishes and the data agree with it; ±∞ where they do not.
    """
    excess = better - worse - n * difference
    variance = n * restricted_variance(better, worse, n, difference)
    if variance > 0:
        return excess / math.sqrt(variance)
    return math.copysign(math.inf, excess) if excess else 0.0


def restricted_variance(better: float, worse: float, n: float, difference: float) -> float:
    """Variance of one pair's difference, by the likeliest P(worse) whose true difference is `difference`.

    That P(worse) is the larger root of 2n·q² + B·q − worse·difference·(1 − difference) = 0
    with B = difference·(2n − better + worse) − better − worse.
    """
    b = difference * (2 * n - better + worse) - better - worse
    c = -worse * difference * (1 - difference)
    q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    return max(0.0, 2 * q + difference * (1 - difference))


def _root(function: Callable[[float], float]) -> float:
    edge = 1 - 1e-12
    return float(brentq(function, -edge, edge, xtol=1e-13))


def _checked_score(better: int, worse: int, n: int, margin: float) -> float:
    _check(better, worse, n)
    if not 0 <= margin < 1:
        raise ValueError(f"A margin is at least 0 and below 1, not {margin}.")
    return tango_score(better, worse, n, -margin) if n else -math.inf


def _check(better: int, worse: int, n: int) -> None:
    if better < 0 or worse < 0 or better + worse > n:
        raise ValueError(f"{better} better and {worse} worse of {n} pairs is impossible.")
