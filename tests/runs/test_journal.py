"""A killed feed's journal: what was answered is stored, what was never sent costs nothing."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.outcomes import (
    Completed,
    Failed,
    FailureKind,
    Outcome,
    Retry,
    Timing,
    Usage,
)
from migration_app.runs.claims import claim
from migration_app.runs.journal import Journal, folder
from migration_app.runs.leases import Claimed, take_seat
from migration_app.runs.models import Attempt, AttemptState, Feed, Item, ItemState, Run
from migration_app.runs.reconcile import expire_leases
from migration_app.runs.recovery import recover
from migration_app.runs.settling import Result

ANSWER = Completed(
    text="answer0x \ud83d",  # half a surrogate pair, as a model may write it
    usage=Usage(10, 2, None, 5, raw=MappingProxyType({"prompt_tokens": 10})),
    timing=Timing(0.01, 0.02, 0.03, (0.001, 0.002)),
    finish_reason="stop",
    tool_calls=(ToolCall("1", "find", '{"a": 1}'),),
)
REFUSAL = Failed(FailureKind.BAD_REQUEST, "The vendor refused it.", Retry.NEVER, status=400)


@pytest.fixture(autouse=True)
def no_journals_yet() -> None:
    shutil.rmtree(folder(), ignore_errors=True)


@pytest.fixture
def journal(started: Callable[..., object]):
    """A run of six items, the seat taken and all claimed, in a journal that is open, and no other there."""
    run: Run = started("weak", samples=3).run
    feed = Feed.objects.get(lane__run=run)
    token = take_seat(feed.pk)
    claims = claim(run.lanes.get().pk, run.pk, 6).items
    kept = Journal(feed.pk, token, run.pk)
    kept.claimed(claims)
    return run, kept, claims


def answer(kept: Journal, claimed: Claimed, outcome: Outcome = ANSWER) -> None:
    kept.sent(claimed)
    kept.answered(Result(claimed, outcome, datetime.now(UTC)))


def die(kept: Journal) -> None:
    """The kernel closes a killed process's files, and with them go its locks."""
    kept.close(done=False)


def test_answers_that_a_killed_feed_had_are_stored(journal):
    run, kept, claims = journal
    answer(kept, claims[0])
    answer(kept, claims[1], REFUSAL)
    die(kept)
    assert recover() == 2
    attempt = Attempt.objects.get(item=claims[0].item_id)
    assert (attempt.state, attempt.text, attempt.output_tokens) == ("completed", "answer0x ?", 5)
    assert (attempt.ttft, attempt.token_gaps, attempt.tool_calls[0]["name"]) == (0.02, [0.001, 0.002], "find")
    assert Item.objects.get(pk=claims[1].item_id).state == ItemState.FAILED
    assert not list(folder().iterdir())
    assert recover() == 0


def test_calls_that_were_never_sent_go_back_uncharged_and_sent_ones_are_unknown_at_once(journal):
    run, kept, claims = journal
    kept.sent(claims[0])
    die(kept)
    recover()
    assert expire_leases() == 1, "its lease need not run out first"
    run.refresh_from_db()
    assert (run.reserved_nanos, run.spent_nanos) == (0, claims[0].reserved_nanos)
    assert Attempt.objects.get().state == AttemptState.UNKNOWN
    assert set(Item.objects.filter(run=run).values_list("state", flat=True)) == {ItemState.PENDING}
    assert take_seat(Feed.objects.get(lane__run=run).pk), "the seat is free at once"


def test_a_living_feeds_journal_is_left_alone(journal):
    _, kept, claims = journal
    answer(kept, claims[0])
    assert recover() == 0
    assert Attempt.objects.filter(state=AttemptState.IN_FLIGHT).count() == 6
    kept.close(done=True)
    assert not list(folder().iterdir())


def test_a_journal_of_which_nobody_can_tell_whose_it_is_waits(journal, monkeypatch):
    _, kept, claims = journal
    answer(kept, claims[0])
    die(kept)
    with monkeypatch.context() as without_locks:
        without_locks.setattr(fcntl, "flock", _no_locks_here)
        assert recover() == 0
    assert recover() == 1


def _no_locks_here(file: int, how: int) -> None:
    raise OSError(errno.ENOLCK, "No locks available")


def test_an_answer_is_in_the_journal_until_its_batch_is_stored(journal):
    run, kept, claims = journal
    answer(kept, claims[0])
    kept.turn(claims[1:])
    answer(kept, claims[1])
    die(kept)
    assert recover() == 2, "the first batch was on its way, the second had begun"


def test_a_stored_batch_is_out_of_the_journal_and_what_was_sent_stays_sent(journal):
    run, kept, claims = journal
    answer(kept, claims[0])
    kept.sent(claims[1])
    kept.turn(claims[1:])
    kept.stored()
    die(kept)
    assert recover() == 0
    assert Item.objects.filter(run=run, state=ItemState.LEASED).count() == 2, "the answered and the sent one"
    assert expire_leases() == 1


@pytest.mark.parametrize("tail", [b"\x00\x00", b"\x00\x00\x00\x05\x00\x00\x00\x00[1]", b"\xff" * 64])
def test_a_torn_or_hostile_end_is_passed_over(journal, tail):
    _, kept, claims = journal
    answer(kept, claims[0])
    die(kept)
    with next(folder().glob("*.0")).open("ab") as file:
        file.write(tail)
    assert recover() == 1


def test_records_that_make_no_sense_change_nothing(journal):
    _, kept, claims = journal
    kept._write(["answer", True, {"claimed": {"token": 1}}])
    kept._write(["held", [{"token": 5, "surprise": 1}], []])
    kept._write(["no such kind"])
    answer(kept, claims[0])
    die(kept)
    assert recover() == 1


def test_a_journal_is_for_its_owner_alone(journal):
    assert {path.stat().st_mode & 0o777 for path in folder().iterdir()} == {0o600}
    assert folder().stat().st_mode & 0o777 == 0o700


def test_a_full_disk_leaves_no_journal_that_knows_only_half(journal, monkeypatch):
    _, kept, claims = journal

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    answer(kept, claims[0])
    monkeypatch.undo()
    answer(kept, claims[1])
    die(kept)
    assert not any(path.exists() for path in kept._paths)
    assert recover() == 0
    assert Item.objects.filter(state=ItemState.LEASED).count() == 6, "they become unknown in their time"


def test_a_finished_slice_leaves_no_journal(started):
    bench = started("weak", samples=4)
    bench.replay()
    assert not list(folder().iterdir())


FEED = """
import os, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
from migration_app.runs.feed import replay
replay(int(sys.argv[2]))
"""


def test_after_a_kill_no_finished_request_is_asked_again(started, vendor, settings):
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        pytest.skip("the killed process shares a file with this one; `tests/faults` does it on both")
    vendor.behave(good={"tokens": 4, "first_token": 0.05}, slow={"tokens": 4, "first_token": 0.05})
    bench = started("slow", samples=100)
    database = settings.DATABASES["default"]["NAME"]
    arguments = [sys.executable, "-c", FEED, str(database), str(Feed.objects.get().pk)]
    with subprocess.Popen(arguments, env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}) as killed:
        ends = time.monotonic() + 90
        while len(bench.asked()) < 60 and time.monotonic() < ends:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
    asked = len(bench.asked())
    assert 60 <= asked < 200
    vendor.behave(good={"tokens": 4}, slow={"tokens": 4})
    recover()
    unknown = expire_leases()
    assert unknown <= 4, "no more than had a slot"
    for _ in range(5):  # slices, on a busy machine
        bench.replay()
    assert Item.objects.filter(state=ItemState.DONE).count() == 200
    assert len(bench.asked()) <= 200 + unknown
