"""Calls that wake a model up: paid for, shown, and in no figure."""

from __future__ import annotations

from migration_app.runs import actions
from migration_app.runs.models import Attempt, Feed, Item, Run, RunState, WarmUp, WarmUpState
from migration_app.runs.queries import progress
from migration_app.runs.warm_ups import claim_warm_ups, expire_warm_ups

QUESTION = "Reply with the single word: ready"


def test_each_model_is_woken_up_before_anything_is_measured(started):
    bench = started("weak", samples=5, warm_up_calls=2)
    bench.replay()
    asked = sorted(bench.asked(), key=lambda request: request["received"])
    assert [request["prompt"] for request in asked[:4]] == [QUESTION] * 4
    assert sorted(request["model"] for request in asked[:4]) == ["good", "good", "weak", "weak"]
    assert len(asked) == 14 and Item.objects.count() == Attempt.objects.count() == 10
    shown = progress(Run.objects.get(pk=bench.run.pk))
    assert shown.done == 10 and shown.warm_up.calls == 4


def test_warm_ups_are_charged_to_the_ledger(started):
    bench = started("weak", samples=2, warm_up_calls=1)
    bench.replay()
    run = Run.objects.get(pk=bench.run.pk)
    costs = [*WarmUp.objects.values_list("cost_nanos", flat=True)]
    attempts = Attempt.objects.values_list("cost_nanos", flat=True)
    assert all(cost > 0 for cost in costs) and run.reserved_nanos == 0
    assert run.spent_nanos == sum(costs) + sum(attempts)
    assert run.spent_nanos == sum(entry.spent_nanos for entry in run.candidates.all())


def test_a_model_that_does_not_wake_up_is_measured_all_the_same(started):
    bench = started("broken", samples=1, warm_up_calls=2)
    bench.replay()
    states = WarmUp.objects.filter(run_candidate__label="broken").values_list("state", flat=True)
    assert set(states) == {WarmUpState.FAILED}
    assert bench.run.candidates.get(label="broken").items_failed == 1


def test_what_a_lost_worker_left_in_flight_is_charged_in_full_and_not_made_again(started):
    bench = started("weak", samples=1, warm_up_calls=1)
    lane = bench.run.lanes.get()
    claimed = claim_warm_ups(lane.pk, bench.run.pk, 12345)
    assert len(claimed) == 2 and claim_warm_ups(lane.pk, bench.run.pk, 678) == []
    Feed.objects.update(token=12345, expires=1.0)
    assert expire_warm_ups() == 2 and expire_warm_ups() == 0
    run = Run.objects.get(pk=bench.run.pk)
    assert run.spent_nanos == sum(one.reserve_nanos for one in claimed) > 0 and run.reserved_nanos == 0
    bench.replay()
    assert QUESTION not in [request["prompt"] for request in bench.asked()]


def test_a_warm_up_that_the_cap_leaves_no_room_for_is_skipped(started):
    from decimal import Decimal

    bench = started("weak", samples=1, warm_up_calls=1, budget=Decimal("0.000001"))
    bench.replay()
    assert bench.asked() == []
    assert set(WarmUp.objects.values_list("state", flat=True)) == {WarmUpState.SKIPPED}


def test_a_run_that_is_asked_more_is_warmed_up_again(started):
    bench = started("broken", samples=1, warm_up_calls=1)
    bench.replay()
    Run.objects.filter(pk=bench.run.pk).update(state=RunState.FINISHED)
    actions.ask_failed_again(run=bench.run, user=None)
    again = WarmUp.objects.filter(edition=2)
    assert [one.run_candidate.label for one in again] == ["broken"], "only what is asked again"
