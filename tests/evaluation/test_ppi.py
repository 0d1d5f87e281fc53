"""Prediction-powered inference, by hand and in its limits."""

import numpy as np
import pytest

from migration_app.evaluation.ppi import ppi_mean, tuned_weight

NAN = np.nan


def test_the_estimate_by_hand():
    """Labels 0, −1, 0, 0 where the judge said 0, −1, 0, −1; it said −½ on average of four others.

    cov = 1/6, var of all eight predictions = 2/7, n/N = 1: λ = (1/6)/(2·2/7) = 7/24. Then
    −1/4 + λ·1/2 from the labelled, − λ·1/2 from the rest: −1/4.
    """
    labels = np.array([0, -1, 0, 0, NAN, NAN, NAN, NAN])
    judge = np.array([0, -1, 0, -1, 0, -1, 0, -1.0])
    found = ppi_mean(labels, judge)
    assert found.weight == pytest.approx(7 / 24)
    assert found.mean == pytest.approx(-0.25)
    # corrections 0, −17/24, 0, 7/24: variance 0.1751…; the rest: λ²/3.
    corrections = np.var([0, -1 + 7 / 24, 0, 7 / 24], ddof=1) / 4
    assert found.standard_error**2 == pytest.approx(corrections + (7 / 24) ** 2 / 3 / 4)
    assert (found.labels, found.n) == (4, 8)


def test_a_useless_judge_leaves_peoples_word_alone():
    rng = np.random.default_rng(1)
    labels = np.where(np.arange(400) < 100, rng.integers(-1, 2, 400), NAN)
    found = ppi_mean(labels, np.zeros(400))
    assert found.weight == 0
    assert found.mean == pytest.approx(np.nanmean(labels))


def test_a_perfect_judge_makes_100_labels_worth_nearly_all_samples():
    rng = np.random.default_rng(2)
    truth = rng.integers(-1, 2, 10_000).astype(float)
    labels = np.where(np.arange(10_000) < 100, truth, NAN)
    found = ppi_mean(labels, truth)
    assert found.weight == pytest.approx(0.99, abs=0.15)
    assert found.standard_error < 0.25 * np.nanstd(labels, ddof=1) / 10


def test_people_take_out_a_constant_bias():
    rng = np.random.default_rng(3)
    truth = rng.choice([-1.0, 0.0, 1.0], 5000, p=[0.2, 0.7, 0.1])
    judge = np.clip(truth + (rng.random(5000) < 0.1), -1, 1)
    labels = np.where(np.arange(5000) < 300, truth, NAN)
    found = ppi_mean(labels, judge)
    assert judge.mean() > -0.05
    assert found.mean == pytest.approx(-0.1, abs=2 * found.standard_error)


def test_each_test_carries_the_pseudo_sample_that_works_against_it():
    """All labels are 0: the mean is 0, and each bound lies outside it."""
    found = ppi_mean(np.where(np.arange(200) < 50, 0.0, NAN), np.zeros(200))
    bounds = found.interval(0.95)
    assert (found.mean, bounds.low) == (0.0, -bounds.high)
    assert -0.06 < bounds.low < -1 / 51
    assert found.p_noninferior(0.05) == pytest.approx(0.95**50, rel=0.02)  # as exact as without a judge
    assert found.p_inferior(0.05) > 0.95


@pytest.mark.parametrize(("labels", "passes"), [(58, False), (59, True)])
def test_clean_labels_prove_no_more_than_they_would_without_a_judge(labels, passes):
    found = ppi_mean(np.where(np.arange(1_000) < labels, 0.0, NAN), np.zeros(1_000))
    assert (found.p_noninferior(0.05) <= 0.05) == passes


def test_what_the_judge_sees_of_the_rest_counts_against_it():
    """People and judge saw 3 of 300 answers lost and agree; of the rest the judge sees one in ten lost."""
    labels = np.where(np.arange(1_000) < 300, 0.0, NAN)
    said = np.where(np.arange(1_000) % 10 == 0, -1.0, 0.0)
    said[:300] = labels[:300] = np.where(np.arange(300) % 100 == 0, -1.0, 0.0)
    alone, found = ppi_mean(labels, np.zeros(1_000)), ppi_mean(labels, said)
    assert alone.p_noninferior(0.05) <= 0.05
    assert found.mean < alone.mean - 0.005
    assert found.p_noninferior(0.05) > alone.p_noninferior(0.05)


def test_clusters_widen_it():
    rng = np.random.default_rng(4)
    shared = np.repeat(rng.normal(0, 0.3, 40), 10)
    labels = np.where(np.arange(400) % 2, NAN, shared)
    alone, together = ppi_mean(labels, shared), ppi_mean(labels, shared, np.repeat(np.arange(40), 10))
    assert together.standard_error > 2 * alone.standard_error


@pytest.mark.parametrize("labels", [[NAN] * 5, [0.0, NAN, NAN, NAN, NAN]])
def test_fewer_than_two_labels_estimate_nothing(labels):
    assert ppi_mean(np.array(labels), np.zeros(5)) is None


def test_the_weight_lies_between_0_and_1():
    up = np.array([0.0, 1.0, 0.0, 1.0])
    assert tuned_weight(-up, up, up) == 0.0
    assert tuned_weight(10 * up, up, np.tile(up, 100)) == 1.0
    assert tuned_weight(up, up, np.zeros(0)) == 0.0
