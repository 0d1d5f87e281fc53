"""Looking before the end without paying for it in error: Lan–DeMets alpha spending.

A run may be compared at 25, 50, 75 and 100% of its planned samples. Peeking with the plain test
each time would quadruple the error; here each look may spend only what the O'Brien–Fleming-type
function has released by then:

    α(t) = 2·(1 − Φ(z₁₋α⁄₂ / √t))        t: share of the planned samples seen

A look turns a p-value into a *repeated* p-value: the smallest α at which this look would have
stopped. It is compared with α, and adjusted by Holm, like any other p-value (Jennison & Turnbull
2000, chapter 9), so nothing else in the verdict changes.

Sources: Lan & DeMets (1983), Biometrika 70:659–663; O'Brien & Fleming (1979), Biometrics
35:549–556; Armitage, McPherson & Rowe (1969), JRSS A 132:235–244 (the recursion).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from .intervals import Floats

PLANNED = (0.25, 0.5, 0.75, 1.0)
_STEPS = 400  # of the grid on which the distribution of the statistic is carried from look to look
_NEVER = 8.0  # a z beyond which nothing is spent
_LEVELS = np.concatenate([np.geomspace(1e-9, 1e-2, 29), np.linspace(0.0125, 0.4995, 60)])


class InvalidLooksError(ValueError):
    """Looks that cannot be taken: the message says why."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The shares of the planned samples seen at each look so far, the last one being now.

    Rising, in (0, 1]. A share of 1 spends all that is left. Raises InvalidLooksError.
    """

    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        rising = all(early < late for early, late in zip((0.0, *self.shares), self.shares, strict=False))
        if not self.shares or not rising or self.shares[-1] > 1:
            raise InvalidLooksError("Looks are rising shares of the planned samples, above 0 and at most 1.")

    @property
    def number(self) -> int:
        """Which look this is, from 1."""
        return len(self.shares)

    @property
    def is_last(self) -> bool:
        """All planned samples are in."""
        return self.shares[-1] >= 1

    def nominal_alpha(self, alpha: float) -> float:
        """The plain one-sided p-value that stops at this look, when `alpha` is spent over all looks."""
        return float(ndtr(-boundaries(self.shares, alpha)[-1]))

    def repeated(self, p_value: float) -> float:
        """The smallest α at which `p_value`, seen at this look, would have stopped: at least `p_value`."""
        if p_value >= 1:
            return 1.0
        nominal, levels = _table(self.shares)
        if p_value >= nominal[-1]:  # beyond the table nothing is decided
            return max(p_value, float(levels[-1]))
        log_p = math.log(max(p_value, 1e-300))
        return max(p_value, float(np.exp(np.interp(log_p, np.log(nominal), np.log(levels)))))


def spent(share: float, alpha: float) -> float:
    """α(t): how much of `alpha` may be spent when this share of the planned samples is in."""
    if share <= 0:
        return 0.0
    return float(2 * ndtr(ndtri(alpha / 2) / math.sqrt(min(1.0, share))))


def boundaries(shares: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    """The z beyond which each look stops, `alpha` one-sided in all.

    At 25/50/75/100% and 0.025: 4.333, 2.963, 2.359, 2.014. Under H0 the statistic is a Brownian
    motion at the times `shares`; the part that has not stopped is carried on by integration.
    """
    found: list[float] = []
    grid, density, before, used = np.zeros(1), np.ones(1), 0.0, 0.0
    for share in shares:
        step = math.sqrt(share - before)
        target = spent(share, alpha) - used
        bound = _bound(grid, density, step, share, target)
        found.append(bound)
        used += target
        grid, density, before = *_carry(grid, density, step, bound * math.sqrt(share), share), share
    return tuple(found)


def _bound(grid: Floats, density: Floats, step: float, share: float, target: float) -> float:
    """The z at this look that is passed with chance `target` by what is still going on."""

    def excess(z: float) -> float:
        return float(density @ ndtr((grid - z * math.sqrt(share)) / step)) - target

    return float(brentq(excess, -_NEVER, _NEVER, xtol=1e-10)) if excess(_NEVER) < 0 else _NEVER


def _carry(grid: Floats, density: Floats, step: float, bound: float, share: float) -> tuple[Floats, Floats]:
    """Where the statistic is at this look, of the paths that have not crossed `bound` (Simpson's weights)."""
    points = np.linspace(-7.0 * math.sqrt(share), bound, 2 * (_STEPS // 2) + 1)
    gap = points[1] - points[0]
    weights = np.full(points.size, 2.0)
    weights[1::2], weights[0], weights[-1] = 4.0, 1.0, 1.0
    kernel = np.exp(-(((points[:, None] - grid[None, :]) / step) ** 2) / 2) / (step * math.sqrt(2 * math.pi))
    return points, (kernel @ density) * weights * gap / 3


@lru_cache(maxsize=64)
def _table(shares: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Nominal p-values and the levels that they stop at, rising, for interpolation."""
    nominal = np.array([ndtr(-boundaries(shares, float(level))[-1]) for level in _LEVELS])
    kept = nominal > 1e-300
    return nominal[kept], _LEVELS[kept]
