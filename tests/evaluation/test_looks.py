"""Lan–DeMets boundaries and repeated p-values, against figures in print."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration_app.evaluation.looks import PLANNED, InvalidLooksError, Looks, boundaries, spent


def test_the_boundaries_are_those_in_print():
    """Four equal looks, one-sided 0.025: 4.3326, 2.9631, 2.3590, 2.0141 (ldbounds, EAST)."""
    assert boundaries(PLANNED, 0.025) == pytest.approx([4.3326, 2.9631, 2.3590, 2.0141], abs=2e-4)


def test_one_look_at_the_end_is_the_plain_test():
    assert boundaries((1.0,), 0.05) == pytest.approx([1.6449], abs=1e-4)
    assert Looks((1.0,)).repeated(0.03) == pytest.approx(0.03, abs=1e-4)


def test_everything_is_spent_at_the_end_and_hardly_anything_at_first():
    assert spent(1.0, 0.05) == pytest.approx(0.05)
    assert spent(0.25, 0.05) == pytest.approx(8.86e-5, rel=0.01)
    assert spent(0.0, 0.05) == 0.0


def test_a_path_at_the_margin_crosses_any_boundary_in_5_of_100():
    steps = np.random.default_rng(1).normal(0, 0.5, (200_000, 4))
    z = np.cumsum(steps, axis=1) / np.sqrt(PLANNED)
    assert np.mean((z >= boundaries(PLANNED, 0.05)).any(axis=1)) == pytest.approx(0.05, abs=0.002)


def test_peeking_without_it_would_more_than_double_the_error():
    steps = np.random.default_rng(1).normal(0, 0.5, (100_000, 4))
    z = np.cumsum(steps, axis=1) / np.sqrt(PLANNED)
    assert np.mean((z >= 1.6449).any(axis=1)) > 0.10


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_nominal_level_of_a_look_is_repeated_as_alpha(number):
    looks = Looks(PLANNED[:number])
    assert looks.repeated(looks.nominal_alpha(0.05)) == pytest.approx(0.05, abs=2e-4)
    assert looks.repeated(looks.nominal_alpha(0.0125)) == pytest.approx(0.0125, abs=2e-4)


@given(st.floats(0, 1), st.floats(0, 1))
def test_repeated_p_values_keep_their_order_and_never_flatter(first, second):
    looks = Looks((0.25, 0.61))
    low, high = sorted((first, second))
    assert low <= looks.repeated(low) <= looks.repeated(high) <= 1


def test_looks_may_fall_where_they_fall():
    early, late = Looks((0.3,)), Looks((0.3, 0.55, 1.0))
    assert (early.number, early.is_last, late.number, late.is_last) == (1, False, 3, True)
    assert early.nominal_alpha(0.05) < late.nominal_alpha(0.05) < 0.05


@pytest.mark.parametrize("shares", [(), (0.5, 0.5), (0.5, 0.25), (0.0, 0.5), (0.5, 1.1)])
def test_looks_that_go_back_or_beyond_are_refused(shares):
    with pytest.raises(InvalidLooksError, match="rising"):
        Looks(shares)
