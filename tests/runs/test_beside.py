"""One process and two vendors: the slow one holds up nobody."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from migration_app.runs.actions import start_run
from migration_app.runs.feed import beside, replay
from migration_app.runs.leases import take_seat
from migration_app.runs.models import Feed, Item, Run
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload
from tests.runs.conftest import MODELS

SAMPLES = 8


@pytest.fixture
def two_vendors(transactional_db, open_loopback, vendor, settings, monkeypatch) -> Run:
    """“slow” takes a third of a second for each answer, one at a time; “good” answers at once.

    A seat has been passed over after a fifth of the time it takes in the product.
    """
    monkeypatch.setattr(beside, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(beside, "PASSED_OVER_SECONDS", 0.4)
    settings.FEED_SLICE_SECONDS = 20.0
    vendor.reset()
    vendor.behave(**MODELS | {"slow": {"tokens": 2, "first_token": 0.3}})
    team = a_team()
    candidates = [
        a_candidate(a_connection(team, vendor.base_url, name=model, max_concurrency=1), model)
        for model in ("slow", "good")
    ]
    return start_run(assessment=a_question(team, a_workload(team, SAMPLES), *candidates), user=None).run


SOONER = {"tokens": 2, "first_token": 0.15}


def seat_of(run: Run, model: str) -> int:
    return Feed.objects.get(lane__run_candidates__run=run, lane__run_candidates__model=model).pk


def test_the_quick_vendor_is_asked_beside_the_slow_one_when_no_other_process_is_free(two_vendors, vendor):
    assert replay(seat_of(two_vendors, "slow"))
    assert Item.objects.filter(run=two_vendors, state="done").count() == 2 * SAMPLES
    asked = vendor.log()["requests"]
    slow, good = ([one["received"] for one in asked if one["model"] == model] for model in ("slow", "good"))
    assert max(good) < max(slow), "it waited for a process, and not for the slow vendor"
    assert not Feed.objects.filter(lane__run=two_vendors, expires__gt=0).exists()


def test_a_seat_that_somebody_has_is_left_to_them(two_vendors, vendor):
    vendor.behave(slow=SOONER)
    assert take_seat(seat_of(two_vendors, "good"))
    replay(seat_of(two_vendors, "slow"))
    assert {one["model"] for one in vendor.log()["requests"]} == {"slow"}


def test_a_process_that_is_to_end_takes_in_nobody(two_vendors, vendor):
    replay(seat_of(two_vendors, "slow"), stopping=lambda: True)
    assert {one["model"] for one in vendor.log()["requests"]} <= {"slow"}


def test_a_database_that_is_away_for_a_look_ends_no_slice(two_vendors, vendor, monkeypatch):
    looks = []

    def away(feed_id: int) -> None:
        looks.append(feed_id)
        raise OperationalError("the connection is lost")

    vendor.behave(slow=SOONER)
    monkeypatch.setattr(beside, "open_work", away)
    assert replay(seat_of(two_vendors, "slow"))
    assert looks
    done = Item.objects.filter(run=two_vendors, state="done").values_list("run_candidate__model", flat=True)
    assert list(done) == ["slow"] * SAMPLES
