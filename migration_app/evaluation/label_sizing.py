"""How many answers people must review until a judge's scores, set right by them, settle the question.

From the variance of PPI++ (`ppi`) with the labels so far. With k labels of N scored samples,

    Var(k) = s²(k)/(k + 1) + λ(k)²·var f/(N − k),   λ(k) = cov(Y, f)/((1 + k/(N − k))·var f) in [0, 1],

where s² is the spread of Y − λf over the labelled and the pessimistic pseudo-sample of −1,

    s²(k) = ((k − 1)·(var Y − 2λ·cov + λ²·var f) + k/(k + 1)·(1 + θ)²)/k,

and the mean with it is (k·θ − 1)/(k + 1). The least k at which the one-sided t-test would reject
with the given power is the advice. What was seen (θ, var Y, cov, var f) is taken for the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from .clustered import Labels, cluster_sums, codes_of
from .intervals import Floats
from .ppi import ppi_mean


@dataclass(frozen=True, slots=True)
class LabelSpread:
    """What the labels so far say of one scope.

    mean: PPI++'s, without the pseudo-sample. `variance_*` and `covariance` are of one sample.
    cluster: the size of the cluster a random labelled sample finds itself in; 1 where none is shared.
    """

    mean: float
    variance_labels: float
    variance_scores: float
    covariance: float
    labels: int
    n: int
    cluster: float = 1.0

    def weight(self, labels: float) -> float:
        """λ with so many labels; 0 where next to nothing is left without one."""
        rest = self.n - labels
        if rest < 2 or self.variance_scores == 0:
            return 0.0
        return min(1.0, max(0.0, self.covariance / ((1 + labels / rest) * self.variance_scores)))

    def variance(self, labels: float, mean: float | None = None) -> float:
        """Var(k) of the first lines. `mean`: on the side that the pseudo-sample works against."""
        mean = self.mean if mean is None else mean
        k, weight = labels / self.cluster, self.weight(labels)
        corrected = self.variance_labels - 2 * weight * self.covariance + weight**2 * self.variance_scores
        spread = ((k - 1) * max(0.0, corrected) + k / (k + 1) * (1 + mean) ** 2) / k
        rest = (self.n - labels) / self.cluster
        return spread / (k + 1) + (weight**2 * self.variance_scores / rest if weight else 0.0)

    def settles(self, labels: int, margin: float, *, alpha: float, power: float) -> bool:
        """Whether so many labels would tell the mean from −margin, on the side it was seen on."""
        side = 1 if self.mean > -margin else -1
        k, mean = labels / self.cluster, side * self.mean
        if k < 2:
            return False
        distance = (k * mean - 1) / (k + 1) + side * margin
        reach = float(stdtrit(k, 1 - alpha) + stdtrit(k, power))
        return distance >= reach * math.sqrt(self.variance(labels, mean))

    def labels_needed(self, margin: float, *, alpha: float, power: float = 0.8) -> int | None:
        """Labels in all that would settle it; `None` where labels on every sample would not."""
        if not self.settles(self.n, margin, alpha=alpha, power=power):
            return None
        short, enough = 1, self.n
        while enough - short > 1:
            middle = (short + enough) // 2
            found = self.settles(middle, margin, alpha=alpha, power=power)
            short, enough = (short, middle) if found else (middle, enough)
        return enough


def label_spread(labels: Floats, scores: Floats, clusters: Labels | None = None) -> LabelSpread | None:
    """From columns of one entry per sample, NaN where there is no label or score. `None` below two."""
    plain = ppi_mean(labels, scores, clusters)
    if plain is None:
        return None
    known = ~np.isnan(scores)
    both = known & ~np.isnan(labels)
    groups = np.arange(scores.size) if clusters is None else codes_of(clusters)
    return LabelSpread(
        mean=plain.mean,
        variance_labels=float(np.var(labels[both], ddof=1)),
        variance_scores=float(np.var(scores[known], ddof=1)),
        covariance=float(np.cov(labels[both], scores[both])[0, 1]),
        labels=int(both.sum()),
        n=int(known.sum()),
        cluster=cluster_sums(labels[both], groups[both]).typical_size,
    )
