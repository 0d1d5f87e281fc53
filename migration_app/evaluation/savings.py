"""What a move saves: paired costs of the same requests, at the volumes of real traffic.

Amounts are floats of one currency. A request's cost is its mean over repetitions; NaN is unknown,
and a sample whose cost is unknown on either side is left out of the pair.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from .clustered import Labels, cluster_sums, codes_of
from .intervals import Floats, Interval

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Saving:
    """Baseline less candidate, over the volume it was asked for; negative where the candidate is dearer.

    today, after: what either costs over that volume, on the `n` samples priced on both sides.
    unseen: requests of the volume in categories without a priced sample; they are taken to cost
    what requests cost on average.
    """

    amount: float
    interval: Interval
    today: float
    after: float
    n: int
    unseen: float


@dataclass(frozen=True, slots=True)
class Payback:
    """Months until the saving has repaid a one-off cost. `None`: it never does.

    low, high: from the upper and the lower bound of the saving; first_year: twelve months' saving
    less the one-off cost, with its own bounds.
    """

    months: float | None
    low: float | None
    high: float | None
    first_year: float
    first_year_interval: Interval


def saving(
    baseline: Floats,
    candidate: Floats,
    categories: Labels,
    clusters: Labels,
    volumes: Mapping[str, float],
    confidence: float = 0.95,
) -> Saving | None:
    """Σ over categories of volume × mean paired difference; `None` without a priced pair.

    `volumes`: requests by category; the key "" is traffic whose category is not known, or all of
    it. The interval is a t interval of the stratified sum, its degrees of freedom by Satterthwaite
    (1946, Biometrics Bulletin 2:110–114); variances are taken between clusters.
    """
    priced = ~(np.isnan(baseline) | np.isnan(candidate))
    if not priced.any():
        return None
    before, after, groups = baseline[priced], candidate[priced], codes_of(np.asarray(clusters)[priced])
    parts, unseen = _strata(np.asarray(categories)[priced].astype(str), volumes)
    amount = today = later = 0.0
    pieces = []
    for rows, volume in parts:
        today += volume * float(before[rows].mean())
        later += volume * float(after[rows].mean())
        amount += volume * float((before[rows] - after[rows]).mean())
        pieces.append(_spread(before[rows] - after[rows], groups[rows], volume))
    interval = _around(amount, pieces, confidence)
    return Saving(amount, interval, today, later, int(priced.sum()), unseen)


def payback(found: Saving, one_off: float) -> Payback:
    """When a monthly `found` saving repays `one_off`, in months. Raises ValueError below 0."""
    if one_off < 0:
        raise ValueError("A one-off cost is at least 0.")
    low, high = found.interval.low, found.interval.high
    year = [
        None if value is None else MONTHS_PER_YEAR * value - one_off for value in (found.amount, low, high)
    ]
    return Payback(
        months=_months(one_off, found.amount),
        low=_months(one_off, high),
        high=_months(one_off, low),
        first_year=MONTHS_PER_YEAR * found.amount - one_off,
        first_year_interval=Interval(year[1], year[2], found.interval.confidence),
    )


def _months(one_off: float, monthly: float | None) -> float | None:
    if monthly is None or monthly <= 0:
        return None
    return one_off / monthly


def _strata(
    names: NDArray[np.str_], volumes: Mapping[str, float]
) -> tuple[list[tuple[NDArray[np.bool_], float]], float]:
    """Rows of each category with its volume; traffic of unseen categories falls to all rows together."""
    everywhere = np.ones(names.size, dtype=bool)
    known = {name: volume for name, volume in volumes.items() if name and volume > 0}
    parts = [(names == name, volume) for name, volume in known.items()]
    seen = [(rows, volume) for rows, volume in parts if rows.any()]
    unseen = sum(volume for rows, volume in parts if not rows.any())
    general = max(0.0, volumes.get("", 0.0)) + unseen
    return ([*seen, (everywhere, general)] if general else seen), unseen


def _spread(differences: Floats, clusters: NDArray[np.int64], volume: float) -> tuple[float, float] | None:
    """Variance of volume × mean and its degrees of freedom; `None` below two clusters."""
    groups = cluster_sums(differences, clusters)
    if groups.count < 2:
        return None
    estimate = groups.estimate()
    return (volume * estimate.standard_error) ** 2, max(1.0, estimate.degrees)


def _around(amount: float, pieces: list[tuple[float, float] | None], confidence: float) -> Interval:
    known = [piece for piece in pieces if piece is not None]
    if not known or len(known) < len(pieces):
        return Interval(None, None, confidence)
    variance = sum(piece[0] for piece in known)
    if variance == 0:
        return Interval(amount, amount, confidence)
    degrees = variance**2 / sum(piece[0] ** 2 / piece[1] for piece in known)
    reach = float(stdtrit(degrees, (1 + confidence) / 2)) * math.sqrt(variance)
    return Interval(amount - reach, amount + reach, confidence)
