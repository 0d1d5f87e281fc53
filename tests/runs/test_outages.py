"""A strained vendor is asked less at a time; one that is out is left alone and loses nobody a try."""

from __future__ import annotations

import threading
from time import monotonic

import pytest

from migration_app.clock import database_now
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Retry, Timing, Usage
from migration_app.runs import retries
from migration_app.runs.claims import claim
from migration_app.runs.congestion import FAULTS_IN_A_ROW, Breaker, Flow, is_fault, is_sign_of_life
from migration_app.runs.feed import supply
from migration_app.runs.models import Attempt, Feed, Item, ItemState, Run, RunCandidate, RunEvent
from migration_app.runs.outages import begin_outage, end_outage
from migration_app.runs.queries import progress
from migration_app.runs.stages import close_replay

ANSWER = Completed("yes", Usage(), Timing(0.1, 0.1, 0.2))
LIMITED = Failed(FailureKind.RATE_LIMITED, "Slower.", Retry.LATER)
FAULT = Failed(FailureKind.SERVER_ERROR, "Broken.", Retry.LATER)


# Flow


def test_without_strain_the_flow_is_the_lanes_own():
    flow = Flow(64)
    for _ in range(1_000):
        flow.learn(ANSWER, flow.round)
    assert flow.allowed == 64


def test_one_round_of_refusals_halves_once_and_the_floor_is_one():
    flow = Flow(64)
    for _ in range(64):
        flow.learn(LIMITED, 0)
    assert flow.allowed == 32, "all 64 were sent before the first answer came"
    for _ in range(20):
        flow.learn(LIMITED, flow.round)
    assert flow.allowed == 1


def test_it_grows_back_quickly_to_half_of_what_was_too_much_then_slowly_to_the_cap():
    flow = Flow(64)
    flow.start_over()
    answers = 0
    while flow.allowed < 32:
        flow.learn(ANSWER, flow.round)
        answers += 1
    assert answers == 31
    while flow.allowed < 64:
        flow.learn(ANSWER, flow.round)
        answers += 1
    assert 31 + 32 * 32 < answers < 31 + 32 * 64
    flow.learn(ANSWER, flow.round)
    assert flow.allowed == 64


# Breaker


def test_it_opens_after_faults_of_different_requests_in_a_row():
    breaker = Breaker()
    assert not any(breaker.fault(7) for _ in range(20)), "one request that always fails is no outage"
    breaker.life()
    assert [breaker.fault(item) for item in range(FAULTS_IN_A_ROW + 1)] == [False] * 4 + [True, False]
    breaker.life()
    assert not breaker.out


@pytest.mark.parametrize(
    ("outcome", "fault", "life"),
    [
        (ANSWER, False, True),
        (FAULT, True, False),
        (Failed(FailureKind.REFUSED_CONNECTION, "", Retry.LATER, reached=False), True, False),
        (Failed(FailureKind.BAD_REQUEST, "", Retry.NEVER), False, True),
        (LIMITED, False, True),
        (Failed(FailureKind.OVERLOADED, "", Retry.LATER), False, False),
        (Failed(FailureKind.BLOCKED_ADDRESS, "", Retry.PARK, reached=False), False, False),
    ],
)
def test_what_is_a_fault_and_what_a_sign_of_life(outcome, fault, life):
    assert (is_fault(outcome), is_sign_of_life(outcome)) == (fault, life)


# Outages


def out_now(run: Run) -> RunCandidate:
    entry = run.candidates.first()
    begin_outage(run.pk, entry.connection_id)
    RunCandidate.objects.filter(run=run).update(waiting_until=0)
    return entry


def test_of_two_workers_one_probes_and_the_other_waits(started):
    run = started("weak", samples=5).run
    out_now(run)
    # Out for a minute already: the wait after the probe is longer than any machine takes from claim to claim.
    RunCandidate.objects.filter(run=run).update(unanswered_since=database_now() - 60)
    lane = run.lanes.get().pk
    first, second = claim(lane, run.pk, 8), claim(lane, run.pk, 8)
    assert [item.probe for item in first.items] == [True]
    assert second.items == () and not second.nothing_left and second.waits > 0


def test_the_longer_an_outage_the_rarer_the_probes(started):
    run = started("weak", samples=5).run
    out_now(run)
    for since, least, most in ((2, 1, 2.1), (20, 10, 20.1), (3_000, 12.5, 25)):
        RunCandidate.objects.filter(run=run).update(unanswered_since=database_now() - since, waiting_until=0)
        before = database_now()
        claim(run.lanes.get().pk, run.pk, 8)
        took = database_now() - before
        waits = RunCandidate.objects.filter(run=run).first().waiting_until - before
        assert least <= waits + 0.05 and waits <= most + 0.1 + 2 * took


def test_the_end_of_an_outage_lets_everybody_go_on_and_both_are_in_the_log(started):
    run = started("weak", samples=5).run
    entry = out_now(run)
    end_outage(run.pk, entry.connection_id)
    end_outage(run.pk, entry.connection_id)
    assert len(claim(run.lanes.get().pk, run.pk, 8).items) == 8
    said = list(
        RunEvent.objects.filter(run=run, message__contains="answer").values_list("message", flat=True)
    )
    assert len(said) == 2 and said[0] == "Scripted answers again."


def test_a_vendor_that_fails_for_a_while_loses_no_request_and_is_not_hammered(started, vendor, monkeypatch):
    monkeypatch.setattr(retries, "_BACKOFF_BASE", 0.25)
    monkeypatch.setattr(supply, "_IDLE_LIMIT", 20.0)
    bench = started("weak", samples=40, concurrency=8)
    dead = {"tokens": 4, "faults": {"status,status=500": 1.0}}
    vendor.behave(good=dead, weak=dead)
    well = threading.Timer(0.8, lambda: vendor.behave(good={"tokens": 4}, weak={"tokens": 4}))
    well.start()
    bench.replay()
    well.join()
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 80
    in_vain = Attempt.objects.filter(failure="server_error").count()
    assert FAULTS_IN_A_ROW <= in_vain <= 8 + 8, "what was in flight, and a few probes"
    entry = bench.run.candidates.first()
    assert not entry.is_out and entry.unanswered_since == 0 and entry.waiting_until == 0


def test_a_dead_vendor_is_on_the_page_in_words_and_its_seat_is_left(started, vendor, settings, monkeypatch):
    monkeypatch.setattr(supply, "_IDLE_LIMIT", 20.0)
    settings.FEED_SLICE_SECONDS = 80.0
    bench = started("weak", samples=40, concurrency=4)
    dead = {"tokens": 4, "faults": {"status,status=502,retry_after=30": 1.0}}
    vendor.behave(good=dead, weak=dead)
    began = monotonic()
    bench.replay()
    assert monotonic() - began < 15, "its process is better used elsewhere than in waiting"
    assert Feed.objects.get(lane__run=bench.run).expires == 0
    words = [option.state_word for option in progress(bench.run).options]
    assert any(word.startswith("Not answering, next try in ") for word in words)
    assert not Item.objects.filter(state=ItemState.FAILED).exists()


def test_an_outage_of_15_minutes_stops_the_models_and_pauses_the_run(started, vendor, settings):
    settings.OUTAGE_SECONDS = 0.3
    bench = started("weak", samples=10, concurrency=4)
    dead = {"tokens": 4, "faults": {"status,status=500": 1.0}}
    vendor.behave(good=dead, weak=dead)
    bench.replay()
    assert all(
        entry.parked_reason.startswith("It answered nothing for") for entry in bench.run.candidates.all()
    )
    close_replay(bench.run.pk)
    bench.run.refresh_from_db()
    assert bench.run.state == "paused" and bench.run.reserved_nanos == 0


def test_a_strained_vendor_is_asked_less_at_a_time_and_the_next_slice_remembers(started, vendor, monkeypatch):
    monkeypatch.setattr(retries, "_BACKOFF_BASE", 0.02)
    monkeypatch.setattr(retries, "_BACKOFF_CAP", 0.2)
    bench = started("weak", samples=20, concurrency=8)
    strained = {"tokens": 4, "first_token": 0.05, "faults": {"status,status=429,retry_after_ms=50": 0.5}}
    vendor.behave(good=strained, weak=strained)
    bench.replay()
    feed = Feed.objects.get(lane__run=bench.run)
    assert 1 <= feed.allowed < 8
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 40
