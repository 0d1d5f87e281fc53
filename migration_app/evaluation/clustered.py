"""Means of samples that come in clusters, and the pessimistic pseudo-sample.

Samples that share a conversation, a document or a prompt are not independent. The variance
of their mean is taken between clusters (Liang & Zeger 1986; Cameron & Miller 2015), never
between samples. Where values are bounded and failures are rare, a sample without a single
failure has no spread at all; the pseudo-sample stands for the failure not yet seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from .intervals import Floats, Interval, known
from .labels import CodedLabels, are_rising

Labels = Sequence[Any] | NDArray[Any] | CodedLabels


@dataclass(frozen=True, slots=True)
class MeanEstimate:
    """A mean with its cluster-robust standard error and its degrees of freedom."""

    mean: float
    standard_error: float
    degrees: float


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSums:
    """Per cluster: the sum of its values, and how many there are. `several`: `None` where it is one each."""

    sums: Floats
    several: Floats | None = None

    @property
    def sizes(self) -> Floats:
        """How many values each cluster has."""
        return np.ones_like(self.sums) if self.several is None else self.several

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.sums.size)

    @property
    def typical_size(self) -> float:
        """Size of the cluster a random sample finds itself in: Σm²/Σm. Equals m when all are m."""
        if self.several is None:
            return 1.0
        return float(self.several @ self.several / self.several.sum())

    def with_pseudo_sample(self, value: float) -> ClusterSums:
        """The same with one more cluster of the typical size, all of whose values are `value`.

        Of the typical size, because where failures come by the cluster, so does the unseen one;
        without clusters it is exactly one sample.
        """
        if self.several is None:
            return ClusterSums(np.append(self.sums, value))
        size = self.typical_size
        return ClusterSums(np.append(self.sums, value * size), np.append(self.several, size))

    def estimate(self) -> MeanEstimate:
        """Cluster-robust mean. Degrees of freedom: effective clusters (Σm)²/Σm² less one."""
        total = float(self.count if self.several is None else self.several.sum())
        mean = float(self.sums.sum()) / total
        residuals = self.sums - (mean if self.several is None else self.several * mean)
        variance = self.count / (self.count - 1) * float(residuals @ residuals) / total**2
        return MeanEstimate(mean, math.sqrt(variance), total / self.typical_size - 1)


def codes_of(labels: Labels) -> NDArray[np.int64]:
    """Whole numbers from 0 in place of labels of any kind; equal labels, equal numbers."""
    array = labels.codes if isinstance(labels, CodedLabels) else np.asarray(labels)
    if array.dtype.kind in "iub" and array.size:
        return _codes_of_whole_numbers(array.astype(np.int64, copy=False))
    listed = array.tolist()
    codes = {label: code for code, label in enumerate(dict.fromkeys(listed))}
    return np.fromiter(map(codes.__getitem__, listed), np.int64, array.size)


def sources_of(clusters: Labels) -> NDArray[Any] | None:
    """Clusters as whole numbers; `None` where each row is its own, as every selection of rows in order is."""
    array = np.asarray(clusters)
    if array.dtype.kind not in "iu":
        return codes_of(clusters)
    return None if are_rising(array) else array


def rows_by_label(labels: Labels) -> dict[str, NDArray[np.int64]]:
    """The rows of each distinct label, labels as text in alphabetical order; "" or None is ""."""
    if isinstance(labels, CodedLabels):
        return labels.rows
    array = np.asarray(labels)
    codes = codes_of(array)
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if codes.size else []
    named = [("" if array[rows[0]] is None else str(array[rows[0]]), rows) for rows in parts]
    found: dict[str, NDArray[np.int64]] = {}
    for name, rows in sorted(named, key=lambda part: part[0]):
        found[name] = np.concatenate([found[name], rows]) if name in found else rows
    return found


def _codes_of_whole_numbers(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    if are_rising(labels):
        return np.arange(labels.size, dtype=np.int64)
    low, high = int(labels.min()), int(labels.max())
    if high - low > 4 * labels.size:
        return np.unique(labels, return_inverse=True)[1].astype(np.int64, copy=False)
    present = np.zeros(high - low + 1, dtype=np.int64)  # dense enough to look up instead of sorting
    present[labels - low] = 1
    return (np.cumsum(present) - 1)[labels - low]


def cluster_sums(values: Sequence[float] | Floats, clusters: Labels | None) -> ClusterSums:
    """Add up `values` (shape n) by `clusters` (n labels; `None`: each its own).

    Unknown (NaN) values are left out.
    """
    if clusters is None:
        return ClusterSums(known(values))
    array, labels = np.asarray(values, dtype=np.float64), np.asarray(clusters)
    if array.shape != labels.shape:
        raise ValueError(f"{array.size} values need as many cluster labels, not {labels.size}.")
    scored = ~np.isnan(array)
    if not scored.all():
        array, labels = array[scored], labels[scored]
    if labels.dtype.kind in "iu" and are_rising(labels):
        return ClusterSums(array)
    codes = codes_of(labels)
    sizes = np.bincount(codes).astype(np.float64)
    return ClusterSums(np.bincount(codes, weights=array).astype(np.float64), sizes)


def pseudo_sample_test(differences: Sequence[float] | Floats, clusters: Labels, margin: float) -> float:
    """p-value of H0: mean difference ≤ −margin; cluster-robust t with a pseudo-sample of −1.

    Differences lie in [−1, 1]. Fewer than two clusters prove nothing: 1.
    """
    return noninferiority_p_value(cluster_sums(differences, clusters), margin)


def pseudo_sample_inferior_test(
    differences: Sequence[float] | Floats, clusters: Labels, margin: float
) -> float:
    """p-value of H0: mean difference ≥ −margin; the mirror image, with a pseudo-sample of +1."""
    return inferiority_p_value(cluster_sums(differences, clusters), margin)


def noninferiority_p_value(groups: ClusterSums, margin: float) -> float:
    """As `pseudo_sample_test`, from sums already made."""
    return _upper_tail(groups, -1.0, margin, +1.0)


def inferiority_p_value(groups: ClusterSums, margin: float) -> float:
    """As `pseudo_sample_inferior_test`, from sums already made."""
    return _upper_tail(groups, +1.0, margin, -1.0)


def pseudo_sample_interval(
    groups: ClusterSums, confidence: float, bounds: tuple[float, float] = (-1.0, 1.0)
) -> Interval:
    """The two tests inverted: each bound carries the pseudo-sample that pulls it outwards."""
    if groups.count < 2:
        return Interval(None, None, confidence)
    low = _bound(groups.with_pseudo_sample(bounds[0]).estimate(), -1, confidence)
    high = _bound(groups.with_pseudo_sample(bounds[1]).estimate(), +1, confidence)
    return Interval(max(bounds[0], low), min(bounds[1], high), confidence)


def cluster_mean_interval(
    values: Sequence[float] | Floats,
    clusters: Labels | None,
    confidence: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Interval:
    """Interval for the mean of clustered values; unknown (NaN) values are left out.

    `bounds` are the values' own limits, e.g. (0, 1) for scores: then each side carries its
    pseudo-sample, so that 80 perfect scores do not read as certainty. Fewer than two clusters
    give no bounds.
    """
    groups = cluster_sums(values, clusters)
    if groups.count < 2:
        return Interval(None, None, confidence)
    if bounds is not None:
        return pseudo_sample_interval(groups, confidence, bounds)
    estimate = groups.estimate()
    return Interval(_bound(estimate, -1, confidence), _bound(estimate, +1, confidence), confidence)


def _bound(estimate: MeanEstimate, side: int, confidence: float) -> float:
    reach = float(stdtrit(estimate.degrees, (1 + confidence) / 2)) * estimate.standard_error
    return estimate.mean + side * reach


def _upper_tail(groups: ClusterSums, pseudo: float, margin: float, sign: float) -> float:
    """P(T ≥ sign·(mean + margin)/se) with the pseudo-sample in."""
    if groups.count < 2:
        return 1.0
    estimate = groups.with_pseudo_sample(pseudo).estimate()
    distance = sign * (estimate.mean + margin)
    if estimate.standard_error == 0:
        return 1.0
    return float(stdtr(estimate.degrees, -distance / estimate.standard_error))
