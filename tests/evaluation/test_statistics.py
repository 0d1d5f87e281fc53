"""Holm, proportions, quantiles and sample sizes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from migration_app.evaluation.clustered import pseudo_sample_test
from migration_app.evaluation.intervals import Interval
from migration_app.evaluation.sizing import pseudo_sample_samples_needed, tango_samples_needed
from migration_app.evaluation.statistics import (
    detectable_drop,
    holm,
    order_statistic_interval,
    proportion_interval,
    samples_needed,
)
from migration_app.evaluation.tango import tango_score


def test_holm_worked_by_hand():
    # 0.01 × 3 = 0.03; 0.03 × 2 = 0.06; 0.04 × 1 may not fall below 0.06.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})


@settings(max_examples=10)  # multipletests collects garbage on every call
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_agrees_with_statsmodels(p_values):
    from statsmodels.stats.multitest import (
        multipletests,  # seconds to load: only for the process that needs it
    )

    adjusted = holm(dict(enumerate(p_values)))
    assert list(adjusted.values()) == pytest.approx(multipletests(p_values, method="holm")[1].tolist())


def test_holm_of_nothing_is_nothing_and_of_one_is_itself():
    assert holm({}) == {}
    assert holm({"only": 0.04}) == {"only": 0.04}


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_holm_refuses_what_is_no_p_value(p):
    with pytest.raises(ValueError, match="p-value"):
        holm({"a": p})


def test_wilsons_interval_agrees_with_newcombes_published_examples():
    # Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3.
    for successes, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
    ]:
        interval = proportion_interval(successes, n, 0.95)
        assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_a_proportion_of_nothing_is_not_estimable_and_an_impossible_one_is_refused():
    assert proportion_interval(0, 0) == Interval(None, None, 0.95)
    with pytest.raises(ValueError, match="not a proportion"):
        proportion_interval(3, 2)


def test_the_median_of_ten_lies_between_the_second_and_the_ninth():
    # P(Binomial(10, ½) ≤ 1) = 0.0107 ≤ 0.025 < P(≤ 2) = 0.0547
    assert order_statistic_interval(range(1, 11), 0.5) == Interval(2.0, 9.0, 0.95)


@pytest.mark.parametrize(("quantile", "fewest"), [(0.95, 72), (0.99, 368)])
def test_a_high_percentile_has_no_upper_bound_from_too_few_values(quantile, fewest):
    # quantile^n ≤ 2.5% is needed for the largest value to be one.
    assert order_statistic_interval(range(fewest - 1), quantile).high is None
    assert order_statistic_interval(range(fewest), quantile).high == fewest - 1


def test_p95_of_59_values_has_a_lower_bound_and_no_upper_one():
    interval = order_statistic_interval(range(59), 0.95)
    assert interval.high is None
    assert interval.low == 51.0  # rank 52: P(Binomial(59, 0.95) ≤ 51) = 0.018; ≤ 52 would be 0.049


@pytest.mark.parametrize("n", [0, 1])
def test_no_percentile_is_estimable_from_nothing_or_from_one_value(n):
    assert order_statistic_interval([1.0] * n, 0.5) == Interval(None, None, 0.95)


@given(st.integers(2, 400), st.sampled_from([0.5, 0.9, 0.95, 0.99]), st.sampled_from([0.9, 0.95, 0.99]))
def test_each_tail_keeps_its_half_of_the_error_and_no_narrower_rank_would(n, quantile, confidence):
    tail = (1 - confidence) / 2 + 1e-12
    interval = order_statistic_interval(range(1, n + 1), quantile, confidence)
    if interval.low is not None:
        rank = int(interval.low)
        assert binom.cdf(rank - 1, n, quantile) <= tail < binom.cdf(rank, n, quantile) + 1e-9
    if interval.high is not None:
        rank = int(interval.high)
        assert binom.sf(rank - 1, n, quantile) <= tail < binom.sf(rank - 2, n, quantile) + 1e-9


def test_the_order_of_values_does_not_matter_and_unknown_ones_are_left_out():
    values = np.random.default_rng(3).permutation(np.append(np.arange(200.0), math.nan))
    assert order_statistic_interval(values, 0.9) == order_statistic_interval(range(200), 0.9)


def test_a_quantile_outside_0_to_1_is_refused():
    with pytest.raises(ValueError, match="quantile"):
        order_statistic_interval([1, 2], 1.0)


def test_samples_needed_is_the_textbook_formula():
    # ((1.6449 + 0.8416)² × 0.1) / 0.05² = 247.3
    assert samples_needed(0.0, 0.05, variance=0.1) == 248


def test_a_difference_on_the_margin_is_never_settled():
    assert samples_needed(-0.05, 0.05, variance=0.1) is None
    assert pseudo_sample_samples_needed(-0.05, 0.05, variance=0.1) is None


def test_a_clean_sheet_needs_52_samples_by_tango():
    assert tango_samples_needed(0, 0, 24, 0.05) == 52


def test_a_clean_sheet_needs_as_many_as_the_pseudo_sample_test_asks():
    needed = pseudo_sample_samples_needed(0.0, 0.05, variance=0.0)
    assert pseudo_sample_test(np.zeros(needed), np.arange(needed), 0.05) <= 0.05
    assert pseudo_sample_test(np.zeros(needed - 1), np.arange(needed - 1), 0.05) > 0.05


@given(st.integers(40, 200), st.integers(0, 20), st.integers(0, 20))
def test_with_the_samples_advised_the_same_shares_would_be_proven(n, better, worse):
    needed = tango_samples_needed(better, worse, n, 0.05)
    if needed is not None:
        grown = needed / n
        score = tango_score(better * grown, worse * grown, needed, -0.05)
        assert abs(score) >= norm.ppf(0.95) - 1e-9


def test_the_detectable_drop_shrinks_with_the_root_of_the_samples():
    # (1.6449 + 0.8416) × √0.2 / √100 = 0.1112
    assert detectable_drop(100, discordance=0.2) == pytest.approx(0.1112, abs=1e-4)
    assert detectable_drop(400, discordance=0.2) == pytest.approx(0.0556, abs=1e-4)
    assert detectable_drop(100, sd=math.sqrt(0.2)) == detectable_drop(100, discordance=0.2)


def test_the_detectable_drop_of_one_sample_is_unknown():
    assert detectable_drop(1, sd=0.3) is None


def test_the_detectable_drop_needs_one_spread():
    with pytest.raises(ValueError, match="either"):
        detectable_drop(100)
