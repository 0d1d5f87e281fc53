"""Clustered means and the pessimistic pseudo-sample."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from migration_app.evaluation.clustered import ClusterSums, cluster_sums, codes_of, pseudo_sample_interval
from migration_app.evaluation.statistics import (
    cluster_mean_interval,
    pseudo_sample_inferior_test,
    pseudo_sample_test,
)

SOME = np.array([0.2, -0.1, 0.0, 0.3, -0.4, 0.1, 0.0, 0.05])


def test_without_clusters_it_is_the_t_test_of_the_samples_and_one_of_minus_1():
    expected = stats.ttest_1samp(np.append(SOME, -1.0), -0.1, alternative="greater").pvalue
    assert pseudo_sample_test(SOME, np.arange(8), 0.1) == pytest.approx(expected)


def test_inferiority_is_the_mirror_image_with_one_sample_of_plus_1():
    expected = stats.ttest_1samp(np.append(SOME, 1.0), -0.1, alternative="less").pvalue
    assert pseudo_sample_inferior_test(SOME, np.arange(8), 0.1) == pytest.approx(expected)


def test_a_clean_sheet_worked_by_hand():
    # 99 zeros and one −1: mean −1/100, sd² = 0.0099·100/99 = 0.01, se = 0.01,
    # t = (−0.01 + 0.05)/0.01 = 4 on 99 degrees of freedom.
    assert pseudo_sample_test(np.zeros(99), np.arange(99), 0.05) == pytest.approx(stats.t.sf(4, 99))


def test_clusters_of_equal_size_count_as_their_means():
    values, clusters = np.repeat(SOME, 5), np.repeat(np.arange(8), 5)
    assert pseudo_sample_test(values, clusters, 0.1) == pytest.approx(
        pseudo_sample_test(SOME, np.arange(8), 0.1)
    )


def test_the_standard_error_is_the_cluster_robust_one_of_statsmodels():
    from statsmodels.regression.linear_model import OLS  # seconds to load: only for the process that needs it

    rng = np.random.default_rng(5)
    clusters = rng.integers(0, 12, 90)
    values = rng.normal(size=90) + clusters * 0.1
    fit = OLS(values, np.ones(90)).fit()
    robust = fit.get_robustcov_results("cluster", groups=clusters, df_correction=True)
    # statsmodels also multiplies by (n − 1)/(n − k) = 1 here: one regressor.
    estimate = cluster_sums(values, clusters).estimate()
    assert estimate.standard_error == pytest.approx(float(robust.bse[0]), rel=1e-9)


def test_the_interval_inverts_both_tests():
    interval = pseudo_sample_interval(cluster_sums(SOME, np.arange(8)), 0.9)
    assert pseudo_sample_test(SOME, np.arange(8), -interval.low) == pytest.approx(0.05)
    assert pseudo_sample_inferior_test(SOME, np.arange(8), -interval.high) == pytest.approx(0.05)


def test_a_failure_shared_by_a_cluster_cannot_hide_behind_many_samples():
    clean = np.zeros(100)
    assert pseudo_sample_test(clean, np.arange(100), 0.05) < 0.001
    assert pseudo_sample_test(clean, np.repeat(np.arange(10), 10), 0.05) > 0.3


def test_uneven_clusters_count_by_their_effective_number():
    groups = ClusterSums(np.zeros(3), np.array([8.0, 1.0, 1.0]))
    assert groups.typical_size == pytest.approx(6.6)  # (64 + 1 + 1)/10
    assert groups.estimate().degrees == pytest.approx(100 / 66 - 1)


@pytest.mark.parametrize("values", [[], [0.5], [0.1, 0.2, 0.3]])
def test_fewer_than_two_clusters_prove_nothing(values):
    clusters = ["the same"] * len(values)
    assert pseudo_sample_test(values, clusters, 0.05) == 1.0
    assert pseudo_sample_inferior_test(values, clusters, 0.05) == 1.0
    assert not cluster_mean_interval(values, clusters).estimable


def test_unknown_values_are_left_out_with_their_cluster():
    values = np.append(SOME, math.nan)
    assert pseudo_sample_test(values, np.arange(9), 0.1) == pseudo_sample_test(SOME, np.arange(8), 0.1)


def test_a_label_for_every_value_is_required():
    with pytest.raises(ValueError, match="cluster labels"):
        pseudo_sample_test([0.0, 0.1], ["a"], 0.05)


def test_80_perfect_scores_are_not_certainty():
    interval = cluster_mean_interval(np.ones(80), np.arange(80), bounds=(0.0, 1.0))
    assert interval.high == 1.0
    assert 0.95 < interval.low < 0.97


def test_the_mean_of_unclustered_values_has_the_ordinary_t_interval():
    interval = cluster_mean_interval(SOME, np.arange(8))
    expected = stats.t.interval(0.95, 7, loc=SOME.mean(), scale=stats.sem(SOME))
    assert (interval.low, interval.high) == pytest.approx(expected)
    assert cluster_mean_interval(SOME, None) == interval


@pytest.mark.parametrize(
    "labels",
    [
        ["b", "a", "b", None],
        [7, -3, 7, 0],
        [2**62, -(2**61), 2**62, 5],
        np.array(["b", "a", "b", ""]),
        np.array([1.5, 2, 1.5, 3]),
    ],
)
def test_equal_labels_get_equal_codes_whatever_they_are(labels):
    codes = codes_of(labels)
    assert codes[0] == codes[2]
    assert sorted(set(codes.tolist())) == [0, 1, 2]


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 6)), min_size=2, max_size=40),
    st.floats(0.01, 0.5),
)
def test_p_values_stay_p_values_and_agree_with_the_interval(rows, margin):
    values, clusters = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    p = pseudo_sample_test(values, clusters, margin)
    assert 0 <= p <= 1
    low = pseudo_sample_interval(cluster_sums(values, clusters), 0.9).low
    if low is not None and abs(low + margin) > 1e-6 and low > -1:
        assert (p < 0.05) == (low > -margin)
