"""Goodput: what was answered, and within the limits."""

from __future__ import annotations

import numpy as np
import pytest

from migration_app.evaluation.goodput import Objective, goodput

FAILED = np.array([False, False, False, True])
TTFT = np.array([0.1, 0.4, np.nan, 0.1])
TOTAL = np.array([1.0, 1.0, 3.0, 1.0])


@pytest.mark.parametrize(
    ("objective", "met"),
    [
        (Objective(ttft=0.2), 1),
        (Objective(total=2.0), 2),
        (Objective(ttft=0.5, total=2.0), 2),
        (Objective(ttft=0.5, total=0.5), 0),
    ],
)
def test_a_request_meets_every_limit_or_none_of_them_counts(objective: Objective, met: int) -> None:
    found = goodput(FAILED, TTFT, TOTAL, objective)
    assert (found.share.count, found.share.n) == (met, 4)
    assert found.per_second is None, "nothing was offered at a known rate"


def test_at_a_known_rate_goodput_is_a_rate() -> None:
    found = goodput(FAILED, TTFT, TOTAL, Objective(total=2.0), offered_per_second=10.0)
    assert found.per_second == pytest.approx(5.0)


def test_of_nothing_there_is_no_share() -> None:
    empty = np.array([])
    found = goodput(np.array([], dtype=bool), empty, empty, Objective(total=1.0), 5.0)
    assert found.share.value is None and found.per_second is None
