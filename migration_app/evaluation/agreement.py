"""How far two or more raters agree beyond chance: Cohen's κ and Krippendorff's α.

Both are 1 for full agreement, 0 for what chance would give, and below 0 for less than that.
`None` where chance alone explains everything (all raters always gave the same answer) or
nothing can be compared: agreement is then unknown, not perfect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from enum import StrEnum
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .intervals import Floats

Pairs = Sequence[tuple[Hashable, Hashable]]


class Scale(StrEnum):
    """How far apart two ratings are."""

    NOMINAL = "nominal"  # equal or not
    ORDINAL = "ordinal"  # by how many ratings lie between them
    INTERVAL = "interval"  # by the square of their difference


def observed_agreement(pairs: Pairs) -> float | None:
    """Share of pairs of ratings that are equal; `None` without pairs."""
    return sum(first == second for first, second in pairs) / len(pairs) if pairs else None


def cohen_kappa(pairs: Pairs) -> float | None:
    """κ = (p_o − p_e)/(1 − p_e) for two raters of the same things, one pair of ratings each.

    p_e: the chance of agreeing if each kept to their own habits (Cohen 1960, Educational and
    Psychological Measurement 20:37–46).
    """
    if not pairs:
        return None
    n = len(pairs)
    first, second = (Counter(ratings) for ratings in zip(*pairs, strict=True))
    by_chance = sum(first[rating] * second[rating] for rating in first) / n**2
    if by_chance >= 1:
        return None
    return float(((observed_agreement(pairs) or 0.0) - by_chance) / (1 - by_chance))


def krippendorff_alpha(units: Sequence[Sequence[float | None]], scale: Scale = Scale.NOMINAL) -> float | None:
    """α = 1 − D_o/D_e over units (things rated), each with the ratings it got; `None` is no rating.

    Ratings are numbers: codes on the nominal scale. Units with fewer than two ratings count for
    nothing. Source: Krippendorff, *Content Analysis* (2004), chapter 11, the coincidence matrix.
    """
    rated = [[rating for rating in unit if rating is not None] for unit in units]
    rated = [unit for unit in rated if len(unit) > 1]
    values = sorted({rating for unit in rated for rating in unit})
    if len(values) < 2:
        return None
    coincidences = _coincidences(rated, values)
    totals = coincidences.sum(axis=1)
    distances = _DISTANCES[scale](np.asarray(values, dtype=np.float64), totals)
    expected = (np.outer(totals, totals) * distances).sum() / (totals.sum() - 1)
    return float(1 - (coincidences * distances).sum() / expected)


def _coincidences(rated: Sequence[Sequence[float]], values: Sequence[float]) -> Floats:
    """How often one value meets another within a unit, each ordered pair weighing 1/(ratings − 1)."""
    places = {value: place for place, value in enumerate(values)}
    matrix = np.zeros((len(values), len(values)))
    for unit in rated:
        for first, second in permutations(unit, 2):
            matrix[places[first], places[second]] += 1 / (len(unit) - 1)
    return matrix


def _nominal(values: Floats, totals: Floats) -> Floats:
    return 1.0 - np.eye(values.size)


def _ordinal(values: Floats, totals: Floats) -> Floats:
    """(ratings from one value up to the other, each end counted half)²."""
    middle = np.cumsum(totals) - totals / 2
    return np.square(np.subtract.outer(middle, middle))


def _interval(values: Floats, totals: Floats) -> Floats:
    return np.square(np.subtract.outer(values, values))


_DISTANCES: dict[Scale, Callable[[Floats, Floats], NDArray[Any]]] = {
    Scale.NOMINAL: _nominal,
    Scale.ORDINAL: _ordinal,
    Scale.INTERVAL: _interval,
}
