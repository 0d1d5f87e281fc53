"""Named reads about runs. Progress reads counts that settling keeps, never the items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from migration_app.clock import database_now
from migration_app.said import said

from .machines import machines_said, shared_machines
from .models import Feed, Item, ItemState, Run, RunCandidate, RunEvent, RunState
from .money import from_nanos
from .schedule import is_open
from .warmth import Warmth, warmth_of

# Why a candidate is not asked just now.
WAITING_WORDS = {
    "rate_limit": gettext_lazy("Rate limit, {} s"),
    "overloaded": gettext_lazy("Vendor overloaded, {} s"),
    "unreachable": gettext_lazy("Not reachable, {} s"),
    "out": gettext_lazy("Not answering, next try in {} s"),
    "pacing": gettext_lazy("Message server away, nothing is sent for {} s"),
}


@dataclass(frozen=True, slots=True)
class OptionProgress:
    """One candidate's bar. `tone` is one of good, acc, warn, bad, neu."""

    position: int
    label: str
    vendor_label: str
    model: str
    done: int
    failed: int
    total: int
    percent: int
    state_word: str
    tone: str
    note: str
    seconds_left: float | None
    spent: Decimal | None  # None: the price is unknown
    unpriced: int
    uncounted: int  # answers charged at the most they can have cost, as their vendor counted no tokens
    retries: int
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class RunProgress:
    """What the progress page shows. None is unknown."""

    state: str
    state_label: str
    note: str
    percent: int
    done: int
    failed: int
    total: int
    retries: int
    seconds_left: float | None
    answers_per_minute: float | None
    spent: Decimal
    spent_is_partial: bool  # some calls have no known price
    spent_is_most: bool  # some calls are charged at the most they can have cost
    cap: Decimal | None
    currency: str
    started_at: datetime
    machine_note: str
    warm_up: Warmth | None  # calls before the measurement, in no figure
    peak_per_minute: int | None  # of an open load
    late: int  # requests that left noticeably after they were due
    options: Sequence[OptionProgress]
    events: Sequence[RunEvent]
    is_open: bool


def percent(ended: int, total: int) -> int:
    """Whole per cent, rounded down: 100 means all of it."""
    return 100 * ended // total if total else 0


def progress(run: Run, *, events: int = 12) -> RunProgress:
    entries = list(run.candidates.select_related("lane", "connection"))
    now = database_now()
    done = sum(entry.items_done for entry in entries)
    failed = sum(entry.items_failed for entry in entries)
    rate = _per_second(run, done + failed - sum(entry.ended_before for entry in entries))
    left = run.items_total - done - failed
    return RunProgress(
        state=run.state,
        state_label=run.get_state_display(),
        note=run.state_note,
        percent=percent(done + failed, run.items_total),
        done=done,
        failed=failed,
        total=run.items_total,
        retries=sum(entry.retries for entry in entries),
        seconds_left=left / rate if rate and run.state == RunState.RUNNING else None,
        answers_per_minute=rate * 60 if rate else None,
        spent=from_nanos(run.spent_nanos),
        spent_is_partial=any(entry.unpriced_calls for entry in entries),
        spent_is_most=any(entry.uncounted_calls for entry in entries if entry.price is not None),
        cap=None if run.cap_nanos is None else from_nanos(run.cap_nanos),
        currency=run.currency,
        started_at=run.started_at,
        machine_note=machines_said(shared_machines(entries)),
        warm_up=warmth_of(run) if run.assessment.warm_up_calls and run.parent_id is None else None,
        peak_per_minute=run.assessment.peak_per_minute if is_open(run) else None,
        late=sum(entry.late_calls for entry in entries),
        options=[_option(run, entry, now) for entry in entries],
        events=list(run.events.select_related("run_candidate")[:events]),
        is_open=run.is_open,
    )


def _per_second(run: Run, ended: int) -> float | None:
    """Answers a second since the edition's start; None before there is anything to go by."""
    until = run.replayed_at or timezone.now()
    elapsed = (until - (run.reopened_at or run.started_at)).total_seconds()
    return ended / elapsed if ended >= 3 and elapsed > 0 else None


def _option(run: Run, entry: RunCandidate, now: float) -> OptionProgress:
    word, tone, note = _words(run, entry, now)
    rate = _per_second(run, entry.items_ended - entry.ended_before)
    left = entry.items_total - entry.items_ended
    return OptionProgress(
        position=entry.position,
        label=entry.label,
        vendor_label=entry.vendor_label,
        model=entry.model,
        done=entry.items_done,
        failed=entry.items_failed,
        total=entry.items_total,
        percent=percent(entry.items_ended, entry.items_total),
        state_word=word,
        tone=tone,
        note=note,
        seconds_left=left / rate if rate and run.state == RunState.RUNNING and left else None,
        spent=None if entry.price is None else from_nanos(entry.spent_nanos),
        unpriced=entry.unpriced_calls,
        uncounted=entry.uncounted_calls,
        retries=entry.retries,
        is_baseline=entry.is_baseline,
    )


def _words(run: Run, entry: RunCandidate, now: float) -> tuple[str, str, str]:
    """State of a candidate in words, its tone, and a sentence when a person must act."""
    if entry.items_ended >= entry.items_total:
        return (_("Done"), "good", "")
    if entry.parked_reason:
        return (_("Stopped"), "bad", said(entry.parked_reason))
    if run.state != RunState.RUNNING:
        return (run.get_state_display(), "bad" if run.state == RunState.FAILED else "neu", "")
    if entry.waiting_until > now:
        words = WAITING_WORDS.get(entry.waiting_reason, WAITING_WORDS["rate_limit"])
        return (words.format(max(1, round(entry.waiting_until - now))), "warn", "")
    if entry.is_out:
        return (_("Not answering, trying now"), "warn", "")
    if entry.items_ended == 0 and entry.last_settle_at is None:
        return (_("Waiting for its turn"), "neu", "")
    return (_("Running"), "acc", "")


def next_reservation(run: Run) -> int | None:
    """What the next waiting item may cost at most, in nanos; None when nothing waits."""
    waiting = Item.objects.filter(state=ItemState.PENDING, run_candidate__parked_reason="")
    # Lane by lane, as an index has them in order; all of a large run would have to be sorted.
    firsts = [
        waiting.filter(lane=lane).order_by("order").values_list("order", "reserve_nanos").first()
        for lane in run.lanes.all()
    ]
    return min((first for first in firsts if first), default=(0, None))[1]


def seats_of(run: Run) -> list[int]:
    """The feeds of a run."""
    return list(Feed.objects.filter(lane__run=run).values_list("pk", flat=True))
