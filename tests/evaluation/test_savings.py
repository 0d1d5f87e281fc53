"""What a move saves, by hand."""

import numpy as np
import pytest
from scipy import stats

from migration_app.evaluation.savings import payback, saving

NAN = np.nan


def saved(before, after, volumes, categories=None, clusters=None):
    n = len(before)
    return saving(
        np.asarray(before, float),
        np.asarray(after, float),
        [""] * n if categories is None else categories,
        np.arange(n) if clusters is None else clusters,
        volumes,
    )


def test_without_a_profile_it_is_volume_times_the_mean_difference():
    found = saved([4, 6, 8, 10], [1, 2, 3, 4], {"": 1000})
    assert (found.amount, found.today, found.after, found.n) == (4500, 7000, 2500, 4)
    expected = stats.t.interval(0.95, 3, 4.5, stats.sem([3, 4, 5, 6]))
    assert (found.interval.low, found.interval.high) == pytest.approx([1000 * bound for bound in expected])


def test_categories_count_by_their_traffic_not_by_their_samples():
    found = saved([1, 1, 1, 9], [0, 0, 0, 0], {"chat": 10, "legal": 90}, ["chat"] * 3 + ["legal"])
    assert (found.amount, found.unseen) == (10 * 1 + 90 * 9, 0)


def test_traffic_of_a_category_without_samples_costs_what_requests_cost_on_average():
    found = saved([1, 3], [0, 0], {"chat": 10, "legal": 90}, ["chat", "chat"])
    assert (found.amount, found.unseen) == (10 * 2 + 90 * 2, 90)


def test_what_is_not_priced_on_both_sides_is_left_out():
    assert saved([1, NAN, 5], [0, 1, NAN], {"": 10}).n == 1
    assert saved([NAN, 1], [1, NAN], {"": 10}) is None


def test_shared_conversations_widen_the_interval():
    before, after = np.repeat([4.0, 6, 8, 10], 5), np.zeros(20)
    alone, together = (saved(before, after, {"": 1}, clusters=c) for c in (None, np.arange(20) // 5))
    assert together.interval.high - together.interval.low > 1.8 * (alone.interval.high - alone.interval.low)


def test_one_sample_has_an_amount_and_no_range():
    found = saved([4], [1], {"": 1000})
    assert (found.amount, found.interval.estimable) == (3000, False)


def test_equal_costs_have_an_exact_saving():
    found = saved([2, 2, 2], [1, 1, 1], {"": 10})
    assert (found.interval.low, found.amount, found.interval.high) == (10, 10, 10)


def test_payback_divides_the_one_off_cost_and_turns_the_bounds_round():
    found = saved([4, 6, 8, 10], [1, 2, 3, 4], {"": 1000})
    back = payback(found, 9000)
    assert (back.months, back.first_year) == (2, 12 * 4500 - 9000)
    assert back.low == pytest.approx(9000 / found.interval.high)
    assert back.high == pytest.approx(9000 / found.interval.low)


def test_what_saves_nothing_never_pays_back():
    back = payback(saved([1, 2, 1, 2], [2, 1, 2, 4], {"": 10}), 100)
    assert back.months is back.high is None
    assert back.first_year < -100


def test_a_negative_one_off_cost_is_refused():
    with pytest.raises(ValueError, match="at least 0"):
        payback(saved([1, 2], [0, 0], {"": 1}), -1)


def test_many_categories_of_one_sample_lend_each_other_their_spread():
    names = [f"c{k}" for k in range(500)]
    before = np.linspace(1, 3, 500)
    found = saved(before, np.zeros(500), dict.fromkeys(names, 2.0), names)
    assert found.amount == pytest.approx(1000 * 2.0)
    assert found.interval.low == pytest.approx(2000 - 1.9647 * 1000 * stats.sem(before), rel=1e-3)


def test_the_parts_add_up_to_the_whole():
    found = saved([1, 3, 5, 7], [0, 0, 1, 1], {"a": 10, "b": 20, "c": 5}, ["a", "a", "b", "b"])
    assert found.by_category == {"a": 20, "b": 100, "": 5 * 3.5}
    assert sum(found.by_category.values()) == found.amount == found.today - found.after


def test_a_document_asked_about_in_several_categories_widens_the_range():
    """Ten documents, each with one request in both categories; their costs go together. As if each document
    were one request of both costs, by hand."""
    rng = np.random.default_rng(4)
    documents = rng.uniform(1, 9, 10)
    costs = np.concatenate([documents, 2 * documents])
    kinds, clusters = ["sum"] * 10 + ["ask"] * 10, np.tile(np.arange(10), 2)
    together = saved(costs, np.zeros(20), {"sum": 100, "ask": 100}, kinds, clusters)
    apart = saved(costs, np.zeros(20), {"sum": 100, "ask": 100}, kinds)
    error = 100 * stats.sem(3 * documents)
    reach = (together.interval.high - together.interval.low) / 2
    assert reach == pytest.approx(stats.t.ppf(0.975, 9) * error, rel=0.1)
    assert reach > 1.2 * (apart.interval.high - apart.interval.low) / 2


def test_traffic_of_no_known_category_counts_the_same_samples_again():
    costs, kinds = [4.0, 6, 8, 10, 5, 7], ["chat"] * 6
    whole = saved(costs, np.zeros(6), {"chat": 200}, kinds)
    halves = saved(costs, np.zeros(6), {"chat": 100, "": 100}, kinds)
    assert halves.amount == whole.amount
    bounds = ("low", "high")
    found, expected = ([getattr(each.interval, end) for end in bounds] for each in (halves, whole))
    assert found == pytest.approx(expected)
