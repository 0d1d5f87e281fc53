"""The baseline beside its recorded answers and beside itself."""

import numpy as np
import pytest

from migration_app.evaluation.drift import drift, has_changed, noise_floor

NAN = np.nan


def test_drift_is_today_less_what_was_recorded():
    logged, today = np.ones(200), np.ones(200)
    today[:30] = 0
    found = drift(logged, today, np.arange(200))
    assert (found.difference, found.worse, found.n) == (-0.15, 30, 200)
    assert has_changed(found)


def test_the_same_answers_have_not_changed():
    assert not has_changed(drift(np.ones(50), np.ones(50), np.arange(50)))


def test_samples_without_a_recorded_answer_do_not_count():
    found = drift(np.array([NAN, 1, 1]), np.array([1.0, 1, NAN]), np.arange(3))
    assert found.n == 1
    assert drift(np.array([NAN]), np.array([1.0]), np.arange(1)) is None


def test_the_noise_floor_by_hand():
    """Two of four samples were scored 1 and 0: s² = (½ + ½)/4, on 4 degrees: reach = 2.776·√(2·¼/8)."""
    found = noise_floor(np.repeat(np.arange(4), 2), np.array([1, 0, 0, 1, 1, 1, 0, 0.0]))
    assert (found.samples, found.repetitions, found.flips) == (4, 2, 0.5)
    assert found.reach == pytest.approx(2.77645 * 0.25, rel=1e-5)


def test_two_runs_of_one_model_stay_within_the_floor_19_times_of_20():
    rng = np.random.default_rng(1)
    chance = rng.uniform(0.2, 0.9, 300)
    runs = (rng.random((2000, 2, 300)) < chance).mean(axis=2)
    reach = [
        noise_floor(np.tile(np.arange(300), 2), (rng.random((2, 300)) < chance).ravel().astype(float)).reach
        for _ in range(50)
    ]
    # The floor is of means over both repetitions; one run alone has √2 of it.
    assert np.mean(np.abs(runs[:, 0] - runs[:, 1]) <= np.sqrt(2) * np.mean(reach)) == pytest.approx(
        0.95, abs=0.015
    )


@pytest.mark.parametrize("scores", [[], [1.0], [1.0, NAN]])
def test_what_was_asked_once_has_no_floor(scores):
    assert noise_floor(np.zeros(len(scores), dtype=int), np.array(scores, float)) is None


def test_a_model_that_never_changes_its_mind_has_a_floor_of_0():
    found = noise_floor(np.repeat(np.arange(5), 3), np.ones(15))
    assert (found.flips, found.reach, found.repetitions) == (0.0, 0.0, 3)
