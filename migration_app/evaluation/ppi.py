"""Prediction-powered inference: a judge's labels on all samples, set right by people's on some.

The judge's mean over all samples is precise but may be biased; people's labels on a random
subset say by how much:

    θ = mean(Y − λ·f) over the labelled + λ·mean(f) over the rest

Y: what people say, f: what the judge says of the same sample, both as differences from the
baseline in [−1, 1]. λ is tuned to make θ as precise as it can be: with a useless judge it is 0
and people's labels stand alone. Whatever the judge does, the error rate holds.

Sources: Angelopoulos et al. (2023), "Prediction-powered inference", Science 382:669–674; and
Angelopoulos, Duchi & Zrnic (2023), "PPI++", arXiv:2311.01453 (λ by power tuning). Variances are
taken between clusters, and the labelled part carries the pessimistic pseudo-sample of −1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from .clustered import ClusterSums, Labels, cluster_sums, codes_of
from .intervals import Floats, Interval


@dataclass(frozen=True, slots=True)
class PpiEstimate:
    """A mean from labels and predictions. `weight` is λ; `degrees` those of its t distribution."""

    mean: float
    standard_error: float
    degrees: float
    weight: float
    labels: int
    n: int

    def p_noninferior(self, margin: float) -> float:
        """p of H0: mean ≤ −margin."""
        return self._upper_tail(self.mean + margin)

    def p_inferior(self, margin: float) -> float:
        """p of H0: mean ≥ −margin."""
        return self._upper_tail(-margin - self.mean)

    def interval(self, confidence: float) -> Interval:
        """Two-sided, within [−1, 1]."""
        reach = float(stdtrit(self.degrees, (1 + confidence) / 2)) * self.standard_error
        return Interval(max(-1.0, self.mean - reach), min(1.0, self.mean + reach), confidence)

    def _upper_tail(self, distance: float) -> float:
        if self.standard_error == 0:
            return 1.0
        return float(stdtr(self.degrees, -distance / self.standard_error))


def ppi_mean(
    labels: Floats, predictions: Floats, clusters: Labels | None = None, *, pseudo: float | None = -1.0
) -> PpiEstimate | None:
    """The mean difference by PPI++. Columns of one entry per sample; NaN is no label, no prediction.

    Samples without a prediction are left out. `pseudo` is added to the labelled part as one
    more typical cluster (`None`: nothing is added). `None` below two labelled clusters.
    """
    known = ~np.isnan(predictions)
    groups = np.arange(predictions.size) if clusters is None else codes_of(clusters)
    labelled, rest = known & ~np.isnan(labels), known & np.isnan(labels)
    if np.unique(groups[labelled]).size < 2:
        return None
    weight = tuned_weight(labels[labelled], predictions[labelled], predictions[rest])
    if np.unique(groups[rest]).size < 2:
        weight = 0.0
    corrections = cluster_sums(labels[labelled] - weight * predictions[labelled], groups[labelled])
    if pseudo is not None:
        corrections = _with_pseudo(corrections, pseudo, weight * float(predictions[labelled].mean()))
    corrected = corrections.estimate()
    mean, variance = corrected.mean, corrected.standard_error**2
    if weight:
        predicted = cluster_sums(weight * predictions[rest], groups[rest]).estimate()
        mean, variance = mean + predicted.mean, variance + predicted.standard_error**2
    counts = int(labelled.sum()), int(known.sum())
    return PpiEstimate(mean, math.sqrt(variance), max(1.0, corrected.degrees), weight, *counts)


def tuned_weight(labels: Floats, predictions: Floats, rest: Floats) -> float:
    """λ = cov(Y, f) / ((1 + n/N)·var(f)), between 0 and 1: n labelled samples, N without a label."""
    if labels.size < 3 or rest.size < 2:
        return 0.0
    spread = float(np.var(np.concatenate([predictions, rest]), ddof=1))
    if spread == 0:
        return 0.0
    covariance = float(np.cov(labels, predictions)[0, 1])
    return min(1.0, max(0.0, covariance / ((1 + labels.size / rest.size) * spread)))


def _with_pseudo(groups: ClusterSums, value: float, predicted: float) -> ClusterSums:
    """One more labelled sample at the worst end, of which the judge said what it says on average."""
    return groups.with_pseudo_sample(value - predicted)
