"""What a replay leaves in the database, against a real server on loopback."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from migration_app.comparisons.answers import answer_of
from migration_app.runs import actions
from migration_app.runs.feed import supply, upkeep
from migration_app.runs.models import Attempt, AttemptState, Feed, Item, ItemState, Run, RunState
from migration_app.runs.stages import close_replay


def test_every_sample_is_asked_of_every_candidate_once(started):
    bench = started("weak", samples=12)
    bench.replay()
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 24
    assert len(bench.asked()) == 24
    asked = {(request["model"], request["prompt"]) for request in bench.asked()}
    assert len(asked) == 24


def test_an_attempt_keeps_what_was_measured_and_what_the_vendor_counted(started):
    bench = started("weak", samples=4)
    bench.replay()
    for attempt in Attempt.objects.filter(item__run=bench.run):
        assert attempt.state == AttemptState.COMPLETED
        assert 0 < attempt.first_byte <= attempt.ttft <= attempt.total
        assert attempt.input_tokens > 0 and attempt.output_tokens > 0
        expected = attempt.input_tokens * 1_000 + attempt.output_tokens * 2_000
        assert attempt.cost_nanos == expected


def test_thinking_is_timed_apart_from_the_first_word_of_the_answer(started, vendor):
    vendor.behave(good={"tokens": 2, "reasoning_tokens": 4, "gap": 0.1})
    bench = started("weak", samples=2)
    bench.replay()
    for attempt in Attempt.objects.filter(item__run_candidate__label="good"):
        assert attempt.reasoning_tokens == 4 and attempt.ttft - attempt.first_reasoning > 0.1
        assert answer_of(attempt.item.run_candidate, attempt.item.sample_id).thought > 0.1
    plain = Attempt.objects.filter(item__run_candidate__label="weak").first()
    assert plain.first_reasoning is None
    assert answer_of(plain.item.run_candidate, plain.item.sample_id).thought is None, "unknown is not nought"


def test_a_model_that_breaks_off_while_it_thinks_is_charged_the_most(started, vendor):
    """It answered no word, and was paid for its thoughts."""
    vendor.behave(weak={"tokens": 2, "reasoning_tokens": 6, "faults": {"error_event": 1.0}})
    bench = started("weak", samples=2)
    bench.replay()
    for attempt in Attempt.objects.filter(item__run_candidate__label="weak"):
        assert attempt.state == AttemptState.FAILED and attempt.first_reasoning is not None
        assert attempt.ttft is None and attempt.cost_nanos == attempt.reserved_nanos > 0


def test_the_counts_of_a_candidate_are_those_of_its_items(started):
    bench = started("broken", samples=4)
    bench.replay()
    good, broken = bench.run.candidates.all()
    assert (good.items_done, good.items_failed) == (4, 0)
    assert (broken.items_done, broken.items_failed, broken.retries) == (0, 4, 8)
    assert Attempt.objects.filter(item__run_candidate=broken, failure="server_error").count() == 12


def test_a_retry_is_an_attempt_of_its_own_with_its_own_timing(started, monkeypatch):
    monkeypatch.setattr(supply, "_IDLE_LIMIT", 5.0)
    bench = started("limited", samples=8)
    bench.replay()
    limited = bench.run.candidates.get(label="limited")
    assert limited.items_done + limited.items_failed == 8
    first_tries = Attempt.objects.filter(item__run_candidate=limited, failure="rate_limited")
    assert first_tries.count() == limited.retries + limited.items_failed > 0
    answered = Attempt.objects.filter(item__run_candidate=limited, state=AttemptState.COMPLETED)
    assert all(attempt.total < 0.9 for attempt in answered), "the wait for the limit is in no latency"


def test_nothing_stays_reserved_and_the_ledger_is_the_sum_of_the_attempts(started):
    bench = started("weak", samples=6)
    bench.replay()
    run = Run.objects.get(pk=bench.run.pk)
    costs = Attempt.objects.filter(item__run=run).values_list("cost_nanos", flat=True)
    assert run.reserved_nanos == 0
    assert run.spent_nanos == sum(costs) > 0


def test_an_unknown_price_stays_unknown(started):
    bench = started("weak", samples=3, price=None)
    bench.replay()
    assert set(Attempt.objects.values_list("cost_nanos", flat=True)) == {None}
    assert bench.run.candidates.first().unpriced_calls == 3


def test_candidates_are_interleaved_in_time(started):
    bench = started("weak", samples=20, concurrency=1)
    bench.replay()
    order = [request["model"] for request in sorted(bench.asked(), key=lambda request: request["received"])]
    halves = order[:20].count("good"), order[20:].count("good")
    assert halves == (10, 10)


def test_connections_on_one_machine_are_called_one_at_a_time(started, vendor):
    bench = started("slow", samples=6, concurrency=8)
    lane = bench.run.lanes.get()
    lane.run_candidates.all()
    assert lane.concurrency == 8
    connection = bench.run.candidates.first().connection
    connection.machine = "this laptop"
    connection.save()
    actions.cancel_run(run=bench.run, user=None)
    again = actions.start_run(assessment=bench.run.assessment, user=None).run
    assert again.lanes.get().concurrency == 1


def test_a_second_start_returns_the_run_that_is_open(started):
    bench = started("weak", samples=3)
    again = actions.start_run(assessment=bench.run.assessment, user=None)
    assert again.run == bench.run
    assert again.feed_ids == ()
    assert Item.objects.count() == 6


def test_a_seat_is_held_by_one_worker(started):
    from migration_app.runs.leases import leave_seat, take_seat

    bench = started("weak", samples=3)
    feed = Feed.objects.get(lane__run=bench.run)
    token = take_seat(feed.pk)
    assert token is not None
    assert take_seat(feed.pk) is None
    leave_seat(feed.pk, token)
    assert take_seat(feed.pk) is not None


def test_a_replay_closes_once(started):
    bench = started("weak", samples=3)
    bench.replay()
    assert close_replay(bench.run.pk) == RunState.SCORING
    assert close_replay(bench.run.pk) is None


def test_a_paused_run_asks_nothing_and_goes_on_when_resumed(started):
    bench = started("weak", samples=5)
    actions.pause_run(run=bench.run, user=None)
    bench.replay()
    assert bench.asked() == []
    actions.resume_run(run=bench.run, user=None)
    bench.replay()
    assert len(bench.asked()) == 10


def test_an_answer_that_comes_long_after_a_pause_is_stored(started, vendor, settings, monkeypatch):
    monkeypatch.setattr(upkeep, "_BEAT_SECONDS", 0.2)
    settings.LEASE_SECONDS = 0.8
    late = {"tokens": 4, "first_token": 2.0}
    vendor.behave(good=late, weak=late)
    bench = started("weak", samples=2)

    def pause() -> None:
        actions.pause_run(run=bench.run, user=None)
        connection.close()

    soon = threading.Timer(0.5, pause)
    soon.start()
    bench.replay()
    soon.join()
    answered = Attempt.objects.filter(item__run=bench.run, state=AttemptState.COMPLETED)
    assert answered.count() == len(bench.asked()) == 4
    assert Run.objects.get(pk=bench.run.pk).reserved_nanos == 0


def test_a_connection_that_refuses_the_key_stops_and_says_why(started, vendor):
    vendor.behave(
        good={"tokens": 4},
        locked={"tokens": 4, "faults": {"status,status=401": 1.0}},
    )
    bench = started("locked", samples=4)
    bench.replay()
    close_replay(bench.run.pk)
    run = Run.objects.get(pk=bench.run.pk)
    assert run.state == RunState.PAUSED
    assert "locked" in run.state_note
    assert run.candidates.get(label="locked").parked_reason
    assert run.candidates.get(label="good").items_done == 4


def test_a_repaired_connection_goes_on_while_the_others_still_run(started, vendor):
    vendor.behave(good={"tokens": 4}, locked={"tokens": 4, "faults": {"status,status=401": 1.0}})
    bench = started("locked", samples=4)
    bench.replay()
    vendor.behave(good={"tokens": 4}, locked={"tokens": 4})
    assert actions.resume_run(run=bench.run, user=None)
    bench.replay()
    assert bench.run.candidates.get(label="locked").items_done == 4


def test_a_run_ended_early_keeps_what_it_has(started):
    bench = started("weak", samples=4)
    assert actions.finish_early(run=bench.run, user=None) == RunState.SCORING
    with pytest.raises(actions.CannotChange):
        actions.pause_run(run=bench.run, user=None)
