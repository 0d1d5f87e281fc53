"""Gaffke's test of a bounded mean."""

import numpy as np
import pytest
from scipy.stats import binom

from migration_app.evaluation.bounded import (
    BOUNDED_UP_TO,
    bounded_inferiority_p_value,
    bounded_noninferiority_p_value,
    chance_of_a_negative_sum,
)
from migration_app.evaluation.clustered import ClusterSums, cluster_sums, noninferiority_p_value


def differences(n, failures):
    values = np.zeros(n)
    values[:failures] = -1
    return cluster_sums(values, None)


@pytest.mark.parametrize("failures", [0, 1, 2, 5, 10])
def test_of_failures_alone_it_is_the_exact_binomial_test(failures):
    p = bounded_noninferiority_p_value(differences(200, failures), 0.05)
    assert p == pytest.approx(binom.cdf(failures, 200, 0.05), rel=0.03)


def test_it_is_the_share_of_random_weights_that_fall_below_the_margin():
    rng = np.random.default_rng(3)
    values = rng.normal(-0.02, 0.2, 120)
    weights = np.append(values + 0.05, -0.95)
    drawn = np.mean(rng.exponential(size=(100_000, 121)) @ weights <= 0)
    assert chance_of_a_negative_sum(weights) == pytest.approx(drawn, abs=0.004)


def test_among_many_graded_samples_it_agrees_with_the_t_test():
    values = np.random.default_rng(4).normal(-0.03, 0.2, 1000)
    groups = cluster_sums(values, None)
    assert bounded_noninferiority_p_value(groups, 0.05) == pytest.approx(
        noninferiority_p_value(groups, 0.05), abs=0.002
    )


def test_inferiority_is_the_mirror_image():
    values = np.random.default_rng(5).normal(-0.1, 0.2, 60)
    mirrored = cluster_sums(-values, None)
    assert bounded_inferiority_p_value(cluster_sums(values, None), 0.05) == pytest.approx(
        bounded_noninferiority_p_value(mirrored, -0.05)
    )


@pytest.mark.parametrize(("weights", "chance"), [([1.0, 2.0], 0.0), ([-1.0, -2.0], 1.0)])
def test_a_sum_that_cannot_change_its_sign_is_certain(weights, chance):
    assert chance_of_a_negative_sum(np.array(weights)) == chance


@pytest.mark.parametrize("ratio", [1e-6, 0.5, 1.0, 1.000001, 2.0, 1e6])
def test_two_opposed_exponentials_by_hand(ratio):
    """P(E₁ ≤ ratio·E₂) = ratio/(1 + ratio)."""
    found = chance_of_a_negative_sum(np.array([1.0, -ratio]))
    assert found == pytest.approx(ratio / (1 + ratio), abs=0.04)


def test_many_samples_at_a_small_margin_hold_few_failures():
    """By the t-test alone 17 of 5,001 would pass half a point, which 6.0% of candidates on it reach."""
    groups = differences(5_001, 17)
    assert noninferiority_p_value(groups, 0.005) <= 0.05
    p = bounded_noninferiority_p_value(groups, 0.005)
    assert 0.05 < p == pytest.approx(binom.cdf(17, 5_001, 0.005), rel=0.03)


@pytest.mark.parametrize("count", [0, 1, BOUNDED_UP_TO + 1])
def test_it_adds_nothing_where_it_is_not_needed(count):
    groups = ClusterSums(np.zeros(count), np.ones(count))
    assert bounded_noninferiority_p_value(groups, 0.05) == 0.0
