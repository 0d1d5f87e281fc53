"""One claim about quality: how a candidate compares with the baseline on one set of samples."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .clustered import (
    ClusterSums,
    Labels,
    cluster_sums,
    codes_of,
    inferiority_p_value,
    noninferiority_p_value,
    pseudo_sample_interval,
)
from .intervals import Floats, Interval
from .tango import tango_inferior_p_value, tango_interval, tango_p_value

DISPLAY_CONFIDENCE = 0.95


class Standing(StrEnum):
    """Where the 95% interval of the difference lies, seen from 0 and from the margin."""

    BETTER = "better"  # wholly above 0
    HOLDS_QUALITY = "holds_quality"  # wholly above −margin
    NOT_PROVEN = "not_proven"  # spans −margin, or not estimable
    TOO_LOW = "too_low"  # wholly below −margin


class InvalidSamplesError(ValueError):
    """Scores that cannot be compared: the message says which and why."""


@dataclass(frozen=True, slots=True, eq=False)
class PairedSamples:
    """One candidate beside the baseline, one entry per sample, repetitions already averaged.

    baseline, candidate: scores in [0, 1]; NaN is unscored on that side, and such a sample is
    left out of the tests and counted in `unscored`. clusters: samples with equal labels are
    not independent. categories: labels; "" or None is no category. complete: False when the
    run was capped, paused or is partly missing. Raises InvalidSamplesError.
    """

    baseline: Floats
    candidate: Floats
    clusters: Labels
    categories: Labels
    complete: bool = True

    def __post_init__(self) -> None:
        columns = (self.baseline, self.candidate, self.clusters, self.categories)
        if len({len(column) for column in columns}) != 1:
            raise InvalidSamplesError(
                "Scores, clusters and categories need one entry per sample."
            )
        for name, scores in (("baseline", self.baseline), ("candidate", self.candidate)):
            if np.any((scores < 0) | (scores > 1)):
                raise InvalidSamplesError(f"A {name} score lies outside 0 to 1: normalise the scores first.")

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Which samples have a score on both sides."""
        return ~(np.isnan(self.baseline) | np.isnan(self.candidate))

    @property
    def unscored(self) -> int:
        """How many samples lack a score on at least one side."""
        return int(len(self.baseline) - np.count_nonzero(self.scored))


@dataclass(frozen=True, slots=True)
class Finding:
    """The comparison on one scope: `None` is the whole workload, else a category's name.

    `interval` is two-sided at 95%, for reading; the tests are one-sided. `method` is "tango"
    or "pseudo_sample_t". `effective_n` is the number of effective clusters, (Σm)²/Σm², and
    equals n where none is shared; `variance` is that of one of them: together they size the
    next run.
    """

    scope: str | None
    n: int
    clusters: int
    difference: float
    interval: Interval
    better: int
    same: int
    worse: int
    p_noninferior: float
    p_inferior: float
    method: str
    margin: float
    standing: Standing
    variance: float
    effective_n: float


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """The scored samples of a scope: differences, cluster codes, and whether all scores are 0 or 1."""

    name: str | None
    samples: int  # scored or not
    differences: Floats
    clusters: NDArray[np.int64]
    binary: bool


def scopes_of(pairs: PairedSamples) -> Iterator[Scope]:
    """The whole workload first, then each named category in alphabetical order."""
    scored = pairs.scored
    differences = np.where(scored, pairs.candidate - pairs.baseline, np.nan)
    clusters = codes_of(pairs.clusters)
    binary = _is_binary(pairs.baseline) & _is_binary(pairs.candidate)
    labels = np.asarray(pairs.categories)
    codes = codes_of(labels)
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if codes.size else []
    named = [("" if labels[part[0]] is None else str(labels[part[0]]), part) for part in parts]
    whole: tuple[str | None, NDArray[np.int64]] = (None, np.arange(codes.size))
    for name, rows in (whole, *sorted((part for part in named if part[0]), key=lambda part: part[0])):
        kept = scored[rows]
        known = (differences[rows][kept], clusters[rows][kept], bool(np.all(binary[rows][kept])))
        yield Scope(name, int(kept.size), *known)


def compare(scope: Scope, margin: float) -> Finding | None:
    """Test one scope against its margin; `None` when no sample is scored on both sides."""
    n = int(scope.differences.size)
    if n == 0:
        return None
    groups = cluster_sums(scope.differences, scope.clusters)
    better = int(np.count_nonzero(scope.differences > 0))
    worse = int(np.count_nonzero(scope.differences < 0))
    if scope.binary and groups.count == n:
        tests = _by_tango(better, worse, n, margin)
    else:
        tests = _by_pseudo_sample(groups, margin)
    return Finding(
        scope=scope.name,
        n=n,
        clusters=groups.count,
        difference=float(scope.differences.mean()),
        interval=tests.interval,
        better=better,
        same=n - better - worse,
        worse=worse,
        p_noninferior=tests.p_noninferior,
        p_inferior=tests.p_inferior,
        method=tests.method,
        margin=margin,
        standing=standing_of(tests.interval, margin),
        variance=_variance(groups),
        effective_n=n / groups.typical_size,
    )


def standing_of(interval: Interval, margin: float) -> Standing:
    """Put an interval into a word; a bound that touches a limit has not passed it."""
    low = -math.inf if interval.low is None else interval.low
    high = math.inf if interval.high is None else interval.high
    if low > 0:
        return Standing.BETTER
    if low > -margin:
        return Standing.HOLDS_QUALITY
    return Standing.TOO_LOW if high < -margin else Standing.NOT_PROVEN


class _Tests(NamedTuple):
    method: str
    interval: Interval
    p_noninferior: float
    p_inferior: float


def _by_tango(better: int, worse: int, n: int, margin: float) -> _Tests:
    return _Tests(
        "tango",
        tango_interval(better, worse, n, DISPLAY_CONFIDENCE),
        tango_p_value(better, worse, n, margin),
        tango_inferior_p_value(better, worse, n, margin),
    )


def _by_pseudo_sample(groups: ClusterSums, margin: float) -> _Tests:
    return _Tests(
        "pseudo_sample_t",
        pseudo_sample_interval(groups, DISPLAY_CONFIDENCE),
        noninferiority_p_value(groups, margin),
        inferiority_p_value(groups, margin),
    )


def _variance(groups: ClusterSums) -> float:
    if groups.count < 2:
        return 0.0
    estimate = groups.estimate()
    return estimate.standard_error**2 * (estimate.degrees + 1)


def _is_binary(scores: Floats) -> NDArray[np.bool_]:
    return np.asarray((scores == 0) | (scores == 1), dtype=np.bool_)
