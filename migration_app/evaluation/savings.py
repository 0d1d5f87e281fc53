"""What a move saves: paired costs of the same requests, at the volumes of real traffic.

Amounts are floats of one currency. A request's cost is its mean over repetitions; NaN is unknown,
and a sample whose cost is unknown on either side is left out of the pair.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from .clustered import Labels, cluster_sums, codes_of, rows_by_label, sources_of
from .intervals import Floats, Interval

MONTHS_PER_YEAR = 12
_NONE = np.empty(0, dtype=np.int64)
Rows = NDArray[Any] | slice
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
    """A category's priced samples, and how many requests they stand for.

    before, after: mean cost of the baseline and of the candidate. less: the one less the other, of each
    sample. sources: their clusters; `None` where each is its own. rows: which samples they are.
    """

    name: str
    volume: float
    before: float
    after: float
    less: Floats
    sources: NDArray[Any] | None
    rows: Rows

    @classmethod
    def of(
        cls,
        name: str,
        volume: float,
        before: Floats,
        after: Floats | None,
        sources: NDArray[Any] | None,
        rows: Rows,
    ) -> Self:
        if after is None:
            return cls(name, volume, float(before.mean()), 0.0, before, sources, rows)
        return cls(name, volume, float(before.mean()), float(after.mean()), before - after, sources, rows)

    @property
    def pulls(self) -> Floats:
        """How far each sample pulls the amount away from what it is."""
        pulls: Floats = (self.less - self.less.mean()) * (self.volume / self.less.size)
        return pulls


def saving(
    baseline: Floats,
    candidate: Floats | None,
    categories: Labels,
    clusters: Labels,
    volumes: Mapping[str, float],
    confidence: float = 0.95,
) -> Saving | None:
    """Σ over categories of volume × mean paired difference; `None` without a priced pair.

    `candidate`: `None` where it costs nothing; then the saving is all that the baseline costs.
    `volumes`: requests by category; a category without samples, and the key "" (traffic whose
    category is not known, or all of it), cost what requests cost on average. The interval is a
    t interval of the stratified sum, its degrees of freedom by Satterthwaite (1946, Biometrics
    Bulletin 2:110–114); variances are taken between clusters, and where categories share some, or the
    samples themselves, their covariance is added.
    """
    priced = ~np.isnan(baseline)
    if candidate is not None:
        priced &= ~np.isnan(candidate)
    if not priced.any():
        return None
    sources = sources_of(clusters)
    strata, unseen = _strata(baseline, candidate, priced, categories, sources, volumes)
    by_category: dict[str, float] = {}
    for one in strata:
        by_category[one.name] = by_category.get(one.name, 0.0) + one.volume * float(one.less.mean())
    amount = sum(by_category.values())
    return Saving(
        amount=amount,
        interval=_around(amount, _spreads(strata), _shared(strata, sources, len(baseline)), confidence),
        today=sum(one.volume * one.before for one in strata),
        after=sum(one.volume * one.after for one in strata),
        n=int(np.count_nonzero(priced)),
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


def _strata(
    baseline: Floats,
    candidate: Floats | None,
    priced: NDArray[np.bool_],
    categories: Labels,
    sources: NDArray[Any] | None,
    volumes: Mapping[str, float],
) -> tuple[list[_Stratum], float]:
    """Each category with its volume; what has no priced sample of its own falls to all of them together."""
    everything = bool(priced.all())
    rows_of = rows_by_label(categories)
    strata, general, unseen = [], max(0.0, volumes.get("", 0.0)), 0.0

    def add(name: str, volume: float, rows: Rows) -> None:
        after = None if candidate is None else candidate[rows]
        strata.append(
            _Stratum.of(name, volume, baseline[rows], after, None if sources is None else sources[rows], rows)
        )

    for name, volume in volumes.items():
        if not name or volume <= 0:
            continue
        rows = rows_of.get(name, _NONE)
        rows = rows if everything else rows[priced[rows]]
        if rows.size:
            add(name, float(volume), rows)
        else:
            unseen += volume
    if general + unseen:
        add("", general + unseen, slice(None) if everything else priced)
    return strata, unseen


def _spreads(strata: Sequence[_Stratum]) -> list[tuple[float, float] | None]:
    """Variance of each stratum's amount and its degrees of freedom; `None` where there is no telling.

    Categories of fewer than `FEW` samples lend each other their spread.
    """
    small = [one for one in strata if one.less.size < FEW]
    found = [_spread(one.less, one.sources, one.volume) for one in strata if one.less.size >= FEW]
    if not small:
        return found
    less = np.concatenate([one.less for one in small])
    sources = [one.sources for one in small if one.sources is not None]
    together = _spread(less, np.concatenate(sources) if sources else None, 1.0)
    if together is None:
        return [*found, None]
    each = together[0] * less.size  # the variance of one sample
    return [*found, (each * sum(one.volume**2 / one.less.size for one in small), together[1])]


def _spread(differences: Floats, clusters: NDArray[Any] | None, volume: float) -> tuple[float, float] | None:
    """Variance of volume × mean and its degrees of freedom; `None` below two clusters."""
    groups = cluster_sums(differences, clusters)
    if groups.count < 2:
        return None
    estimate = groups.estimate()
    return (volume * estimate.standard_error) ** 2, max(1.0, estimate.degrees)


def _shared(strata: Sequence[_Stratum], sources: NDArray[Any] | None, size: int) -> float:
    """Twice the covariance of strata that share clusters, or samples as what is known of all traffic does.

    Each cluster's pulls are added up over all strata and squared; what each stratum has of that by itself
    is taken off. Never below 0: strata that balance each other by chance narrow nothing.
    """
    if len(strata) < 2 or (sources is None and all(one.name for one in strata)):
        return 0.0
    codes = np.arange(size) if sources is None else codes_of(sources)
    where, pulls = [codes[one.rows] for one in strata], [one.pulls for one in strata]
    together = np.bincount(np.concatenate(where), weights=np.concatenate(pulls))
    alone = (cluster_sums(pull, own).sums for pull, own in zip(pulls, where, strict=True))
    count = np.unique(np.concatenate(where)).size
    shared = float(together @ together) - sum(float(sums @ sums) for sums in alone)
    return max(0.0, shared) * count / max(1, count - 1)


def _around(
    amount: float, pieces: Sequence[tuple[float, float] | None], shared: float, confidence: float
) -> Interval:
    known = [piece for piece in pieces if piece is not None]
    if not known or len(known) < len(pieces):
        return Interval(None, None, confidence)
    variance = sum(piece[0] for piece in known)
    if variance == 0:
        return Interval(amount, amount, confidence)
    degrees = variance**2 / sum(piece[0] ** 2 / piece[1] for piece in known)
    # What is shared was counted as if it were seen anew by each.
    degrees = max(1.0, degrees * variance / (variance + shared))
    reach = float(stdtrit(degrees, (1 + confidence) / 2)) * math.sqrt(variance + shared)
    return Interval(amount - reach, amount + reach, confidence)
