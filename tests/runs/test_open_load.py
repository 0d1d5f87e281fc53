"""Requests that leave on a schedule: what is due is sent, and a stall cannot hide."""

from __future__ import annotations

from itertools import islice
from time import sleep

import numpy as np
import pytest

from migration_app.comparisons.projection import project_run, stored
from migration_app.runs import actions
from migration_app.runs.models import Attempt, Item, Lane, Run, RunEvent, RunState
from migration_app.runs.schedule import keep_schedule, moments

STALLING = {"tokens": 2, "first_token": 0.02, "freeze_after": 30, "freeze_for": 2.0}
QUICK = {"tokens": 2, "first_token": 0.02}


def p95(bench, label: str) -> float:
    """As the report has it: from the moment each request was due."""
    project_run(bench.run)
    return float(np.percentile(stored(bench.run, bench.run.candidates.get(label=label))["total"], 95))


def test_a_stalled_server_shows_in_an_open_load_and_hides_in_a_closed_one(started, vendor):
    vendor.behave(good=STALLING, weak=QUICK)
    closed = started("weak", samples=60, concurrency=1)
    closed.replay()
    assert met_the_stall(vendor) == 1
    assert p95(closed, "good") < 0.5, "one request in sixty met the stall"
    vendor.reset()
    actions.cancel_run(run=closed.run, user=None)
    opened = opened_run(closed, peak=1200)
    opened.replay()
    assert met_the_stall(vendor) > 20
    assert p95(opened, "good") > 1.0, "thirty of sixty were due while it stalled"
    assert Attempt.objects.filter(item__run=opened.run, lateness__gte=0).count() == 120


def met_the_stall(vendor) -> int:
    """How many requests the server kept waiting; it stalled once since its log was emptied."""
    log = vendor.log()
    assert log["freezes"] == 1
    return sum(one["last_byte_sent"] - one["received"] > 0.5 for one in log["requests"])


def opened_run(bench, *, peak: int, load: str = "poisson"):
    """The same question, put anew with an open load."""
    assessment = bench.run.assessment
    assessment.load, assessment.peak_per_minute = load, peak
    assessment.save()
    bench.run = actions.start_run(assessment=assessment, user=None).run
    return bench


def test_requests_leave_when_they_are_due(started):
    bench = started("weak", samples=1)
    actions.cancel_run(run=bench.run, user=None)
    bench.vendor.reset()
    bench = started_open(started, samples=20, load="uniform", peak=600)
    bench.replay()
    times = sorted(request["received"] for request in bench.asked() if request["model"] == "good")
    gaps = np.diff(times)
    assert len(times) == 20 and abs(float(np.median(gaps)) - 0.1) < 0.03
    late = Attempt.objects.filter(item__run=bench.run).values_list("lateness", flat=True)
    assert float(np.median(list(late))) < 0.1


def started_open(started, *, samples: int, load: str, peak: int, **fields):
    return started("weak", samples=samples, load=load, peak_per_minute=peak, **fields)


def test_at_the_bound_requests_wait_and_their_wait_counts(started, vendor, monkeypatch):
    monkeypatch.setattr("migration_app.runs.planning.MOST_IN_FLIGHT", 2)
    vendor.behave(good={"tokens": 2, "first_token": 0.4}, weak=QUICK)
    bench = started_open(started, samples=10, load="uniform", peak=1200)
    bench.replay()
    assert vendor.log()["most_in_flight"] <= 2
    entry = bench.run.candidates.get(label="good")
    assert entry.late_calls > 0
    last = Attempt.objects.filter(item__run_candidate=entry).order_by("-item__due").first()
    assert last.lateness > 0.5 and last.total < last.lateness, "the wait is apart from the vendor's own time"
    assert p95(bench, "good") > 1.0, "and part of what is reported"


def test_the_schedule_is_the_same_for_the_same_seed_and_independent_of_the_others(started):
    bench = started_open(started, samples=50, load="poisson", peak=600)
    assessment = bench.run.assessment
    first = list(islice(moments(assessment, 0), 1000))
    assert first == list(islice(moments(assessment, 0), 1000)) != list(islice(moments(assessment, 1), 1000))
    assert abs(first[-1] / 1000 - 0.1) < 0.01, "600 a minute are ten a second"
    due = list(Item.objects.filter(run_candidate__position=0).order_by("due").values_list("due", flat=True))
    assert due == pytest.approx(first[:50])


def test_a_schedule_that_nobody_kept_stood_still(started):
    bench = started_open(started, samples=3, load="uniform", peak=60)
    lane = bench.run.lanes.get()
    before = keep_schedule(lane.pk)
    Lane.objects.filter(pk=lane.pk).update(schedule_seen=Lane.objects.get(pk=lane.pk).schedule_seen - 100)
    Lane.objects.filter(pk=lane.pk).update(schedule_zero=Lane.objects.get(pk=lane.pk).schedule_zero - 100)
    after = keep_schedule(lane.pk)
    assert abs(after.now - before.now) < 5, "a hundred seconds without a worker are no vendor's lateness"
    assert RunEvent.objects.filter(run=bench.run, message__contains="stood still for 100 s").exists()


def test_a_pause_is_no_lateness(started):
    bench = started_open(started, samples=8, load="uniform", peak=1200)
    actions.pause_run(run=bench.run, user=None)
    sleep(0.3)
    actions.resume_run(run=bench.run, user=None)
    bench.replay()
    assert Item.objects.filter(run=bench.run, state="done").count() == 16


def test_what_failed_is_due_again_after_all_others(started, vendor):
    vendor.behave(good=QUICK, weak={"tokens": 2, "faults": {"status,status=400": 1.0}})
    bench = started_open(started, samples=6, load="uniform", peak=1200)
    bench.replay()
    Run.objects.filter(pk=bench.run.pk).update(state=RunState.FINISHED)
    last = Item.objects.filter(run=bench.run).order_by("-due").values_list("due", flat=True)[0]
    actions.ask_failed_again(run=bench.run, user=None)
    again = Item.objects.filter(run_candidate__label="weak").values_list("due", flat=True)
    assert min(again) > last - 0.06 and len(set(again)) == 6


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"machine": "this laptop"}, "take turns"), ({"requests_per_minute": 100}, "120 a minute")],
)
def test_a_load_that_could_not_be_kept_is_refused(started, fields, sentence):
    bench = started("weak", samples=2)
    actions.cancel_run(run=bench.run, user=None)
    assessment = bench.run.assessment
    connection = assessment.baseline.connection
    for name, value in fields.items():
        setattr(connection, name, value)
    connection.save()
    assessment.load, assessment.peak_per_minute = "poisson", 60
    assessment.save()
    with pytest.raises(actions.CannotStart, match=sentence):
        actions.start_run(assessment=assessment, user=None)
