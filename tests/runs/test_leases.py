"""What happens when a worker dies with leases in its hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from migration_app.evaluation.outcomes import Completed, Timing, Usage
from migration_app.runs.claims import claim
from migration_app.runs.leases import release, renew, take_seat
from migration_app.runs.models import Attempt, AttemptState, Feed, Item, ItemState, Run
from migration_app.runs.reconcile import expire_leases, feeds_to_wake
from migration_app.runs.settling import Result, settle


def answer() -> Completed:
    return Completed("answer0x", Usage(10, None, None, 5), Timing(0.01, 0.02, 0.03), "stop")


def die(run: Run) -> None:
    """Let every lease and seat of the run lie in the past, as after a kill -9 and a wait."""
    Item.objects.filter(run=run, state=ItemState.LEASED).update(lease_expires=1.0)
    Feed.objects.filter(lane__run=run).update(expires=1.0)


def a_claim(run: Run, count: int):
    return claim(run.lanes.get().pk, run.pk, count)


def settle_now(run: Run, claimed) -> int:
    prices = dict.fromkeys(run.candidates.values_list("pk", flat=True))
    return settle(run.pk, [Result(claimed, answer(), datetime.now(UTC))], prices)


def test_an_item_is_claimed_by_one_worker(started):
    bench = started("weak", samples=5)
    first, second = a_claim(bench.run, 6), a_claim(bench.run, 6)
    assert len(first.items) == 6 and len(second.items) == 4
    assert not {item.item_id for item in first.items} & {item.item_id for item in second.items}


def test_an_expired_lease_becomes_an_unknown_attempt_charged_in_full(started):
    bench = started("weak", samples=3)
    claimed = a_claim(bench.run, 2)
    die(bench.run)
    assert expire_leases() == 2
    assert expire_leases() == 0, "a second reconciler finds nothing"
    run = Run.objects.get(pk=bench.run.pk)
    assert run.reserved_nanos == 0
    assert run.spent_nanos == sum(item.reserved_nanos for item in claimed.items) > 0
    assert Attempt.objects.filter(state=AttemptState.UNKNOWN).count() == 2
    assert Item.objects.filter(state=ItemState.PENDING).count() == 6


def test_a_late_finisher_changes_nothing(started):
    bench = started("weak", samples=3)
    (late,) = a_claim(bench.run, 1).items
    die(bench.run)
    expire_leases()
    assert settle_now(bench.run, late) == 0
    assert Attempt.objects.get(item=late.item_id).state == AttemptState.UNKNOWN
    (again,) = (item for item in a_claim(bench.run, 6).items if item.item_id == late.item_id)
    assert again.number == 2
    assert settle_now(bench.run, replace(again, token=late.token)) == 0, "the old token opens nothing"
    assert settle_now(bench.run, again) == 1


def test_the_third_lost_worker_ends_an_item_as_a_named_failure(started):
    bench = started("weak", samples=1)
    for together in (2, 2, 1, 1):
        assert len(a_claim(bench.run, 2).items) == together
        die(bench.run)
        expire_leases()
    assert Item.objects.filter(state=ItemState.FAILED, tries=3).count() == 2
    assert set(Attempt.objects.values_list("failure", flat=True)) == {"unknown"}
    assert sum(entry.items_failed for entry in bench.run.candidates.all()) == 2


def test_what_two_workers_died_over_is_asked_one_at_a_time_beside_the_others(started):
    bench = started("weak", samples=5)
    for _ in range(2):
        assert len(a_claim(bench.run, 4).items) == 4
        die(bench.run)
        expire_leases()
    suspects = set(Item.objects.filter(lost=2).values_list("pk", flat=True))
    first, second = a_claim(bench.run, 4), a_claim(bench.run, 8)
    assert len(first.items) == 4 and len(suspects & {item.item_id for item in first.items}) == 1
    assert len(second.items) == 3 and not suspects & {item.item_id for item in second.items}
    for claimed in first.items:
        settle_now(bench.run, claimed)
    assert len(suspects & {item.item_id for item in a_claim(bench.run, 8).items}) == 1


def test_a_lost_call_of_unknown_price_stays_unknown(started):
    bench = started("weak", samples=1, price=None)
    a_claim(bench.run, 2)
    die(bench.run)
    expire_leases()
    assert set(Attempt.objects.values_list("cost_nanos", flat=True)) == {None}
    assert [entry.unpriced_calls for entry in bench.run.candidates.all()] == [1, 1]


def test_what_was_never_sent_goes_back_as_if_it_had_not_been_claimed(started):
    bench = started("weak", samples=3)
    claimed = a_claim(bench.run, 4)
    release(bench.run.pk, claimed.items)
    run = Run.objects.get(pk=bench.run.pk)
    assert (run.reserved_nanos, run.spent_nanos) == (0, 0)
    assert not Attempt.objects.exists()
    assert Item.objects.filter(state=ItemState.PENDING, tries=0).count() == 6


def test_a_renewed_lease_outlives_its_first_expiry(started):
    bench = started("weak", samples=3)
    feed = Feed.objects.get(lane__run=bench.run)
    token = take_seat(feed.pk)
    claimed = a_claim(bench.run, 2)
    before = Item.objects.get(pk=claimed.items[0].item_id).lease_expires
    assert renew(feed.pk, token, claimed.items)
    assert Item.objects.get(pk=claimed.items[0].item_id).lease_expires > before
    assert not renew(feed.pk, token + 1, claimed.items), "somebody else's seat"


def test_an_empty_seat_with_work_is_woken_once(started):
    bench = started("weak", samples=3)
    Feed.objects.update(hinted=0)
    assert len(feeds_to_wake()) == 1
    assert feeds_to_wake() == [], "it was hinted a moment ago"
    take_seat(Feed.objects.get(lane__run=bench.run).pk)
    assert feeds_to_wake() == [], "somebody sits there"
    die(bench.run)
    assert len(feeds_to_wake()) == 1
