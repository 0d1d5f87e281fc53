"""How many samples a question needs, and how small a drop a number of samples can show."""

from __future__ import annotations

import math

from scipy.special import ndtri, stdtrit

from .tango import restricted_variance

LARGEST_ADVICE = 10_000_000  # beyond this "N more samples" is no advice


def samples_needed(
    difference: float,
    margin: float,
    *,
    variance: float,
    null_variance: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
) -> int | None:
    """Samples at which a one-sided test of `margin` would settle a true `difference`.

    n = ((z₁₋α·σ₀ + z_power·σ₁) / (difference + margin))², rounded up: σ₁² is the variance of
    one sample's difference, σ₀² the same under H0 (`variance` when not given). It serves both
    directions: non-inferiority where difference > −margin, inferiority where it is below.
    `None` where no number of samples would do: the difference sits on the margin.
    Source: Chow, Shao, Wang & Lokhnygina, *Sample Size Calculations in Clinical Research* (2018), 3.1.
    """
    distance = abs(difference + margin)
    sigma_null = math.sqrt(variance if null_variance is None else null_variance)
    reach = _z(1 - alpha) * sigma_null + _z(power) * math.sqrt(variance)
    if distance * math.sqrt(LARGEST_ADVICE) <= reach:
        return None
    return max(2, math.ceil((reach / distance) ** 2))


def tango_samples_needed(
    better: int, worse: int, n: int, margin: float, *, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """`samples_needed` for right-or-wrong scores, if the shares seen so far are the true ones.

    With no discordant pair the variance left is that under H0, margin·(1 − margin): 52 samples
    at a margin of 0.05. Source: Nam (1997), Biometrics 53:1422–1430.
    """
    difference = (better - worse) / n
    return samples_needed(
        difference,
        margin,
        variance=(better + worse) / n - difference**2,
        null_variance=restricted_variance(better, worse, n, -margin),
        alpha=alpha,
        power=power,
    )


def pseudo_sample_samples_needed(
    difference: float, margin: float, *, variance: float, alpha: float = 0.05, power: float = 0.8
) -> int | None:
    """Effective samples at which the t-test with its pseudo-sample would settle `difference`.

    Below the margin the question is inferiority: the same with every sign turned. The least
    n is found by doubling and halving; `None` as in `samples_needed`.
    """
    side = 1 if difference > -margin else -1

    def settles(n: int) -> bool:
        return _t_settles(n, side * difference, side * margin, variance, alpha, power)

    enough = 2
    while not settles(enough):
        enough *= 2
        if enough > LARGEST_ADVICE:
            return None
    short = enough // 2
    while enough - short > 1:
        middle = (enough + short) // 2
        short, enough = (short, middle) if settles(middle) else (middle, enough)
    return enough


def detectable_drop(
    n: int,
    *,
    discordance: float | None = None,
    sd: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float | None:
    """Smallest true drop in the mean that `n` samples would show, as a positive number.

    Give the share of pairs expected to differ (`discordance`) for right-or-wrong scores, or
    the standard deviation of the differences (`sd`). `None` below two samples.
    """
    if (discordance is None) == (sd is None):
        raise ValueError("Give either the discordance or the standard deviation.")
    spread = math.sqrt(discordance) if discordance is not None else sd
    if n < 2 or spread is None:
        return None
    return min(1.0, (_z(1 - alpha) + _z(power)) * spread / math.sqrt(n))


def _z(probability: float) -> float:
    return float(ndtri(probability))


def _t_settles(n: int, mean: float, margin: float, variance: float, alpha: float, power: float) -> bool:
    """Whether n samples of this mean and variance, and one of −1, reject mean ≤ −margin at this power."""
    with_pseudo = (n * mean - 1) / (n + 1)
    squares = n * variance + n / (n + 1) * (1 + mean) ** 2
    error = math.sqrt(squares / (n * (n + 1)))
    reach = float(stdtrit(n, 1 - alpha)) * error + _z(power) * math.sqrt(variance / n)
    return with_pseudo + margin >= reach
