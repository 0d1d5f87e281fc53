"""What counts as a try, how long a pause is, and when a vendor is left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from migration_app.clock import database_now
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Retry, Timing, Usage
from migration_app.runs import actions, retries
from migration_app.runs.claims import claim
from migration_app.runs.models import MAX_TRIES, Attempt, Item, ItemState, Run, RunState
from migration_app.runs.queries import progress
from migration_app.runs.retries import Next, backoff, candidate_wait, next_for
from migration_app.runs.settling import Result, settle
from migration_app.runs.stages import close_replay

ANSWER = Completed("yes", Usage(), Timing(0.1, 0.1, 0.2))


def failed(kind: FailureKind, retry: Retry = Retry.LATER, **fields) -> Failed:
    return Failed(kind, "It did not work. Do this.", retry, **fields)


TABLE = [
    (ANSWER, Next.DONE),
    (failed(FailureKind.BAD_REQUEST, Retry.NEVER), Next.FAIL),
    (failed(FailureKind.RATE_LIMITED), Next.TURNED_AWAY),
    (failed(FailureKind.OVERLOADED), Next.TURNED_AWAY),
    (failed(FailureKind.REFUSED_CONNECTION, reached=False), Next.TURNED_AWAY),
    (failed(FailureKind.TIMEOUT, reached=False), Next.TURNED_AWAY),
    (failed(FailureKind.SERVER_ERROR), Next.AGAIN),
    (failed(FailureKind.TIMEOUT), Next.AGAIN),
    (failed(FailureKind.BROKEN_STREAM, Retry.NOW), Next.AGAIN),
    (failed(FailureKind.UNAUTHORISED, Retry.PARK), Next.PARK),
    (failed(FailureKind.RATE_LIMITED, retry_after=901.0), Next.PARK),
    (failed(FailureKind.OVERLOADED, retry_after=900.0), Next.TURNED_AWAY),
]


@pytest.mark.parametrize(("outcome", "expected"), TABLE)
def test_each_outcome_has_one_consequence(outcome, expected):
    assert next_for(outcome, tries=1, most=MAX_TRIES) is expected


@pytest.mark.parametrize(("outcome", "expected"), TABLE)
def test_only_what_counts_fails_after_the_third_try(outcome, expected):
    last = Next.FAIL if expected is Next.AGAIN else expected
    assert next_for(outcome, tries=3, most=MAX_TRIES) is last


def test_a_pause_is_never_shorter_than_the_vendor_asked_and_hardly_longer():
    assert all(30 <= backoff(1, 30.0) <= 31 for _ in range(200))
    assert all(backoff(1, 0.4) >= 0.4 for _ in range(200))


def test_without_a_wish_the_jitter_is_full_and_grows_up_to_25_seconds():
    second, ninth = [backoff(2, None) for _ in range(400)], [backoff(9, None) for _ in range(400)]
    assert min(second) < 0.5 < 3.5 < max(second) <= 4
    assert max(ninth) <= 25 and max(ninth) > 20 and min(ninth) < 5
    assert backoff(30_000, None) <= 25


def test_a_candidate_waits_by_its_own_silence_and_not_by_one_unlucky_item():
    assert max(candidate_wait(0.0, None) for _ in range(200)) <= 1
    assert 15 < max(candidate_wait(10.0, None) for _ in range(200)) <= 20
    assert max(candidate_wait(5_000.0, None) for _ in range(200)) <= 60


def test_a_wish_of_no_time_at_all_still_grows():
    assert max(backoff(8, 0.0) for _ in range(200)) > 20


def test_a_rate_limit_uses_up_no_try(started, vendor, monkeypatch):
    monkeypatch.setattr(retries, "_BACKOFF_BASE", 0.002)
    monkeypatch.setattr(retries, "_BACKOFF_CAP", 0.05)
    vendor.behave(limited={"tokens": 4, "faults": {"status,status=429": 0.75}})
    bench = started("limited", samples=10)
    vendor.behave(limited={"tokens": 4, "faults": {"status,status=429": 0.75}})
    bench.replay()
    limited = bench.run.candidates.get(label="limited")
    assert (limited.items_done, limited.items_failed) == (10, 0)
    most = max(Item.objects.filter(run_candidate=limited).values_list("tries", flat=True))
    assert most > MAX_TRIES, "some needed more calls than a fault would be given"
    assert limited.retries == Attempt.objects.filter(failure="rate_limited").count()
    assert limited.unanswered_since == 0, "it answered last"


def test_a_wait_of_more_than_15_minutes_stops_the_model_with_a_sentence(started, vendor):
    bench = started("limited", samples=4)
    vendor.behave(limited={"tokens": 4, "faults": {"status,status=429,retry_after=3600": 1.0}})
    bench.replay()
    close_replay(bench.run.pk)
    run = Run.objects.get(pk=bench.run.pk)
    limited = run.candidates.get(label="limited")
    assert run.state == RunState.PAUSED and "limited" in run.state_note
    assert "asks to wait 60 minutes" in limited.parked_reason
    assert run.candidates.get(label="good").items_done == 4
    vendor.behave(limited={"tokens": 4})
    actions.resume_run(run=run, user=None)
    bench.replay()
    assert Item.objects.filter(run=run, state=ItemState.DONE).count() == 8, "no try was used up"


def test_a_short_wait_is_on_the_page_in_words(started, vendor, settings):
    bench = started("limited", samples=4)
    vendor.behave(limited={"tokens": 4, "faults": {"status,status=503,retry_after=40": 1.0}})
    settings.FEED_SLICE_SECONDS = 2.0
    bench.replay()
    (option,) = [option for option in progress(bench.run).options if option.label == "limited"]
    assert option.state_word.startswith("Vendor overloaded, ") and option.tone == "warn"
    assert 30 <= int(option.state_word.split()[-2]) <= 41


def test_a_second_shorter_wish_does_not_shorten_the_first(started):
    run = started("weak", samples=3).run
    entry = run.candidates.first()
    claimed = [
        item for item in claim(run.lanes.get().pk, run.pk, 6).items if item.run_candidate_id == entry.pk
    ]
    prices = dict.fromkeys(run.candidates.values_list("pk", flat=True))
    for item, seconds in zip(claimed, (40.0, 1.0), strict=False):
        wish = failed(FailureKind.RATE_LIMITED, retry_after=seconds)
        settle(run.pk, [Result(item, wish, datetime.now(UTC))], prices)
    entry.refresh_from_db()
    assert entry.waiting_until - database_now() > 35


def test_a_server_that_is_not_there_uses_up_no_try_and_is_stopped_in_the_end(started, monkeypatch, settings):
    monkeypatch.setattr(retries, "_BACKOFF_BASE", 0.002)
    settings.OUTAGE_SECONDS = 0.3
    bench = started("weak", samples=3)
    type(bench.run.candidates.first().connection).objects.update(base_url="http://127.0.0.1:9/v1")
    bench.replay()
    assert not Item.objects.filter(run=bench.run, state=ItemState.FAILED).exists()
    for entry in bench.run.candidates.all():
        assert entry.parked_reason.startswith("It answered nothing for 1 seconds.")
    assert bench.run.spent_nanos == bench.run.reserved_nanos == 0
