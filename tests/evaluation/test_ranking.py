"""Options ranked by what matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration_app.evaluation.ranking import Ratable, normalised, rank, ratings, sensitivities

LUMEN = Ratable("Lumen", {"quality": 0.8, "cost": 1.0, "speed": 0.5})
BOREALIS = Ratable("Borealis", {"quality": 1.0, "cost": 0.4, "speed": 0.0})
TODAY = Ratable("today", {"quality": 0.9, "cost": 0.0, "speed": 0.3})
CHEAP = Ratable("Wren", {"quality": 0.0, "cost": 1.0, "speed": 1.0}, passes=False)
ALL = [TODAY, LUMEN, BOREALIS, CHEAP]


def test_the_best_is_1_the_worst_0_whichever_way_is_better():
    assert ratings([2.0, 4.0, None, 3.0], more_is_better=True) == [0, 1, None, 0.5]
    assert ratings([2.0, 4.0, None, 3.0], more_is_better=False) == [1, 0, None, 0.5]
    assert ratings([2.0, 2.0, None], more_is_better=True) == [1, 1, None]
    assert ratings([None], more_is_better=True) == [None]


def test_scores_are_weighted_means_and_rule_breakers_come_last():
    found = rank(ALL, {"quality": 50, "cost": 30, "speed": 20})
    assert [one.key for one in found] == ["Lumen", "Borealis", "today", "Wren"]
    assert found[0].score == pytest.approx(0.5 * 0.8 + 0.3 * 1 + 0.2 * 0.5)
    assert not found[-1].passes


def test_rule_breakers_stay_last_whatever_the_weights_say():
    assert rank(ALL, {"quality": 0, "cost": 50, "speed": 50})[-1].key == "Wren"


def test_an_unknown_figure_has_no_score_unless_its_weight_is_0():
    unknown = Ratable("Fog", {"quality": 1.0, "cost": None, "speed": 1.0})
    assert [one.score for one in rank([unknown, TODAY], {"quality": 1, "cost": 1, "speed": 0})][-1] is None
    assert rank([unknown, TODAY], {"quality": 1, "cost": 0, "speed": 0})[0].key == "Fog"


def test_weights_are_shares_and_nothing_is_everything_alike():
    assert normalised({"quality": 2, "cost": 1, "speed": 1}) == {"quality": 0.5, "cost": 0.25, "speed": 0.25}
    assert (
        normalised({}) == normalised({"quality": -1}) == pytest.approx(dict.fromkeys(normalised({}), 1 / 3))
    )


def test_the_leader_stays_first_until_another_ones_line_crosses_its_own():
    """Borealis leads Lumen by 0.2 in quality; cost and speed, at 3 : 2, favour Lumen by 0.56. They meet
    where 0.2·q = 0.56·(1 − q)."""
    found = {one.criterion: one for one in sensitivities(ALL, {"quality": 0.5, "cost": 0.3, "speed": 0.2})}
    rest = 0.6 * 0.6 + 0.4 * 0.5  # what cost and speed give Lumen over Borealis, at 3 : 2
    assert found["quality"].high == pytest.approx(rest / (rest + 0.2))
    assert found["quality"].low is None
    assert found["cost"].high is found["speed"].high is None


@given(st.lists(st.floats(0, 1), min_size=9, max_size=9), st.tuples(*[st.floats(0.01, 1)] * 3))
def test_inside_its_bounds_the_leader_is_first_and_outside_it_is_not(figures, weights):
    options = [
        Ratable(place, dict(zip(("quality", "cost", "speed"), figures[place * 3 :], strict=False)))
        for place in range(3)
    ]
    given_weights = dict(zip(("quality", "cost", "speed"), weights, strict=True))
    leader = rank(options, given_weights)[0].key
    for found in sensitivities(options, given_weights):
        rest = {name: share for name, share in normalised(given_weights).items() if name != found.criterion}
        total = sum(rest.values())

        def at(share, found=found, rest=rest, total=total):
            moved = {name: value / total * (1 - share) for name, value in rest.items()}
            scores = {one.key: one.score for one in rank(options, moved | {found.criterion: share})}
            return scores[leader] - max(scores.values())

        inside = ((found.low or 0.0) + (1.0 if found.high is None else found.high)) / 2
        assert at(inside) >= -1e-6
        if found.high is not None and found.high < 0.98:
            assert at(min(1.0, found.high + 0.02)) <= 1e-9


def test_where_nobody_may_be_first_nothing_is_said():
    assert sensitivities([CHEAP], {}) == []
