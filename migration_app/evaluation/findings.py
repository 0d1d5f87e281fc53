"""One claim about quality: how a candidate compares with the baseline on one set of samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from .bounded import bounded_inferiority_p_value, bounded_noninferiority_p_value
from .clustered import (
    ClusterSums,
    cluster_sums,
    inferiority_p_value,
    noninferiority_p_value,
    pseudo_sample_interval,
)
from .exact import exact_p_value
from .intervals import Interval
from .label_sizing import LabelSpread, label_spread
from .pairs import Scope
from .ppi import PpiEstimate, ppi_mean
from .tango import tango_inferior_p_value, tango_interval, tango_p_value

DISPLAY_CONFIDENCE = 0.95
FEWEST_LABELS, FEWEST_CATEGORY_LABELS = 30, 20  # below them people's labels set no judge right
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

    `interval` is two-sided at 95%, for reading; the tests are one-sided. `method` is "tango",
    "pseudo_sample_t" or "ppi", then with the number of `labels` that people gave. `effective_n`
    is the number of effective clusters, (Σm)²/Σm², and equals n where none is shared; `variance`
    is that of one of them: together they size the next run. `spread`, with "ppi", sizes the reviews.
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
    labels: int | None = None
    has_marks: bool = True
    spread: LabelSpread | None = None


def compare(scope: Scope, margin: float) -> Finding | None:
    """Test one scope against its margin; `None` when no sample is scored on both sides."""
    n = int(scope.differences.size)
    if n == 0:
        return None
    groups = cluster_sums(scope.differences, scope.clusters)
    better = int(np.count_nonzero(scope.differences > ROUNDING))
    worse = int(np.count_nonzero(scope.differences < -ROUNDING))
    reviewed = _reviewed(scope)
    if reviewed is not None:
        tests = _by_people(reviewed, margin)
    elif scope.binary and groups.count == n:
        tests = _by_tango(better, worse, n, margin, exempt=scope.name is None)
    else:
        tests = _by_pseudo_sample(groups, margin)
    return Finding(
        scope=scope.name,
        n=n,
        clusters=groups.count,
        difference=float(scope.differences.mean()) if reviewed is None else reviewed.mean,
        interval=tests.interval,
        better=better,
        same=n - better - worse,
        worse=worse,
        # Where no answer got any mark, both sides may have failed alike: that proves nothing.
        p_noninferior=tests.p_noninferior if scope.has_marks else 1.0,
        p_inferior=tests.p_inferior,
        method=tests.method,
        margin=margin,
        standing=standing_of(tests.interval, margin),
        variance=_variance(groups) if reviewed is None else reviewed.standard_error**2 * n,
        effective_n=n / groups.typical_size if reviewed is None else float(n),
        has_marks=scope.has_marks,
        spread=None
        if reviewed is None or scope.labels is None
        else label_spread(scope.labels, scope.differences, scope.clusters),
        labels=None if scope.labels is None else int(np.count_nonzero(~np.isnan(scope.labels))),
    )


def _reviewed(scope: Scope) -> PpiEstimate | None:
    """The judge set right by people, where they labelled enough of this scope."""
    if scope.labels is None:
        return None
    found = ppi_mean(scope.labels, scope.differences, scope.clusters)
    fewest = FEWEST_LABELS if scope.name is None else FEWEST_CATEGORY_LABELS
    return found if found is not None and found.labels >= fewest else None


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


def _by_tango(better: int, worse: int, n: int, margin: float, *, exempt: bool) -> _Tests:
    """Tango's p, raised to the exact one. A clean sheet of the whole workload is `exempt`: by
    Tango it passes a margin of 0.05 at 52 samples, exactly it would at 59 (docs/verdict.md)."""
    clean_sheet = exempt and not better and not worse
    exact = 0.0 if clean_sheet else exact_p_value(better, worse, n, margin)
    return _Tests(
        "tango",
        tango_interval(better, worse, n, DISPLAY_CONFIDENCE),
        max(tango_p_value(better, worse, n, margin), exact),
        tango_inferior_p_value(better, worse, n, margin),
    )


def _by_pseudo_sample(groups: ClusterSums, margin: float) -> _Tests:
    """The t-test with its pseudo-sample, raised to the bounded test where failures are few."""
    bounded = bounded_noninferiority_p_value(groups, margin)
    return _Tests(
        "pseudo_sample_t",
        pseudo_sample_interval(groups, DISPLAY_CONFIDENCE),
        max(noninferiority_p_value(groups, margin), bounded),
        max(inferiority_p_value(groups, margin), bounded_inferiority_p_value(groups, margin)),
    )


def _by_people(estimate: PpiEstimate, margin: float) -> _Tests:
    bounds = estimate.interval(DISPLAY_CONFIDENCE)
    return _Tests("ppi", bounds, estimate.p_noninferior(margin), estimate.p_inferior(margin))


def _variance(groups: ClusterSums) -> float:
    if groups.count < 2:
        return 0.0
    estimate = groups.estimate()
    return estimate.standard_error**2 * (estimate.degrees + 1)
