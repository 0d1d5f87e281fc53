"""What a move saves: paired costs of the same requests, at the volumes of real traffic.

Amounts are floats of one currency. A request's cost is its mean over repetitions; NaN is unknown,
and a sample whose cost is unknown on either side is left out of the pair.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from .clustered import Labels, cluster_sums, codes_of, rows_by_label
from .intervals import Floats, Interval
from .labels import CodedLabels

MONTHS_PER_YEAR = 12
FEW = 5  # samples of a category below which its spread is taken from all such categories together


@dataclass(frozen=True, slots=True)
class Saving:
    """Baseline less candidate, over the volume it was asked for; negative where the candidate is dearer.

    today, after: what either costs over that volume, on the `n` samples priced on both sides.
    by_category: the same amount by category of the volume. unseen: requests of the volume in
    categories without a priced sample; they are taken to cost what requests cost on average.
    """

    amount: float
    interval: Interval
    today: float
    after: float
    n: int
    unseen: float
    by_category: Mapping[str, float] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Stratum:
    """A category's priced samples and how many requests they stand for."""

    name: str
    rows: NDArray[np.int64]
    volume: float


def saving(
    baseline: Floats,
    candidate: Floats,
    categories: Labels,
    clusters: Labels,
    volumes: Mapping[str, float],
    confidence: float = 0.95,
) -> Saving | None:
    """Σ over categories of volume × mean paired difference; `None` without a priced pair.

    `volumes`: requests by category; a category without samples, and the key "" (traffic whose
    category is not known, or all of it), cost what requests cost on average. The interval is a
    t interval of the stratified sum, its degrees of freedom by Satterthwaite (1946, Biometrics
    Bulletin 2:110–114); variances are taken between clusters.
    """
    priced = ~(np.isnan(baseline) | np.isnan(candidate))
    if not priced.any():
        return None
    before, after, sources = baseline, candidate, np.asarray(clusters)
    labels = categories if isinstance(categories, CodedLabels) else np.asarray(categories)
    if not priced.all():
        before, after, sources, labels = before[priced], after[priced], sources[priced], labels[priced]
    less, groups = before - after, codes_of(sources)
    strata, unseen = _strata(labels, volumes)
    by_category: dict[str, float] = {}
    for one in strata:
        by_category[one.name] = by_category.get(one.name, 0.0) + one.volume * float(less[one.rows].mean())
    amount = sum(by_category.values())
    return Saving(
        amount=amount,
        interval=_around(amount, _spreads(strata, less, groups), confidence),
        today=sum(one.volume * float(before[one.rows].mean()) for one in strata),
        after=sum(one.volume * float(after[one.rows].mean()) for one in strata),
        n=int(priced.sum()),
        unseen=unseen,
        by_category=by_category,
    )


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


def _strata(labels: Labels, volumes: Mapping[str, float]) -> tuple[list[_Stratum], float]:
    """Rows of each category with its volume; what has no samples of its own falls to all rows together."""
    rows_of = rows_by_label(labels)
    strata, general, unseen = [], max(0.0, volumes.get("", 0.0)), 0.0
    for name, volume in volumes.items():
        if not name or volume <= 0:
            continue
        if name in rows_of:
            strata.append(_Stratum(name, rows_of[name], float(volume)))
        else:
            unseen += volume
    if general + unseen:
        strata.append(_Stratum("", np.arange(len(labels)), general + unseen))
    return strata, unseen


def _spreads(
    strata: Sequence[_Stratum], less: Floats, groups: NDArray[np.int64]
) -> list[tuple[float, float] | None]:
    """Variance of each stratum's amount and its degrees of freedom; `None` where there is no telling.

    Categories of fewer than `FEW` samples lend each other their spread.
    """
    small = [one for one in strata if one.rows.size < FEW]
    found = [_spread(less[one.rows], groups[one.rows], one.volume) for one in strata if one.rows.size >= FEW]
    if not small:
        return found
    rows = np.concatenate([one.rows for one in small])
    together = _spread(less[rows], groups[rows], 1.0)
    if together is None:
        return [*found, None]
    each = together[0] * rows.size  # the variance of one sample
    return [*found, (each * sum(one.volume**2 / one.rows.size for one in small), together[1])]


def _spread(differences: Floats, clusters: NDArray[np.int64], volume: float) -> tuple[float, float] | None:
    """Variance of volume × mean and its degrees of freedom; `None` below two clusters."""
    groups = cluster_sums(differences, clusters)
    if groups.count < 2:
        return None
    estimate = groups.estimate()
    return (volume * estimate.standard_error) ** 2, max(1.0, estimate.degrees)


def _around(amount: float, pieces: Sequence[tuple[float, float] | None], confidence: float) -> Interval:
    known = [piece for piece in pieces if piece is not None]
    if not known or len(known) < len(pieces):
        return Interval(None, None, confidence)
    variance = sum(piece[0] for piece in known)
    if variance == 0:
        return Interval(amount, amount, confidence)
    degrees = variance**2 / sum(piece[0] ** 2 / piece[1] for piece in known)
    reach = float(stdtrit(degrees, (1 + confidence) / 2)) * math.sqrt(variance)
    return Interval(amount - reach, amount + reach, confidence)
