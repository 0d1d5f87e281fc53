"""Is the baseline still itself? Its recorded answers beside today's, and its answers beside each other.

Neither is ever a candidate's fault: candidates are compared with the baseline as it answers today.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from .clustered import Labels, codes_of
from .findings import Finding, compare
from .intervals import Floats
from .labels import CodedLabels
from .pairs import PairedSamples, scopes_of

_ANY_MARGIN = 0.05  # only sets p-values that are not read here


@dataclass(frozen=True, slots=True)
class NoiseFloor:
    """How far the baseline differs from itself when it is asked again.

    flips: share of the samples asked more than once that were not scored the same each time.
    reach: half-width of the 95% band in which the mean difference of two runs of the *same* model
    would lie, at this number of samples and repetitions.
    """

    samples: int
    repetitions: int
    flips: float
    reach: float


def drift(logged: Floats, today: Floats, clusters: Labels) -> Finding | None:
    """Today's answers less the recorded ones, scored alike; one entry per sample, NaN unknown.

    `today`: without what failed, which says nothing of how a model answers. `None` where no sample has
    both. The interval says whether it is more than chance.
    """
    nameless = CodedLabels(("",), np.zeros(len(logged), dtype=np.int8))
    return compare(next(scopes_of(PairedSamples(logged, today, clusters, nameless))), _ANY_MARGIN)


def has_changed(found: Finding) -> bool:
    """Whether zero lies outside the interval."""
    low, high = found.interval.low, found.interval.high
    return (low is not None and low > 0) or (high is not None and high < 0)


def noise_floor(sample: Labels, scores: Floats, confidence: float = 0.95) -> NoiseFloor | None:
    """From one row per answer: its sample and its score (NaN unscored). `None` where nothing was
    asked twice.

    The variance within samples, s² = Σ(x − x̄ᵢ)²/Σ(rᵢ − 1), is that of one answer; the difference of
    two means over n samples of r answers each has 2·s²/(n·r). The band is Student's, on Σ(rᵢ − 1) degrees.
    """
    scored = ~np.isnan(scores)
    codes, values = codes_of(np.asarray(sample)[scored]), scores[scored]
    counts = np.bincount(codes) if codes.size else np.zeros(0, dtype=np.int64)
    repeated = counts > 1
    if not repeated.any():
        return None
    means = np.bincount(codes, weights=values) / counts
    squares = np.bincount(codes, weights=(values - means[codes]) ** 2)
    degrees = float((counts[repeated] - 1).sum())
    variance = float(squares[repeated].sum()) / degrees
    asked = float(values.size)
    reach = float(stdtrit(degrees, (1 + confidence) / 2)) * math.sqrt(2 * variance / asked)
    flips = float(np.count_nonzero(squares[repeated] > 1e-12) / np.count_nonzero(repeated))
    return NoiseFloor(int(np.count_nonzero(repeated)), int(counts.max()), flips, reach)
