"""Latency: percentiles, TPOT, curves."""

import math

import numpy as np
import pytest

from migration_app.evaluation.latency import ecdf, summarise_latencies, tpots


def test_percentiles_are_values_that_were_observed():
    summary = summarise_latencies([float(value) for value in range(100, 0, -1)])
    assert (summary.p50.value, summary.p95.value, summary.p99.value) == (50.0, 95.0, 99.0)
    assert (summary.n, summary.mean) == (100, 50.5)


def test_the_p95_of_59_calls_has_no_upper_bound_and_of_72_it_has():
    assert summarise_latencies(range(59)).p95.interval.high is None
    assert summarise_latencies(range(72)).p95.interval.high == 71.0


def test_no_calls_give_no_numbers_at_all():
    summary = summarise_latencies([])
    assert (summary.n, summary.mean, summary.p50.value, summary.p99.interval.low) == (0, None, None, None)


def test_one_call_is_its_own_median_without_an_interval():
    summary = summarise_latencies([0.3])
    assert summary.p50.value == summary.p99.value == 0.3
    assert not summary.p50.interval.estimable


def test_unknown_durations_are_left_out():
    assert summarise_latencies([1.0, math.nan, 3.0]).n == 2


def test_gaps_within_calls_get_no_interval_because_they_depend_on_each_other():
    summary = summarise_latencies(range(1000), independent=False)
    assert summary.p50.value == 499.0
    assert summary.p50.interval.low is summary.p50.interval.high is None


def paces(*calls):
    """TPOT of calls given as (ttft, total, tokens)."""
    return tpots(*np.array(calls, dtype=float).T)


def test_tpot_leaves_the_first_token_to_the_ttft():
    # 40 tokens, the first after 200 ms, then one every 5 ms: 0.200 + 39 × 0.005 = 0.395
    assert paces((0.200, 0.395, 40), (0.4, 0.4, 20)) == pytest.approx([0.005, 0.0])


@pytest.mark.parametrize(
    ("ttft", "total", "tokens"),
    [
        (math.nan, 1.0, 10),
        (0.1, math.nan, 10),
        (0.1, 1.0, math.nan),
        (0.1, 1.0, 1),
        (0.1, 1.0, 0),
        (1.0, 0.1, 10),
    ],
)
def test_tpot_is_unknown_where_a_part_is_unknown_or_contradicts(ttft, total, tokens):
    known, unknown = paces((0.1, 1.0, 10), (ttft, total, tokens))
    assert known == pytest.approx(0.1)
    assert np.isnan(unknown)


def test_a_curve_starts_at_the_fastest_and_ends_with_all():
    assert ecdf([3.0, 1.0, 2.0, 2.0]) == [(1.0, 0.25), (2.0, 0.75), (3.0, 1.0)]


def test_a_curve_of_many_values_keeps_to_its_points_and_always_rises():
    curve = ecdf(np.random.default_rng(1).exponential(size=5000), points=64)
    assert len(curve) == 64
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in zip(curve, curve[1:], strict=False))
    assert curve[-1][1] == 1.0


def test_a_curve_of_nothing_is_empty_and_of_one_point_is_refused():
    assert ecdf([]) == ecdf([math.nan]) == []
    with pytest.raises(ValueError, match="two points"):
        ecdf([1.0], points=1)
