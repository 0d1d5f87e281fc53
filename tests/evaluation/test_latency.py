"""Latency: percentiles, TPOT, tokens per second, curves."""

import math

import numpy as np
import pytest

from migration_app.evaluation.latency import ecdf, summarise_latencies, tokens_per_second, tpot, tpots


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


def test_tpot_leaves_the_first_token_to_the_ttft():
    # 40 tokens, the first after 200 ms, then one every 5 ms: 0.200 + 39 × 0.005 = 0.395
    assert tpot(0.200, 0.395, 40) == pytest.approx(0.005)
    assert tokens_per_second(0.200, 0.395, 40) == pytest.approx(200)


@pytest.mark.parametrize(
    ("ttft", "total", "tokens"),
    [(None, 1.0, 10), (0.1, None, 10), (0.1, 1.0, None), (0.1, 1.0, 1), (0.1, 1.0, 0), (1.0, 0.1, 10)],
)
def test_tpot_is_unknown_where_a_part_is_unknown_or_contradicts(ttft, total, tokens):
    assert tpot(ttft, total, tokens) is None
    assert tokens_per_second(ttft, total, tokens) is None
    unknown = [np.array([math.nan if value is None else float(value)]) for value in (ttft, total, tokens)]
    assert np.isnan(tpots(*unknown)[0])


def test_an_answer_that_came_all_at_once_has_no_speed():
    assert tpot(0.4, 0.4, 20) == 0.0
    assert tokens_per_second(0.4, 0.4, 20) is None


def test_the_column_form_of_tpot_agrees_with_the_single_one():
    ttft, total, tokens = np.array([0.1, 0.2]), np.array([1.0, 0.9]), np.array([10.0, 8.0])
    assert tpots(ttft, total, tokens).tolist() == [tpot(0.1, 1.0, 10), tpot(0.2, 0.9, 8)]


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
