"""Tango's score test and interval, against published tables, closed forms and its own logic."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from migration_app.evaluation.statistics import tango_inferior_p_value, tango_interval, tango_p_value
from migration_app.evaluation.tango import restricted_variance, tango_score


@st.composite
def paired_counts(draw):
    n = draw(st.integers(1, 300))
    better = draw(st.integers(0, n))
    return better, draw(st.integers(0, n - better)), n


@pytest.mark.parametrize(
    ("better", "worse", "n", "low", "high"),
    [
        # Airway hyper-responsiveness before and after stem cell transplantation (Bentur et al.
        # 2009), as printed by Fagerland, Lydersen & Laake, Statistics in Medicine 33 (2014).
        (1, 7, 21, -0.517, -0.026),
        # Complete response before and after consolidation therapy (Cavo et al. 2012), as printed
        # in Fagerland, Lydersen & Laake, Statistical Analysis of Contingency Tables (2017), ch. 8.
        (6, 16, 161, -0.124, -0.0054),
    ],
)
def test_the_interval_agrees_with_published_examples(better, worse, n, low, high):
    interval = tango_interval(better, worse, n)
    digits = 3 if n == 21 else 4
    assert (round(interval.low, digits), round(interval.high, digits)) == (low, high)


def test_the_interval_is_that_of_the_r_package_that_the_documentation_names():
    """`PropCIs::scoreci.mp(25, 28, 618, 0.90)`: its first count is that of the pairs lost."""
    interval = tango_interval(28, 25, 618, confidence=0.90)
    assert (round(interval.low, 4), round(interval.high, 4)) == (-0.0148, 0.0247)


@pytest.mark.parametrize("n", [1, 24, 100, 5000])
def test_without_a_discordant_pair_the_interval_is_the_closed_form_of_tangos_paper(n):
    z = norm.ppf(0.975)
    interval = tango_interval(0, 0, n)
    assert interval.high == pytest.approx(z**2 / (n + z**2))
    assert interval.low == pytest.approx(-interval.high)


def test_52_clean_samples_prove_a_margin_of_5_points_and_51_do_not():
    # z² = n·δ/(1−δ): 52 × 0.05/0.95 = 2.737 > 1.645² = 2.706 > 51 × 0.05/0.95 = 2.684
    assert tango_p_value(0, 0, 52, 0.05) <= 0.05 < tango_p_value(0, 0, 51, 0.05)


def test_at_margin_zero_the_test_is_mcnemars():
    assert tango_score(40, 20, 160, 0.0) == pytest.approx((40 - 20) / math.sqrt(40 + 20))
    assert tango_p_value(40, 20, 160, 0.0) == pytest.approx(norm.sf(20 / math.sqrt(60)))


def test_the_restricted_variance_is_the_one_that_maximises_the_likelihood():
    better, worse, n, difference = 5, 9, 60, -0.05

    def log_likelihood(q):
        same = 1 - 2 * q - difference
        return better * math.log(q + difference) + worse * math.log(q) + (n - better - worse) * math.log(same)

    by_hand = max((0.0501 + step * 1e-5 for step in range(40_000)), key=log_likelihood)
    expected = 2 * by_hand + difference - difference**2
    assert restricted_variance(better, worse, n, difference) == pytest.approx(expected, abs=4e-5)


@given(paired_counts(), st.floats(0.005, 0.5))
def test_the_test_and_the_interval_never_disagree(counts, margin):
    p = tango_p_value(*counts, margin)
    low = tango_interval(*counts, confidence=0.9).low
    if abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == (low > -margin)


@given(paired_counts())
def test_the_interval_holds_the_difference_and_mirrors_when_the_sides_are_swapped(counts):
    better, worse, n = counts
    interval, mirrored = tango_interval(better, worse, n), tango_interval(worse, better, n)
    assert -1 <= interval.low <= (better - worse) / n <= interval.high <= 1
    assert interval.low == pytest.approx(-mirrored.high, abs=1e-9)


@given(paired_counts(), st.floats(0.005, 0.5))
def test_one_more_win_never_makes_the_evidence_weaker(counts, margin):
    better, worse, n = counts
    if better + worse < n:
        assert tango_p_value(better + 1, worse, n, margin) <= tango_p_value(better, worse, n, margin) + 1e-12


@given(paired_counts(), st.floats(0.005, 0.5))
def test_the_two_directions_share_one_statistic(counts, margin):
    assert tango_p_value(*counts, margin) + tango_inferior_p_value(*counts, margin) == pytest.approx(1.0)


def test_nothing_observed_proves_nothing():
    assert tango_p_value(0, 0, 0, 0.05) == tango_inferior_p_value(0, 0, 0, 0.05) == 1.0
    assert tango_interval(0, 0, 0).low is tango_interval(0, 0, 0).high is None


@pytest.mark.parametrize("counts", [(3, 3, 5), (-1, 0, 5), (0, -1, 5)])
def test_impossible_counts_are_refused(counts):
    with pytest.raises(ValueError, match="impossible"):
        tango_p_value(*counts, 0.05)


@pytest.mark.parametrize("margin", [-0.1, 1.0, 2.0, math.nan])
def test_a_margin_outside_0_to_1_is_refused(margin):
    with pytest.raises(ValueError, match="margin"):
        tango_p_value(0, 0, 10, margin)
