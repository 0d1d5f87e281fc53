"""What a person does to a run takes effect once, and soon."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from time import monotonic, sleep

from django.db import connection

from migration_app.runs import actions
from migration_app.runs.feed import replay
from migration_app.runs.models import Feed, Item, ItemState, Run, RunState
from migration_app.runs.queries import next_reservation
from tests.runs.conftest import Bench


def in_a_thread(step):
    """Do it with a database connection of its own, closed at the end."""

    def closing():
        try:
            return step()
        finally:
            connection.close()

    return closing


def test_twenty_starts_at_once_make_one_run(started):
    bench = started("weak", samples=3)
    actions.cancel_run(run=bench.run, user=None)
    assessment = bench.run.assessment
    start = in_a_thread(lambda: actions.start_run(assessment=assessment, user=None))
    with ThreadPoolExecutor(20) as pool:
        runs = [future.result() for future in [pool.submit(start) for _ in range(20)]]
    assert len({one.run.pk for one in runs}) == 1
    assert sum(bool(one.feed_ids) for one in runs) == 1, "one of them wakes the feeds"
    assert Run.objects.count() == 2 and Item.objects.filter(run=runs[0].run).count() == 6


def replay_until(bench: Bench, requests: int):
    """Replay in the background, and come back once the vendor has had so many requests."""
    seat = Feed.objects.get(lane__run=bench.run).pk
    thread = threading.Thread(target=in_a_thread(lambda: replay(seat)))
    thread.start()
    ends = monotonic() + 60
    while len(bench.asked()) < requests:
        assert monotonic() < ends
        sleep(0.02)
    return thread


def test_a_cancelled_run_sends_nothing_two_seconds_later(started, vendor):
    vendor.behave(good={"tokens": 4, "first_token": 0.1}, weak={"tokens": 4, "first_token": 0.1})
    bench = started("weak", samples=200, concurrency=4)
    thread = replay_until(bench, 8)
    cancelled = monotonic()
    actions.cancel_run(run=bench.run, user=None)
    thread.join(60)
    assert not thread.is_alive()
    late = [request for request in bench.asked() if request["received"] > cancelled + 2]
    assert late == [] and len(bench.asked()) < 400
    run = Run.objects.get(pk=bench.run.pk)
    assert (run.state, run.reserved_nanos) == (RunState.CANCELLED, 0)
    assert not Item.objects.filter(run=run, state=ItemState.LEASED).exists()


def test_a_run_at_its_cap_goes_on_where_it_stopped_once_the_cap_is_raised(started):
    bench = started("weak", samples=10, budget=Decimal("0.00024"))
    bench.replay()
    asked = len(bench.asked())
    assert 0 < asked < 20
    assert actions.note_budget_reached(bench.run.pk, next_reservation(bench.run))
    actions.raise_cap(run=Run.objects.get(pk=bench.run.pk), user=None, cap=Decimal(10))
    bench.replay()
    assert len(bench.asked()) == 20, "nothing was asked twice"
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 20
