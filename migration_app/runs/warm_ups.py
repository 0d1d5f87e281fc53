"""Calls that wake a model up before it is measured: paid for, shown, and in no figure.

The first call to a model that nobody used for a while may load its weights, start a machine or open
a route; the next finds all that done. Two such calls a model, one after the other, before the first
request is measured: one that wakes it, one that finds it awake. They say the same few words to every
model and are none of the workload's samples, so that no prompt cache is warmed for a measured one.

A lane's candidates are warmed up before any of its items is claimed. A warm-up is never repeated:
what a model does when it is asked in earnest is the measurement's to find out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from migration_app.candidates.prices import thaw
from migration_app.clock import DatabaseNow
from migration_app.evaluation.conversations import Conversation, Message, Settings
from migration_app.evaluation.outcomes import Completed, FailureKind, Outcome
from migration_app.evaluation.price_lists import Price
from migration_app.evaluation.pricing import most_a_call_can_cost

from .attempt_rows import storable
from .charges import cost_nanos
from .leases import LOST, lock_run
from .models import Feed, Run, RunCandidate, RunState, WarmUp, WarmUpState
from .money import to_nanos
from .reservations import charge, reserve

DEFAULT_CALLS = 2
_OUTPUT_TOKENS, _INPUT_TOKENS_AT_MOST = 16, 100
_OPEN = (WarmUpState.PENDING, WarmUpState.IN_FLIGHT)

CONVERSATION = Conversation(
    messages=(Message(role="user", content="Reply with the single word: ready"),),
    settings=Settings(max_output_tokens=_OUTPUT_TOKENS),
)


@dataclass(frozen=True, slots=True)
class Warming:
    """A warm-up that this feed, and nobody else, may make."""

    pk: int
    run_candidate_id: int
    seat_token: int
    reserve_nanos: int


def plan_warm_ups(run: Run, entries: Sequence[RunCandidate], edition: int) -> None:
    """Write what each candidate is to be warmed up with in this edition. Judges need none."""
    if run.parent_id is not None:
        return
    WarmUp.objects.bulk_create(
        [
            WarmUp(run_candidate=entry, edition=edition, number=number + 1, reserved_nanos=_most(entry))
            for entry in entries
            for number in range(run.assessment.warm_up_calls)
        ],
        ignore_conflicts=True,
    )


def _most(entry: RunCandidate) -> int:
    price = thaw(entry.price)
    if price is None:
        return 0
    deadline = django_settings.CALL_DEADLINE_SECONDS
    amount = most_a_call_can_cost(price, _INPUT_TOKENS_AT_MOST, _OUTPUT_TOKENS, deadline)
    return to_nanos(amount or Decimal(0))


def open_warm_ups(lane_id: int) -> QuerySet[WarmUp]:
    """Those that have still to be made, or are being made."""
    return WarmUp.objects.filter(run_candidate__lane=lane_id, state__in=_OPEN)


@transaction.atomic
def claim_warm_ups(lane_id: int, run_id: UUID, seat_token: int) -> list[Warming]:
    """The next warm-up of each candidate of the lane that has none in flight, with its budget.

    One that the cap leaves no room for is skipped.
    """
    if not Run.objects.filter(pk=run_id, state=RunState.RUNNING).exists():
        return []
    lock_run(run_id)
    rows = open_warm_ups(lane_id).order_by("run_candidate", "edition", "number")
    busy = {row.run_candidate_id for row in rows if row.state == WarmUpState.IN_FLIGHT}
    claimed = []
    for row in rows:
        if row.run_candidate_id in busy:
            continue
        busy.add(row.run_candidate_id)
        warming = Warming(row.pk, row.run_candidate_id, seat_token, row.reserved_nanos)
        affordable = bool(reserve(run_id, [warming]))
        state = WarmUpState.IN_FLIGHT if affordable else WarmUpState.SKIPPED
        WarmUp.objects.filter(pk=row.pk).update(state=state, seat_token=seat_token)
        claimed += [warming] if affordable else []
    return claimed


@transaction.atomic
def settle_warm_up(run_id: UUID, warming: Warming, outcome: Outcome, price: Price | None) -> None:
    """Store what came of it and charge it, if the seat was not lost meanwhile."""
    lock_run(run_id)
    cost = cost_nanos(price, outcome, warming.reserve_nanos)
    unknown = not isinstance(outcome, Completed) and outcome.kind is FailureKind.UNKNOWN
    state = WarmUpState.COMPLETED if isinstance(outcome, Completed) else WarmUpState.FAILED
    mine = WarmUp.objects.filter(
        pk=warming.pk, state=WarmUpState.IN_FLIGHT, seat_token=warming.seat_token
    ).update(
        state=WarmUpState.UNKNOWN if unknown else state,
        cost_nanos=cost,
        total=outcome.timing.total if outcome.timing else None,
        message="" if isinstance(outcome, Completed) else storable(outcome.message)[:1000],
    )
    if mine:
        _charge(run_id, warming.run_candidate_id, cost or 0, warming.reserve_nanos)


def _charge(run_id: Any, run_candidate_id: int, spent: int, reserved: int) -> None:
    charge(run_id, spent=spent, reserved=reserved)
    RunCandidate.objects.filter(pk=run_candidate_id).update(spent_nanos=F("spent_nanos") + spent)


@transaction.atomic
def expire_warm_ups() -> int:
    """Charge in full what a lost worker left in flight; how many. The seat's lease is theirs too."""
    alive = Feed.objects.filter(expires__gte=DatabaseNow()).values("token")
    lost = WarmUp.objects.filter(state=WarmUpState.IN_FLIGHT).exclude(seat_token__in=alive)
    if connection.features.has_select_for_update_skip_locked:
        lost = lost.select_for_update(skip_locked=True, of=("self",))
    rows = list(lost.select_related("run_candidate").order_by("run_candidate__run", "pk"))
    for row in rows:
        WarmUp.objects.filter(pk=row.pk).update(
            state=WarmUpState.UNKNOWN,
            cost_nanos=row.reserved_nanos,
            message=LOST,
        )
        _charge(row.run_candidate.run_id, row.run_candidate_id, row.reserved_nanos, row.reserved_nanos)
    return len(rows)
