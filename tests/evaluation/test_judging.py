"""What a judge's word is worth."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from migration_app.evaluation.judging import (
    JudgeEvidence,
    Preference,
    length_sensitivity,
    pairwise_score,
    swap_consistency,
)

FIRST, SECOND, TIE = Preference.FIRST, Preference.SECOND, Preference.TIE


@pytest.mark.parametrize(
    ("straight", "swapped", "score"),
    [
        (FIRST, SECOND, 1.0),  # the candidate, whichever place it has
        (SECOND, FIRST, 0.0),
        (FIRST, FIRST, 0.5),  # the place, whoever has it
        (SECOND, SECOND, 0.5),
        (TIE, TIE, 0.5),
        (FIRST, TIE, 0.5),
        (None, SECOND, None),
        (FIRST, None, None),
    ],
)
def test_a_win_counts_when_both_orders_say_so(straight, swapped, score):
    assert pairwise_score(straight, swapped) == score


def test_a_judge_that_always_prefers_the_first_comes_out_as_a_half_with_consistency_0():
    orders = [(FIRST, FIRST)] * 50
    assert {pairwise_score(*pair) for pair in orders} == {0.5}
    found = swap_consistency(orders)
    assert (found.value, found.n) == (0.0, 50)
    assert JudgeEvidence(found).contradicts_itself


def test_consistency_counts_pairs_where_a_winner_was_named():
    found = swap_consistency([(FIRST, SECOND), (SECOND, FIRST), (FIRST, TIE), (TIE, TIE), (None, FIRST)])
    assert (found.consistent, found.n) == (2, 3)
    assert found.interval.low < 2 / 3 < found.interval.high
    assert not JudgeEvidence(found).contradicts_itself


def test_a_judge_that_never_names_a_winner_or_never_answers_is_worth_nothing():
    for orders in ([], [(TIE, TIE)] * 30, [(None, None)] * 30):
        found = swap_consistency(orders)
        assert found.value is None
        assert JudgeEvidence(found).contradicts_itself


def test_a_coin_is_no_judge_and_a_rubric_has_no_order():
    coin = swap_consistency([(FIRST, SECOND), (FIRST, FIRST)] * 20)
    assert JudgeEvidence(coin).contradicts_itself
    assert not JudgeEvidence(None).contradicts_itself


def test_a_judge_is_steady_from_moderate_agreement_on_and_when_it_is_no_coin():
    def judge(consistent, n):
        orders = [(FIRST, SECOND)] * consistent + [(FIRST, FIRST)] * (n - consistent)
        return JudgeEvidence(swap_consistency(orders))

    assert judge(51, 100).is_unsteady and not judge(51, 100).contradicts_itself
    assert judge(699, 1_000).is_unsteady and not judge(700, 1_000).is_unsteady
    assert judge(4, 5).is_unsteady, "four of five may be a coin"
    assert judge(0, 0).is_unsteady and not JudgeEvidence(None).is_unsteady


def test_length_sensitivity_is_spearmans_correlation():
    rng = np.random.default_rng(6)
    lengths = rng.integers(1, 40, 80).astype(float)
    scores = np.clip(lengths / 40 + rng.normal(0, 0.3, 80), 0, 1)
    found = length_sensitivity(scores, lengths)
    assert found.correlation == pytest.approx(spearmanr(scores, lengths).statistic)
    assert 0 < found.interval.low < found.correlation < found.interval.high < 1


def test_length_sensitivity_leaves_unknown_values_out_and_needs_some_spread():
    scores = np.append(np.linspace(0, 1, 12), np.nan)
    found = length_sensitivity(scores, np.arange(13.0))
    assert (found.n, found.correlation) == (12, pytest.approx(1.0))
    assert length_sensitivity([0.5] * 30, np.arange(30.0)).correlation is None
    assert length_sensitivity([0.5, 0.6], [1.0, 2.0]).interval.estimable is False


def test_reviews_count_towards_what_is_wanted():
    assert not JudgeEvidence(labels=99).is_reviewed
    assert JudgeEvidence(labels=100).is_reviewed
