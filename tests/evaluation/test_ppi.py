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
    found = ppi_mean(labels, judge, pseudo=None)
    assert found.weight == pytest.approx(7 / 24)
    assert found.mean == pytest.approx(-0.25)
    # corrections 0, −17/24, 0, 7/24: variance 0.1751…; the rest: λ²/3.
    corrections = np.var([0, -1 + 7 / 24, 0, 7 / 24], ddof=1) / 4
    assert found.standard_error**2 == pytest.approx(corrections + (7 / 24) ** 2 / 3 / 4)
    assert (found.labels, found.n) == (4, 8)


def test_a_useless_judge_leaves_peoples_word_alone():
    rng = np.random.default_rng(1)
    labels = np.where(np.arange(400) < 100, rng.integers(-1, 2, 400), NAN)
    found = ppi_mean(labels, np.zeros(400), pseudo=None)
    assert found.weight == 0
    assert found.mean == pytest.approx(np.nanmean(labels))


def test_a_perfect_judge_makes_100_labels_worth_nearly_all_samples():
    rng = np.random.default_rng(2)
    truth = rng.integers(-1, 2, 10_000).astype(float)
    labels = np.where(np.arange(10_000) < 100, truth, NAN)
    found = ppi_mean(labels, truth, pseudo=None)
    assert found.weight == pytest.approx(0.99, abs=0.15)
    assert found.standard_error < 0.25 * np.nanstd(labels, ddof=1) / 10


def test_people_take_out_a_constant_bias():
    rng = np.random.default_rng(3)
    truth = rng.choice([-1.0, 0.0, 1.0], 5000, p=[0.2, 0.7, 0.1])
    judge = np.clip(truth + (rng.random(5000) < 0.1), -1, 1)
    labels = np.where(np.arange(5000) < 300, truth, NAN)
    found = ppi_mean(labels, judge, pseudo=None)
    assert judge.mean() > -0.05
    assert found.mean == pytest.approx(-0.1, abs=2 * found.standard_error)


def test_the_pseudo_sample_is_pessimistic():
    labels = np.where(np.arange(200) < 50, 0.0, NAN)
    plain, careful = (ppi_mean(labels, np.zeros(200), pseudo=pseudo) for pseudo in (None, -1.0))
    assert plain.p_noninferior(0.05) == 1.0  # no spread seen is nothing proven
    assert careful.mean == pytest.approx(-1 / 51)
    assert 0.04 < careful.p_noninferior(0.05) < 0.10


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
