"""One claim about quality: how a candidate compares with the baseline on one set of samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from .clustered import (
    ClusterSums,
    cluster_sums,
    inferiority_p_value,
    noninferiority_p_value,
    pseudo_sample_interval,
)
from .intervals import Interval
from .pairs import Scope
from .tango import tango_inferior_p_value, tango_interval, tango_p_value

DISPLAY_CONFIDENCE = 0.95
ROUNDING = 1e-9  # scores averaged over repetitions may differ by as little and be the same


class Standing(StrEnum):
    """Where the 95% interval of the difference lies, seen from 0 and from the margin."""

    BETTER = "better"  # wholly above 0
    HOLDS_QUALITY = "holds_quality"  # wholly above −margin
    NOT_PROVEN = "not_proven"  # spans −margin, or not estimable
    TOO_LOW = "too_low"  # wholly below −margin


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


def compare(scope: Scope, margin: float) -> Finding | None:
    """Test one scope against its margin; `None` when no sample is scored on both sides."""
    n = int(scope.differences.size)
    if n == 0:
        return None
    groups = cluster_sums(scope.differences, scope.clusters)
    better = int(np.count_nonzero(scope.differences > ROUNDING))
    worse = int(np.count_nonzero(scope.differences < -ROUNDING))
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
