"""Calls of a candidate brought together by sample, so that they can be paired with the baseline's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.labels import are_rising
from migration_app.evaluation.metrics import NANO

from .columns import CandidateColumns


@dataclass(frozen=True, slots=True, eq=False)
class PerSample:
    """One entry a sample, means over its repetitions. costs: of one request, NaN where any is
    unknown. seconds: until the full answer, NaN where none came."""

    costs: Floats
    seconds: Floats


def per_sample(columns: CandidateColumns, samples: int) -> PerSample:
    """Means by sample, of `samples` samples."""
    calls, rows = columns.calls, columns.sample_rows
    nanos = np.asarray(calls.costs, dtype=np.float64)
    costs, unknown = _means(nanos, rows, nanos >= 0, samples)
    costs *= NANO
    costs[unknown] = np.nan
    seconds, _ = _means(calls.total, rows, ~calls.failed & np.isfinite(calls.total), samples)
    return PerSample(costs=costs, seconds=seconds)


def _means(
    values: Floats, rows: NDArray[Any], known: NDArray[np.bool_], samples: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Mean of the known values of each sample (NaN without any), and which samples lack some."""
    if rows.size == samples and are_rising(rows):  # one answer each, in order
        return np.where(known, values, np.nan), ~known
    sums = np.bincount(rows[known], weights=values[known], minlength=samples)
    counts = np.bincount(rows[known], minlength=samples)
    asked = np.bincount(rows, minlength=samples)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums / counts, counts < asked
