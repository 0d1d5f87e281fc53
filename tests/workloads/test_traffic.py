"""The traffic a log stands for: counted, scaled to a month, typed in, and unknown where nobody knows."""

from __future__ import annotations

import random

import pytest

from migration_app.workloads.calls import Call
from migration_app.workloads.traffic import DAYS_A_MONTH, peak_of, typed, volumes_of
from migration_app.workloads.traffic_census import TrafficCensus

START = 1_790_000_040.0  # at a full minute
DAY = 86_400.0


def counted(times, *, category=lambda number: "", **call):
    census = TrafficCensus()
    for number, at in enumerate(times):
        census.add(category(number), Call(at=at, **call))
    return census.profile()


def test_a_log_of_three_days_is_scaled_to_a_month_and_says_so():
    times = [START + 3 * DAY * number / 3_000 for number in range(3_001)]
    profile = counted(times)
    assert profile["span"]["days"] == pytest.approx(3.0)
    assert profile["scaled"] is True
    assert profile["requests_per_month"] == pytest.approx(1_000 * DAYS_A_MONTH, rel=1e-3)
    assert profile["source"] == "log"


def test_a_log_of_a_month_is_not_scaled():
    profile = counted([START, *(START + DAYS_A_MONTH * DAY * n / 99 for n in range(1, 100))])
    assert profile["scaled"] is False
    assert profile["requests_per_month"] == 99


def test_each_category_has_its_own_volume_and_tokens():
    times = [START + DAY * number / 100 for number in range(101)]
    census = TrafficCensus()
    for number, at in enumerate(times):
        heavy = number % 4 == 0
        census.add("heavy" if heavy else "light", Call(at=at, input_tokens=900 if heavy else 100))
    profile = census.profile()
    share = profile["by_category"]["heavy"] / profile["requests_per_month"]
    assert share == pytest.approx(26 / 101, abs=0.001)
    assert profile["tokens_by_category"]["heavy"] == {"input": 900, "output": None}
    assert profile["tokens"]["input"] == pytest.approx((26 * 900 + 75 * 100) / 101)


def test_the_busiest_minute_is_found_whatever_the_order():
    times = [START + 60 * number for number in range(200)] + [START + 6_000.5 + n / 100 for n in range(30)]
    random.Random(2).shuffle(times)
    assert counted(times)["peak_per_minute"] == 31


def test_what_a_log_does_not_tell_is_unknown_and_not_zero():
    profile = counted([None, None])
    assert (profile["requests_per_month"], profile["peak_per_minute"], profile["span"]) == (None, None, None)
    assert (profile["calls"], profile["untimed"], profile["source"]) == (2, 2, "none")
    assert volumes_of(profile, {"a": 2}) is None
    assert peak_of(profile) is None


def test_ten_minutes_say_nothing_about_a_month():
    profile = counted([START + number for number in range(600)])
    assert profile["requests_per_month"] is None
    assert profile["peak_per_minute"] == 60


def test_impossible_times_are_no_times():
    profile = counted([-5.0, 0.0, 1e18, START])
    assert profile["untimed"] == 3


def test_a_typed_total_is_split_as_the_log_was_and_adds_up():
    log = counted([START + DAY * n / 10 for n in range(11)], category=lambda n: "ab"[n % 2])
    profile = typed(log, requests_per_month=1_000_001)
    assert sum(profile["by_category"].values()) == 1_000_001
    assert profile["source"] == "typed"
    assert profile["peak_per_minute"] == log["peak_per_minute"]


def test_typed_categories_make_the_total():
    profile = typed({}, requests_per_month=None, by_category={"a": 30, "b": None, "c": 12})
    assert (profile["requests_per_month"], profile["by_category"]) == (42, {"a": 30, "c": 12})


def test_a_total_without_categories_is_split_by_the_samples():
    profile = typed({}, requests_per_month=100)
    assert volumes_of(profile, {"a": 3, "b": 1}) == {"a": 75.0, "b": 25.0}


def test_millions_of_calls_are_counted_without_being_kept(monkeypatch):
    monkeypatch.setattr("migration_app.workloads.traffic_census._FOLD", 64)
    times = [START + DAY * number / 1_000 for number in range(1_001)]
    assert counted(times)["peak_per_minute"] == 1
    assert counted(times)["calls"] == 1_001
