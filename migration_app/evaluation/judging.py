"""What a judge's word is worth: both orders, consistency, and whether long answers win.

A pairwise judge sees each pair of answers twice, the second time with their places swapped. A
judge that always prefers the first place contradicts itself every time: all its scores are ½
and its consistency is 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtri

from .intervals import Floats, Interval, proportion_interval

# Tossing a coin agrees with itself half of the time: a judge must do better than that.
CONSISTENCY_BY_CHANCE = 0.5
# Of the way from a coin to full agreement: what Landis & Koch (1977, Biometrics 33:159–174) call "fair" ends
# and "moderate" begins. Where a judge contradicts itself a loss counts as even, so the less steady it is,
# the more it hides.
MODERATE_AGREEMENT = 0.4
STEADY = CONSISTENCY_BY_CHANCE + MODERATE_AGREEMENT * (1 - CONSISTENCY_BY_CHANCE)  # 70%
LABELS_WANTED = 100  # reviewed answers that a judged verdict asks for


class Preference(StrEnum):
    """What a judge said of one pair in one order."""

    FIRST = "first"
    SECOND = "second"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class SwapConsistency:
    """How often the judge named the same winner in both orders, of the pairs where it named any.

    `value` is `None` where it never named a winner in either order.
    """

    consistent: int
    n: int
    value: float | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class LengthSensitivity:
    """Spearman's correlation of a judge's scores with the difference in length, with its interval."""

    correlation: float | None
    interval: Interval
    n: int


@dataclass(frozen=True, slots=True)
class JudgeEvidence:
    """What is known of the judge behind a candidate's scores.

    consistency: of a pairwise judge; `None` for a judge that scores answers one at a time.
    labels: answers that people reviewed blind. wanted: how many they should be. categories: those that
    it marks, the others being scored by rule; `None` where it marks all.
    """

    consistency: SwapConsistency | None = None
    labels: int = 0
    wanted: int = LABELS_WANTED
    categories: frozenset[str] | None = None

    def marks(self, scope: str | None) -> bool:
        """Whether its marks count in a scope; `None` is the whole workload."""
        return scope is None or self.categories is None or scope in self.categories

    @property
    def is_reviewed(self) -> bool:
        """Whether people have reviewed enough answers to correct the judge by."""
        return self.labels >= self.wanted

    @property
    def contradicts_itself(self) -> bool:
        """Whether it agrees with itself no better than a coin. A judge that never names a winner does."""
        if self.consistency is None:
            return False
        return self.consistency.value is None or self.consistency.value <= CONSISTENCY_BY_CHANCE

    @property
    def is_unsteady(self) -> bool:
        """Whether it agrees with itself less than moderately, or was not shown to do so more than a coin."""
        if self.consistency is None or self.consistency.value is None:
            return self.consistency is not None
        low = self.consistency.interval.low
        return self.consistency.value < STEADY or low is None or low <= CONSISTENCY_BY_CHANCE


def pairwise_score(straight: Preference | None, swapped: Preference | None) -> float | None:
    """The candidate's score from both orders: 1 won, 0 lost, ½ tie or contradiction.

    `straight`: asked with the candidate's answer first; `swapped`: with it second. `None`, an
    error, in either order leaves the sample unscored: `None`.
    """
    if straight is None or swapped is None:
        return None
    if (straight, swapped) == (Preference.FIRST, Preference.SECOND):
        return 1.0
    if (straight, swapped) == (Preference.SECOND, Preference.FIRST):
        return 0.0
    return 0.5


def swap_consistency(
    orders: Sequence[tuple[Preference | None, Preference | None]], confidence: float = 0.95
) -> SwapConsistency:
    """Of (straight, swapped) answers without errors, those that name the same winner twice.

    A winner in one order and a tie in the other is a contradiction; a tie in both is neither.
    """
    both = [(straight, swapped) for straight, swapped in orders if straight and swapped]
    decided = [pair for pair in both if pair != (Preference.TIE, Preference.TIE)]
    consistent = sum(pairwise_score(*pair) in (0.0, 1.0) for pair in decided)
    n = len(decided)
    share = consistent / n if n else None
    return SwapConsistency(consistent, n, share, proportion_interval(consistent, n, confidence))


def length_sensitivity(
    scores: Sequence[float] | Floats, lengths: Sequence[float] | Floats, confidence: float = 0.95
) -> LengthSensitivity:
    """Do longer answers score higher? `lengths`: the answer's own, or its difference from the other's.

    Unknown (NaN) values are left out. The interval is Fisher's z with Bonett & Wright's variance
    (2000, Psychometrika 65:23–28), not estimable below ten values or without any spread.
    """
    given = np.column_stack([np.asarray(scores, np.float64), np.asarray(lengths, np.float64)])
    both: Floats = given[~np.isnan(given).any(axis=1)]
    n = len(both)
    unknown = LengthSensitivity(None, Interval(None, None, confidence), n)
    if n < 10 or np.any(np.ptp(both, axis=0) == 0):
        return unknown
    r = float(np.corrcoef(_ranks(both[:, 0]), _ranks(both[:, 1]))[0, 1])
    reach = float(ndtri((1 + confidence) / 2)) * np.sqrt((1 + r * r / 2) / (n - 3))
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    bounds = Interval(float(np.tanh(z - reach)), float(np.tanh(z + reach)), confidence)
    return LengthSensitivity(r, bounds, n)


def _ranks(values: Floats) -> Floats:
    """Ranks from 1; equal values share the middle one."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts).astype(np.float64)
    middle: Floats = last - (counts - 1) / 2
    return middle[inverse]
