"""A database's clock that is set back, told from the reading the reconciler made before."""

from __future__ import annotations

import pytest

from migration_app.clock import database_now
from migration_app.runs.claims import claim
from migration_app.runs.clock_jumps import follow_clock
from migration_app.runs.models import ClockReading, Feed, Item, ItemState, RunCandidate
from migration_app.runs.reconcile import expire_leases, feeds_to_wake

TEN_MINUTES = 600.0


def set_back(seconds: float) -> None:
    """As after a jump: every moment so far lies that much later than it would."""
    for model, name in ((Item, "lease_expires"), (Feed, "expires"), (Feed, "hinted")):
        for row in model.objects.exclude(**{name: None}).exclude(**{name: 0.0}):
            model.objects.filter(pk=row.pk).update(**{name: getattr(row, name) + seconds})
    ClockReading.objects.update(moment=database_now() + seconds)


def test_leases_and_hints_of_a_dead_worker_do_not_last_for_the_length_of_the_jump(started):
    run = started("weak", samples=3).run
    follow_clock()
    claim(run.lanes.get().pk, run.pk, 2)
    Item.objects.filter(state=ItemState.LEASED).update(lease_expires=database_now() - 1)
    Feed.objects.update(hinted=database_now() - 11)
    set_back(TEN_MINUTES)
    assert expire_leases() == 0 and feeds_to_wake() == []
    assert follow_clock() == pytest.approx(TEN_MINUTES, abs=30)
    assert follow_clock() == 0.0, "once is enough"
    assert expire_leases() == 2 and len(feeds_to_wake()) == 1


def test_a_wait_goes_back_with_the_clock(started):
    run = started("weak", samples=3).run
    follow_clock()
    RunCandidate.objects.filter(run=run).update(waiting_until=database_now() + 60 + TEN_MINUTES)
    set_back(TEN_MINUTES)
    follow_clock()
    waits = RunCandidate.objects.filter(run=run).first().waiting_until - database_now()
    assert waits == pytest.approx(60, abs=30)


def test_a_clock_that_goes_on_or_is_slewed_changes_nothing(started):
    run = started("weak", samples=3).run
    claim(run.lanes.get().pk, run.pk, 2)
    before = list(Item.objects.order_by("pk").values_list("lease_expires", flat=True))
    follow_clock()
    ClockReading.objects.update(moment=database_now() + 1)
    assert follow_clock() == 0.0
    ClockReading.objects.update(moment=database_now() - TEN_MINUTES)
    assert follow_clock() == 0.0
    assert list(Item.objects.order_by("pk").values_list("lease_expires", flat=True)) == before
