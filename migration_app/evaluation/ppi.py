"""Prediction-powered inference: a judge's labels on all samples, set right by people's on some.

The judge's mean over all samples is precise but may be biased; people's labels on a random
subset say by how much:

    θ = mean(Y − λ·f) over the labelled + λ·mean(f) over the rest

Y: what people say, f: what the judge says of the same sample, both as differences from the
baseline in [−1, 1]. λ is tuned to make θ as precise as it can be: with a useless judge it is 0
and people's labels stand alone. Whatever the judge does, the error rate holds.

Sources: Angelopoulos et al. (2023), "Prediction-powered inference", Science 382:669–674; and
Angelopoulos, Duchi & Zrnic (2023), "PPI++", arXiv:2311.01453 (λ by power tuning). Variances are
taken between clusters. As elsewhere the tests carry one pessimistic pseudo-sample, −1 against a
switch and +1 against a keep, in the labelled part, and are raised to Gaffke's (`bounded`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from .bounded import bounded_inferiority_p_value, bounded_noninferiority_p_value
from .clustered import ClusterSums, Labels, cluster_sums, codes_of
from .intervals import Floats, Interval


@dataclass(frozen=True, slots=True, eq=False)
class PpiEstimate:
    """A mean from labels and predictions. `weight` is λ; `mean` carries no pseudo-sample.

    corrections: Y − λ·f by cluster. predicted: λ·mean(f) over the rest, with its variance.
    foretold: λ·mean(f) over the labelled, what the judge would say of a pseudo-sample.
    """

    corrections: ClusterSums
    predicted: float
    predicted_variance: float
    foretold: float
    weight: float
    labels: int
    n: int

    @property
    def mean(self) -> float:
        return float(self.corrections.sums.sum() / self.corrections.sizes.sum()) + self.predicted

    @property
    def standard_error(self) -> float:
        return math.sqrt(self.corrections.estimate().standard_error ** 2 + self.predicted_variance)

    def p_noninferior(self, margin: float) -> float:
        """p of H0: mean ≤ −margin."""
        limit, worst = margin + self.predicted, -1.0 - self.foretold
        mean, error, degrees = self._with(-1.0)
        bounded = bounded_noninferiority_p_value(self.corrections, limit, worst)
        return max(_upper_tail(mean + margin, error, degrees), bounded)

    def p_inferior(self, margin: float) -> float:
        """p of H0: mean ≥ −margin; the mirror image."""
        limit, best = margin + self.predicted, 1.0 - self.foretold
        mean, error, degrees = self._with(1.0)
        bounded = bounded_inferiority_p_value(self.corrections, limit, best)
        return max(_upper_tail(-margin - mean, error, degrees), bounded)

    def interval(self, confidence: float) -> Interval:
        """Two-sided, within [−1, 1]; each bound carries the pseudo-sample that pulls it outwards."""
        low, high = (self._bound(side, confidence) for side in (-1.0, 1.0))
        return Interval(max(-1.0, low), min(1.0, high), confidence)

    def _bound(self, side: float, confidence: float) -> float:
        mean, error, degrees = self._with(side)
        return mean + side * float(stdtrit(degrees, (1 + confidence) / 2)) * error

    def _with(self, value: float) -> tuple[float, float, float]:
        """Mean, standard error and degrees of freedom with one more labelled cluster of this value."""
        found = self.corrections.with_pseudo_sample(value - self.foretold).estimate()
        error = math.sqrt(found.standard_error**2 + self.predicted_variance)
        return found.mean + self.predicted, error, max(1.0, found.degrees)


def _upper_tail(distance: float, error: float, degrees: float) -> float:
    return float(stdtr(degrees, -distance / error)) if error else 1.0


def ppi_mean(labels: Floats, predictions: Floats, clusters: Labels | None = None) -> PpiEstimate | None:
    """The mean difference by PPI++. Columns of one entry per sample; NaN is no label, no prediction.

    Samples without a prediction are left out. `None` below two labelled clusters.
    """
    known = ~np.isnan(predictions)
    groups = np.arange(predictions.size) if clusters is None else codes_of(clusters)
    labelled, rest = known & ~np.isnan(labels), known & np.isnan(labels)
    if np.unique(groups[labelled]).size < 2:
        return None
    weight = tuned_weight(labels[labelled], predictions[labelled], predictions[rest])
    predicted, variance = 0.0, 0.0
    if np.unique(groups[rest]).size < 2:
        weight = 0.0
    if weight:
        found = cluster_sums(weight * predictions[rest], groups[rest]).estimate()
        predicted, variance = found.mean, found.standard_error**2
    return PpiEstimate(
        corrections=cluster_sums(labels[labelled] - weight * predictions[labelled], groups[labelled]),
        predicted=predicted,
        predicted_variance=variance,
        foretold=weight * float(predictions[labelled].mean()),
        weight=weight,
        labels=int(labelled.sum()),
        n=int(known.sum()),
    )


def tuned_weight(labels: Floats, predictions: Floats, rest: Floats) -> float:
    """λ = cov(Y, f) / ((1 + n/N)·var(f)), between 0 and 1: n labelled samples, N without a label."""
    if labels.size < 3 or rest.size < 2:
        return 0.0
    spread = float(np.var(np.concatenate([predictions, rest]), ddof=1))
    if spread == 0:
        return 0.0
    covariance = float(np.cov(labels, predictions)[0, 1])
    return min(1.0, max(0.0, covariance / ((1 + labels.size / rest.size) * spread)))
