"""How often Tango's test errs exactly, by adding up outcomes instead of trusting the normal curve.

Tango's test is asymptotic: where the candidate hardly ever wins, it passes up to 5.7% of those
at the margin. Its p-value is therefore raised to the *exact unconditional* one: the largest
chance, over all shares of wins w a candidate at the margin may have, of an outcome that scores
as high as the one seen. Then the error rate holds for every n and every w.

Source: Hsueh, Liu & Chen (2001), "Unconditional exact tests for equivalence or noninferiority
for paired binary endpoints", Biometrics 57:478–483. The score is monotone in wins and in
losses, so the largest chance lies on the margin itself and the tail is a staircase: for each
count of wins, all losses up to a highest one.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, gammaln, xlogy

from .intervals import Floats
from .tango import tango_score

EXACT_UP_TO = 1_000  # pairs; beyond it the normal curve errs by less than a quarter of a point
_SHARES_OF_WINS = 49
_NEGLIGIBLE = 1e-13
_ROUNDING = 1e-9


@lru_cache(maxsize=50_000)
def exact_p_value(better: int, worse: int, n: int, margin: float) -> float:
    """Exact unconditional p of H0: difference ≤ −margin, outcomes ordered by Tango's score.

    `better` and `worse` of `n` pairs. 0 above `EXACT_UP_TO` pairs, where nothing is added.
    """
    if not 0 < n <= EXACT_UP_TO:
        return 0.0
    score = tango_score(better, worse, n, -margin)
    most_losses = _staircase(n, margin, score)
    wins = np.flatnonzero(most_losses >= 0)
    shares = (1 - margin) / 2 * np.linspace(0.0, 1.0, _SHARES_OF_WINS) ** 2
    return min(1.0, max(_chance(wins, most_losses[wins], n, share, margin) for share in shares))


def _chance(wins: NDArray[np.int64], losses: NDArray[np.int64], n: int, share: float, margin: float) -> float:
    """P(outcome under the staircase) where a pair is won with chance `share`, lost with `share` + margin."""
    log_chance = gammaln(n + 1) - gammaln(wins + 1) - gammaln(n - wins + 1)
    chance = np.exp(log_chance + xlogy(wins, share) + xlogy(n - wins, 1 - share))
    likely = chance > _NEGLIGIBLE
    left, bound = n - wins[likely], losses[likely]
    below = np.where(bound >= left, 1.0, bdtr(np.minimum(bound, left), left, (share + margin) / (1 - share)))
    return float(chance[likely] @ below)


def _staircase(n: int, margin: float, score: float) -> NDArray[np.int64]:
    """For 0…n wins, the most losses that still score at least `score`; −1 where none do."""
    wins = np.arange(n + 1)
    low, high = np.full(n + 1, -1), n - wins + 1  # low passes (or is −1), high does not
    while np.any(high - low > 1):
        middle = np.where(high - low > 1, (low + high) // 2, np.maximum(low, 0))
        passes = _scores(wins, middle, n, margin) >= score - _ROUNDING
        open_ = high - low > 1
        low, high = np.where(open_ & passes, middle, low), np.where(open_ & ~passes, middle, high)
    return low


def _scores(better: NDArray[np.int64], worse: NDArray[np.int64], n: int, margin: float) -> Floats:
    """`tango_score` at −margin for columns of outcomes."""
    b = -margin * (2 * n - better + worse) - better - worse
    c = worse * margin * (1 + margin)
    q = (np.sqrt(np.maximum(0.0, b * b - 8.0 * n * c)) - b) / (4 * n)
    variance = np.maximum(0.0, n * (2 * q - margin * (1 + margin)))
    excess = better - worse + n * margin
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = np.where(variance > 0, excess / np.sqrt(variance), np.copysign(np.inf, excess))
    return np.where((variance <= 0) & (excess == 0), 0.0, scores)


def clean_samples_needed(margin: float, alpha: float) -> int:
    """Samples without a single loss or win that exclude a loss rate of `margin`: 59 at 0.05 and 5%."""
    return math.ceil(math.log(alpha) / math.log1p(-margin) - 1e-9)
