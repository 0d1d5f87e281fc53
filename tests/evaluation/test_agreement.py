"""κ and α, by hand and against the krippendorff package."""

import krippendorff
import numpy as np
import pytest

from migration_app.evaluation.agreement import Scale, cohen_kappa, krippendorff_alpha, observed_agreement


def test_kappa_by_hand():
    """20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: p_o = 0.7, p_e = 0.5·0.6 + 0.5·0.4 = 0.5, κ = 0.4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert observed_agreement(pairs) == 0.7
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_is_1_in_full_agreement_and_below_0_in_contradiction():
    assert cohen_kappa([(1, 1), (0, 0)]) == 1
    assert cohen_kappa([(1, 0), (0, 1)]) == -1


@pytest.mark.parametrize("pairs", [[], [("yes", "yes")] * 5])
def test_agreement_that_chance_explains_is_unknown(pairs):
    assert cohen_kappa(pairs) is None


def test_alpha_by_hand():
    """Krippendorff (2011), 2.B: two raters, ten units, no missing data: α = 0.095."""
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha(list(zip(first, second, strict=True))) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize("scale", list(Scale))
def test_alpha_is_that_of_the_krippendorff_package(scale):
    rng = np.random.default_rng(2)
    truth = rng.integers(1, 6, 40)
    ratings = np.clip(truth[:, None] + rng.integers(-1, 2, (40, 4)), 1, 5).astype(float)
    ratings[rng.random(ratings.shape) < 0.25] = np.nan
    expected = krippendorff.alpha(reliability_data=ratings.T, level_of_measurement=scale.value)
    units = [[None if np.isnan(rating) else float(rating) for rating in unit] for unit in ratings]
    assert krippendorff_alpha(units, scale) == pytest.approx(expected)


@pytest.mark.parametrize("units", [[], [[1.0]], [[1.0, 1.0], [1.0, 1.0]], [[None, 2.0], [1.0, None]]])
def test_alpha_without_anything_to_compare_is_unknown(units):
    assert krippendorff_alpha(units) is None
