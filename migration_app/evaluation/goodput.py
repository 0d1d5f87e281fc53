"""Goodput: the requests that were answered, and within the limits that were set for latency.

Distinct from throughput, which counts answers however late they are (Zhong et al. 2024, DistServe).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .intervals import Floats
from .metrics import Rate, rate


@dataclass(frozen=True, slots=True)
class Objective:
    """A service level objective: seconds to the first token and to the whole answer; None: no limit."""

    ttft: float | None = None
    total: float | None = None

    @property
    def is_set(self) -> bool:
        return self.ttft is not None or self.total is not None


@dataclass(frozen=True, slots=True)
class Goodput:
    """share: of all requests, with Wilson's interval. per_second: where requests came at a known rate."""

    share: Rate
    per_second: float | None
    offered_per_second: float | None


def goodput(
    failed: NDArray[np.bool_],
    ttft: Floats,
    total: Floats,
    objective: Objective,
    offered_per_second: float | None = None,
    confidence: float = 0.95,
) -> Goodput:
    """How many of the requests met every limit that is set.

    Columns of equal length, one row a request, seconds from its intended sending, NaN unknown. A
    failure meets no limit, nor does an answer that never had a first token. offered_per_second:
    requests sent a second, whatever the answers did; None where the answers set the pace, and then
    there is no rate to speak of.
    """
    met = ~failed
    with np.errstate(invalid="ignore"):  # NaN is within no limit
        for seconds, limit in ((ttft, objective.ttft), (total, objective.total)):
            if limit is not None:
                met &= seconds <= limit
    share = rate(int(np.count_nonzero(met)), len(failed), confidence)
    per_second = None
    if offered_per_second is not None and share.value is not None:
        per_second = share.value * offered_per_second
    return Goodput(share, per_second, offered_per_second)
