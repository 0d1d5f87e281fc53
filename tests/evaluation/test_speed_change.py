"""How much faster or slower a candidate answers."""

import numpy as np
import pytest

from migration_app.evaluation.speed_change import tail_change, tail_of, typical_change


def slowest_change(before, after):
    return tail_change(tail_of(before), tail_of(after))


def test_the_typical_change_is_the_median_of_paired_differences():
    before = np.array([1.0, 2.0, 3.0, 4.0, 5.0, np.nan])
    found = typical_change(before, before - np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.0]))
    assert (found.value, found.n) == (pytest.approx(-0.3), 5)
    assert found.interval.estimable is False  # five pairs bound no median at 95%


def test_its_interval_is_that_of_the_sign_test():
    found = typical_change(np.zeros(20), np.arange(20.0))
    assert (found.interval.low, found.interval.high) == (5.0, 14.0)  # ranks 6 and 15 of 20


def test_the_slowest_are_compared_with_the_farthest_ends():
    rng = np.random.default_rng(1)
    before, after = rng.exponential(2, 2000), rng.exponential(1, 2000)
    found = slowest_change(before, after)
    assert found.interval.low < found.value < found.interval.high < 0


def test_too_few_calls_bound_no_percentile():
    found = slowest_change(np.ones(59), np.ones(59))
    assert (found.value, found.interval.low, found.interval.high) == (0.0, None, None)


def test_without_answers_the_change_is_unknown():
    nothing = np.array([np.nan])
    assert typical_change(nothing, nothing).value is slowest_change(nothing, nothing).value is None
