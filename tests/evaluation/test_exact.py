"""The exact correction of Tango's test: sums of outcomes, checked by adding all of them up."""

import numpy as np
import pytest
from scipy.stats import multinomial

from migration_app.evaluation.exact import EXACT_UP_TO, clean_samples_needed, exact_p_value
from migration_app.evaluation.tango import tango_p_value, tango_score


def by_hand(better, worse, n, margin, share):
    """P(an outcome that scores as high) where a candidate at the margin wins a share."""
    score = tango_score(better, worse, n, -margin)
    chances = multinomial(n, [share, share + margin, 1 - 2 * share - margin])
    return sum(
        chances.pmf([b, c, n - b - c])
        for b in range(n + 1)
        for c in range(n - b + 1)
        if tango_score(b, c, n, -margin) >= score - 1e-9
    )


@pytest.mark.parametrize(
    ("better", "worse", "n", "margin"), [(0, 1, 20, 0.1), (3, 2, 25, 0.05), (1, 0, 12, 0.2)]
)
def test_it_is_the_largest_chance_over_all_shares_of_wins(better, worse, n, margin):
    shares = (1 - margin) / 2 * np.linspace(0, 1, 49) ** 2
    expected = max(by_hand(better, worse, n, margin, share) for share in shares)
    assert exact_p_value(better, worse, n, margin) == pytest.approx(expected, abs=1e-9)


def test_a_clean_sheet_of_52_comes_up_in_7_of_100_bad_candidates():
    assert exact_p_value(0, 0, 52, 0.05) == pytest.approx(0.95**52)


@pytest.mark.parametrize("counts", [(10, 10, 200), (60, 60, 400), (150, 150, 1000)])
def test_with_wins_and_losses_it_hardly_moves_tangos_p(counts):
    tango = tango_p_value(*counts, 0.05)
    assert tango <= exact_p_value(*counts, 0.05) <= 1.06 * tango


def test_better_outcomes_have_smaller_p_values():
    row = [exact_p_value(b, 5, 80, 0.05) for b in range(12)]
    assert row == sorted(row, reverse=True)
    column = [exact_p_value(2, c, 80, 0.05) for c in range(12)]
    assert column == sorted(column)


def test_beyond_a_thousand_pairs_the_normal_curve_is_trusted():
    assert exact_p_value(5, 5, EXACT_UP_TO + 1, 0.05) == exact_p_value(0, 0, 0, 0.05) == 0.0


@pytest.mark.parametrize(("margin", "alpha", "n"), [(0.05, 0.05, 59), (0.10, 0.05, 29), (0.05, 0.025, 72)])
def test_clean_samples_that_exclude_a_loss_rate(margin, alpha, n):
    assert clean_samples_needed(margin, alpha) == n
    assert (1 - margin) ** n <= alpha < (1 - margin) ** (n - 1)
