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

    `p_noninferior` is the largest of four: `p_margin`, that no more than the margin is lost; `p_half`,
    that no more than half of `today`, the baseline's mean score, is lost (0 where that is less to ask);
    `p_worst`, the same of both with answers as wrong that could not be scored, on `hidden` samples of
    which the baseline has a score (0 without any); and `p_heard`, all this without the requests that the
    baseline failed, on `silent` samples (0 without any).
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
    today: float = 1.0
    hidden: int = 0
    p_margin: float = 1.0
    p_half: float = 0.0
    p_worst: float = 0.0
    silent: int = 0
    p_heard: float = 0.0

    @property
    def is_set_right(self) -> bool:
        """Whether people's labels set the judge right that gave these scores."""
        return self.method == "ppi"

    @property
    def fewest_labels(self) -> int:
        """Labels below which they would not."""
        return fewest_labels(self.scope)


def fewest_labels(scope: str | None) -> int:
    """How many labels of a scope set a judge right."""
    return FEWEST_LABELS if scope is None else FEWEST_CATEGORY_LABELS


def compare(scope: Scope, margin: float) -> Finding | None:
    """Test one scope against its margin; `None` when no sample is scored on both sides."""
    n = int(scope.differences.size)
    if n == 0:
        return None
    counted = _counted(scope)
    groups, reviewed, tests = counted.groups, counted.reviewed, _tests(counted, margin)
    p_half = _half_is_lost(scope, margin)
    p_worst = 0.0 if scope.worst is None else _at_worst(scope.worst, margin)
    p_heard = 0.0 if scope.heard is None else _at_worst(scope.heard, margin)
    return Finding(
        scope=scope.name,
        n=n,
        clusters=groups.count,
        difference=float(scope.differences.mean()) if reviewed is None else reviewed.mean,
        interval=tests.interval,
        better=counted.better,
        same=n - counted.better - counted.worse,
        worse=counted.worse,
        # Where no answer got any mark, both sides may have failed alike: that proves nothing.
        p_noninferior=max(tests.p_noninferior, p_half, p_worst, p_heard) if scope.has_marks else 1.0,
        p_inferior=tests.p_inferior,
        method=tests.method,
        margin=margin,
        standing=_standing(scope, tests.interval, margin, p_half),
        variance=_variance(groups) if reviewed is None else reviewed.standard_error**2 * n,
        effective_n=n / groups.typical_size if reviewed is None else float(n),
        has_marks=scope.has_marks,
        spread=None
        if reviewed is None or scope.labels is None
        else label_spread(scope.labels, scope.differences, scope.clusters),
        labels=None if scope.labels is None else int(np.count_nonzero(~np.isnan(scope.labels))),
        today=scope.today,
        hidden=0 if scope.worst is None else scope.worst.altered,
        p_margin=tests.p_noninferior,
        p_half=p_half,
        p_worst=p_worst,
        silent=0 if scope.heard is None else scope.heard.altered,
        p_heard=p_heard,
    )


def _half_is_lost(scope: Scope, margin: float) -> float:
    """p of H0: the candidate's mean is at most half of the baseline's; 0 where the margin asks for more."""
    if scope.today >= 2 * margin:
        return 0.0
    return _by_pseudo_sample(cluster_sums(scope.beyond_half(), scope.clusters), 0.0).p_noninferior


def _at_worst(scope: Scope, margin: float) -> float:
    """The larger p of both claims; 1 where nothing is left to show them by."""
    if not scope.differences.size:
        return 1.0
    return max(_tests(_counted(scope), margin).p_noninferior, _half_is_lost(scope, margin))


class _Counted(NamedTuple):
    """A scope as its tests take it."""

    n: int
    groups: ClusterSums
    better: int
    worse: int
    reviewed: PpiEstimate | None
    by_tango: bool
    exempt: bool


def _counted(scope: Scope) -> _Counted:
    n = int(scope.differences.size)
    groups = cluster_sums(scope.differences, scope.clusters)
    return _Counted(
        n=n,
        groups=groups,
        better=int(np.count_nonzero(scope.differences > ROUNDING)),
        worse=int(np.count_nonzero(scope.differences < -ROUNDING)),
        reviewed=_reviewed(scope),
        by_tango=scope.binary and groups.count == n,
        exempt=scope.name is None,
    )


def _reviewed(scope: Scope) -> PpiEstimate | None:
    """The judge set right by people, where they labelled enough of this scope."""
    if scope.labels is None:
        return None
    found = ppi_mean(scope.labels, scope.differences, scope.clusters)
    return found if found is not None and found.labels >= fewest_labels(scope.name) else None


def _standing(scope: Scope, interval: Interval, margin: float, p_half: float) -> Standing:
    """As `standing_of`; a baseline that scores next to nothing is held by whoever holds half of that, and
    nobody is better by what it failed to answer, or by what could not be scored, alone."""
    found = standing_of(interval, margin)
    if found is Standing.BETTER and not all(map(_is_better, (scope.worst, scope.heard))):
        found = Standing.HOLDS_QUALITY
    holds = found is not Standing.HOLDS_QUALITY or p_half <= (1 - DISPLAY_CONFIDENCE) / 2
    return found if holds else Standing.NOT_PROVEN


def _is_better(scope: Scope | None) -> bool:
    """Whether another way of counting shows it too; there may be none."""
    if scope is None:
        return True
    low = _tests(_counted(scope), 0.0).interval.low if scope.differences.size else None
    return low is not None and low > 0


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


def _tests(counted: _Counted, margin: float) -> _Tests:
    if counted.reviewed is not None:
        return _by_people(counted.reviewed, margin)
    return _by_tango(counted, margin) if counted.by_tango else _by_pseudo_sample(counted.groups, margin)


def _by_tango(counted: _Counted, margin: float) -> _Tests:
    """Tango's p, raised to the exact one. A clean sheet of the whole workload is `exempt`: by
    Tango it passes a margin of 0.05 at 52 samples, exactly it would at 59 (docs/verdict.md)."""
    counts = counted.better, counted.worse, counted.n
    clean_sheet = counted.exempt and not counted.better and not counted.worse
    exact = 0.0 if clean_sheet else exact_p_value(*counts, margin)
    return _Tests(
        "tango",
        tango_interval(*counts, DISPLAY_CONFIDENCE),
        max(tango_p_value(*counts, margin), exact),
        tango_inferior_p_value(*counts, margin),
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
