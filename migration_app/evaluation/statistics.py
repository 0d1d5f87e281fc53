"""The tests and intervals the verdict rests on, behind one door.

    tango       paired proportions: score test and interval
    clustered   clustered means; t with a pessimistic pseudo-sample
    intervals   one proportion, one quantile
    sizing      how many samples, how small a drop
    here        several claims at once

Every formula names its source; `docs/verdict.md` derives them and shows how to redo them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

from .clustered import cluster_mean_interval, pseudo_sample_inferior_test, pseudo_sample_test
from .intervals import Interval, order_statistic_interval, proportion_interval
from .sizing import detectable_drop, samples_needed
from .tango import tango_inferior_p_value, tango_interval, tango_p_value

Claim = TypeVar("Claim", bound=Hashable)

__all__ = [
    "Interval",
    "cluster_mean_interval",
    "detectable_drop",
    "holm",
    "order_statistic_interval",
    "proportion_interval",
    "pseudo_sample_inferior_test",
    "pseudo_sample_test",
    "samples_needed",
    "tango_inferior_p_value",
    "tango_interval",
    "tango_p_value",
]


def holm(p_values: Mapping[Claim, float]) -> dict[Claim, float]:
    """Holm's step-down adjustment (Holm 1979, Scandinavian Journal of Statistics 6:65–70).

    The k-th smallest of m is multiplied by m − k + 1, never falls below the one before, and
    stops at 1. (statsmodels' `multipletests` gives the same, 50 ms a call.)

    Rejecting every claim whose adjusted p is at most α keeps the chance of one false claim
    or more at α, however the tests depend on each other. Raises ValueError outside [0, 1].
    """
    values = np.fromiter(p_values.values(), np.float64, len(p_values))
    if not np.all((values >= 0) & (values <= 1)):
        raise ValueError("A p-value lies between 0 and 1.")
    order = np.argsort(values, kind="stable")
    stepped = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return dict(zip(p_values, adjusted.tolist(), strict=True))
