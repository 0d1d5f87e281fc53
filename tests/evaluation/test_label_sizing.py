"""How many reviews would settle what a judge and the reviews so far leave open."""

from __future__ import annotations

import math

import numpy as np
import pytest

from migration_app.evaluation.label_sizing import LabelSpread, label_spread
from migration_app.evaluation.ppi import ppi_mean

NAN = np.nan


def test_the_variance_by_hand():
    """40 labels of 200: λ = 0.06/((1 + 40/160)·0.08) = 0.6.

    One corrected label varies by 0.1 − 2·0.6·0.06 + 0.36·0.08 = 0.0568. With the pseudo-sample,
    (39·0.0568 + 40/41)/40 = 0.0797702…, over 41; and the rest adds 0.36·0.08/160 = 0.00018.
    """
    spread = LabelSpread(0.0, 0.1, 0.08, 0.06, labels=40, n=200)
    assert spread.weight(40) == pytest.approx(0.6)
    corrected = (39 * 0.0568 + 40 / 41) / 40
    assert spread.variance(40) == pytest.approx(corrected / 41 + 0.00018)


def test_the_number_by_hand_where_the_judge_is_useless():
    """Without a covariance people stand alone. k labels at mean 0, var 0.1, margin 0.05: the mean with
    the pseudo-sample is −1/(k + 1), and the test passes where 0.05 − 1/(k + 1) is at least
    (t₀.₉₅ + t₀.₈)·SE. At k = 300, s² = (29.9 + 300/301)/300 = 0.10299 and SE = √(0.10299/301) = 0.018497:
    0.04668 against 2.4928·0.018497 = 0.0461. At k = 285: 0.04650 against 2.4930·0.018991 = 0.0473."""
    spread = LabelSpread(0.0, 0.1, 0.08, 0.0, labels=40, n=2_000)
    needed = spread.labels_needed(0.05, alpha=0.05)
    assert 285 < needed <= 300
    assert spread.settles(needed, 0.05, alpha=0.05, power=0.8)
    assert not spread.settles(needed - 1, 0.05, alpha=0.05, power=0.8)


def test_a_judge_that_agrees_with_people_saves_reviews():
    alone = LabelSpread(0.0, 0.1, 0.1, 0.0, labels=40, n=5_000).labels_needed(0.05, alpha=0.05)
    helped = LabelSpread(0.0, 0.1, 0.1, 0.09, labels=40, n=5_000).labels_needed(0.05, alpha=0.05)
    assert helped < 0.5 * alone


def test_on_the_margin_or_with_too_few_samples_no_number_of_reviews_would_do():
    assert LabelSpread(-0.05, 0.1, 0.1, 0.05, labels=40, n=5_000).labels_needed(0.05, alpha=0.05) is None
    assert LabelSpread(0.0, 0.1, 0.1, 0.05, labels=40, n=60).labels_needed(0.05, alpha=0.05) is None


def test_what_is_clearly_too_low_is_settled_from_the_other_side():
    low = LabelSpread(-0.20, 0.1, 0.1, 0.05, labels=40, n=5_000).labels_needed(0.05, alpha=0.05)
    assert low is not None and low < 150


def test_a_cluster_counts_as_one():
    spread = LabelSpread(0.0, 0.1, 0.08, 0.0, labels=40, n=20_000)
    by_five = LabelSpread(0.0, 0.1, 0.08, 0.0, labels=40, n=20_000, cluster=5.0)
    one, five = (each.labels_needed(0.05, alpha=0.05) for each in (spread, by_five))
    assert 5 * one - 5 <= five <= 5 * one + 5


def test_at_the_labels_so_far_it_is_the_variance_of_the_estimate():
    rng = np.random.default_rng(4)
    truth = rng.choice([-1.0, 0.0, 1.0], 1_000, p=[0.1, 0.8, 0.1])
    scores = np.where(rng.random(1_000) < 0.7, truth, 0.0)
    labels = np.where(np.arange(1_000) < 120, truth, NAN)
    spread, found = label_spread(labels, scores), ppi_mean(labels, scores)
    assert (spread.labels, spread.n, spread.cluster) == (120, 1_000, 1.0)
    assert math.sqrt(spread.variance(120)) == pytest.approx(found.standard_error, rel=0.05)


def test_one_label_says_nothing_of_a_spread():
    labels = np.full(50, NAN)
    labels[0] = 0.0
    assert label_spread(labels, np.zeros(50)) is None
