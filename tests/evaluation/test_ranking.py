"""Options ranked by what matters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_app.evaluation.ranking import CRITERIA, Ratable, normalised, rank, ratings, sensitivities

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


THOUSANDTHS = st.integers(0, 1000).map(lambda number: number / 1000)
FIGURES = st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.5, 1.0]), THOUSANDTHS)
WEIGHTS = st.one_of(st.just(0.0), st.just(1.0), THOUSANDTHS)


@settings(max_examples=300)
@given(st.lists(st.tuples(FIGURES, FIGURES, FIGURES, st.booleans()), min_size=1, max_size=4),
       st.tuples(WEIGHTS, WEIGHTS, WEIGHTS))  # fmt: skip
def test_brute_force_finds_the_leader_first_within_its_bounds_and_nowhere_else(figures, weights):
    """Also where a figure is unknown, a rule is broken, two are level, or a weight is all or nothing."""
    options = [
        Ratable(place, dict(zip(CRITERIA, row, strict=False)), passes=row[3])
        for place, row in enumerate(figures)
    ]
    shares = normalised(dict(zip(CRITERIA, weights, strict=True)))
    first = next((one.key for one in rank(options, shares) if one.passes and one.score is not None), None)
    found = sensitivities(options, shares)
    assert bool(found) == (first is not None)
    for bound in found:
        for step in range(101):
            share = step / 100
            if any(edge is not None and abs(share - edge) < 1e-9 for edge in (bound.low, bound.high)):
                continue  # on a bound the two are level; what is lost there is looked at below
            within = (bound.low is None or share > bound.low) and (bound.high is None or share < bound.high)
            assert leads(options, first, moved(shares, bound.criterion, share)) == within
        if bound.low_is_lost:
            assert bound.low == 0 and not leads(options, first, moved(shares, bound.criterion, 0.0))
        if bound.high_is_lost:
            assert bound.high == 1 and not leads(options, first, moved(shares, bound.criterion, 1.0))


def moved(shares, name, share):
    """Weights with one share moved, the others in their proportions."""
    rest = {other: value for other, value in shares.items() if other != name}
    total = sum(rest.values())
    parts = {other: (value / total if total else 0.5) * (1 - share) for other, value in rest.items()}
    return parts | {name: share}


def leads(options, key, weights):
    """Whether the option has a score that none which keeps the rules exceeds."""
    scores = {one.key: one.score for one in rank(options, weights) if one.passes and one.score is not None}
    return key in scores and scores[key] >= max(scores.values()) - 1e-10


def test_an_unknown_cost_costs_the_first_place_as_soon_as_cost_weighs_anything():
    fog = Ratable("Fog", {"quality": 1.0, "cost": None, "speed": 1.0})
    bounds = {one.criterion: one for one in sensitivities([fog, TODAY], {"quality": 1, "speed": 1})}
    assert (bounds["cost"].high, bounds["cost"].low) == (0.0, 0.0)
    held = {one.criterion: one for one in sensitivities([fog, TODAY], {"quality": 1, "cost": 1})}
    assert (held["cost"].low, held["cost"].low_is_lost, held["cost"].high) == (0.0, True, None)


def test_where_nobody_may_be_first_nothing_is_said():
    assert sensitivities([CHEAP], {}) == []
