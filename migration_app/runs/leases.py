"""Claims: who may ask what, and for how long. The database decides; messages are only hints.

    take_seat ──► claim ──► (call the vendor) ──► settle   (settling.py)
        │           ▲                               │
        └─ renew ───┴───────── release ◄────────────┘  what was claimed and never sent

Every function here is one transaction. A claim is a conditional update: of two workers
that try for the same item, one gets it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Min, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Greatest

from . import team_budget
from .clock import DatabaseNow, database_now
from .models import SUSPECT, Attempt, AttemptState, Feed, Item, ItemState, Run, RunCandidate, RunState
from .retries import OUT, probe_wait


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item that this worker, and nobody else, may ask until its lease expires."""

    item_id: int
    run_candidate_id: int
    sample_id: int
    number: int  # of the attempt
    token: int
    reserved_nanos: int
    due: float | None = None  # of an open load: seconds on the lane's schedule
    probe: bool = False  # its connection is out; this one call may find out whether it still is


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim brought, and why it may have brought less than was asked for."""

    items: tuple[Claimed, ...]
    budget_reached: bool = False
    nothing_left: bool = False  # no item of the lane waits, now or later
    waits: float = 0.0  # seconds in which no candidate of the lane may be asked


def _token() -> int:
    return secrets.randbits(62) + 1  # positive, fits a signed 64-bit column


def take_seat(feed_id: int) -> int | None:
    """Take a feed's seat; the token to hold it with, or None when somebody sits there."""
    token = _token()
    taken = Feed.objects.filter(pk=feed_id, expires__lt=DatabaseNow()).update(
        token=token, expires=DatabaseNow() + settings.LEASE_SECONDS, hinted=0
    )
    return token if taken else None


def leave_seat(feed_id: int, token: int, *, allowed: int | None = None) -> None:
    """`allowed`: how many calls at a time the vendor bore; the next slice begins with as many."""
    learnt = {} if allowed is None else {"allowed": allowed}
    Feed.objects.filter(pk=feed_id, token=token).update(expires=0, token=0, **learnt)


def renew(feed_id: int, token: int, held: Sequence[Claimed]) -> bool:
    """Extend the seat and the leases held from it. False: the seat is lost, call nobody else.

    What is in flight keeps its lease even then: each is held by a token of its own.
    """
    expires = DatabaseNow() + settings.LEASE_SECONDS
    with transaction.atomic():
        seated = Feed.objects.filter(pk=feed_id, token=token).update(expires=expires)
        tokens = [claimed.token for claimed in held]
        Item.objects.filter(
            pk__in=[claimed.item_id for claimed in held], lease_token__in=tokens, state=ItemState.LEASED
        ).update(lease_expires=expires)
    return bool(seated)


def claim(
    lane_id: int,
    run_id: UUID,
    count: int,
    known: Collection[int] | None = None,
    due_before: float | None = None,
) -> Claim:
    """Lease up to `count` items of a lane, with their attempts and their budget.

    due_before: of an open load, seconds on the lane's schedule; those due first go first.

    known: the candidates that the feed knows how to ask; None for all. One that joined since the
    feed took its seat is left to its next slice.

    1. Pick waiting items in the plan's order, skipping candidates that are parked or wait. Of the
       items that workers died over, one at a time: the innocent are not to die with the culprit.
    2. Reserve the most that they can cost; take fewer when the cap leaves no room.
    3. Lease them and write an attempt for each.
    """
    with transaction.atomic():
        now = database_now()
        entries = [entry for entry in _callable(lane_id, run_id, now) if known is None or entry.pk in known]
        if any(entry.is_out for entry in entries):
            lock_run(run_id)
        picked = _pick(
            lane_id, [entry.pk for entry in entries if not entry.is_out], count, now, due_before=due_before
        )
        first = _pick_probes(lane_id, [entry for entry in entries if entry.is_out], now)
        probes = {item.pk for item in first}
        first += _pick_suspect(lane_id, [entry.pk for entry in entries if not entry.is_out], now)
        if not picked and not first:
            waiting = Item.objects.filter(lane_id=lane_id, state=ItemState.PENDING)
            if known is not None:
                waiting = waiting.filter(run_candidate_id__in=known)
            return Claim((), nothing_left=not waiting.exists(), waits=_waits(lane_id, now))
        picked = [*first, *picked][:count]
        affordable = reserve(run_id, picked)
        return Claim(
            tuple(_lease(picked[:affordable], now, probes)),
            budget_reached=affordable < len(picked),
        )


class Waiting(NamedTuple):
    """What a claim needs of an item; a model instance for each would take most of its time."""

    pk: int
    run_candidate_id: int
    sample_id: int
    tries: int
    reserve_nanos: int
    due: float | None


class Priced(Protocol):
    """Something to be called that may cost so much at most."""

    @property
    def reserve_nanos(self) -> int: ...


# The number stands in the statement itself, so that SQLite sees that the partial index fits.
_UNSUSPECTED, _SUSPECTED = Q(lost__lt=SUSPECT), Q(lost__gte=RawSQL(str(SUSPECT), ()))  # noqa: S611


def lock_run(run_id: UUID) -> None:
    """Before writing to candidates: whoever writes to several takes turns at the run's row."""
    if connection.features.has_select_for_update:
        Run.objects.select_for_update().only("pk").get(pk=run_id)


def _callable(lane_id: int, run_id: UUID, now: float) -> list[RunCandidate]:
    """The lane's candidates that may be asked now, if the run is running."""
    entries = RunCandidate.objects.filter(
        run_id=run_id, lane_id=lane_id, run__state=RunState.RUNNING, parked_reason="", waiting_until__lte=now
    )
    return list(entries.only("pk", "run_id", "connection_id", "is_out", "unanswered_since"))


def _pick(
    lane_id: int,
    run_candidate_ids: Sequence[int],
    count: int,
    now: float,
    lost: Q = _UNSUSPECTED,
    due_before: float | None = None,
) -> list[Waiting]:
    if not run_candidate_ids:
        return []
    waiting = Item.objects.filter(
        lost,
        lane_id=lane_id,
        state=ItemState.PENDING,
        not_before__lte=now,
        run_candidate_id__in=run_candidate_ids,
    )
    if due_before is None:
        waiting = waiting.order_by("order")
    else:
        waiting = waiting.filter(due__lte=due_before).order_by("due")
    waiting = waiting[:count]
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    return [Waiting(*row) for row in waiting.values_list(*Waiting._fields)]


def _pick_suspect(lane_id: int, run_candidate_ids: Sequence[int], now: float) -> list[Waiting]:
    """One item that workers died over, while the lane asks no other of them."""
    suspects = Item.objects.filter(_SUSPECTED, lane_id=lane_id)
    if suspects.filter(state=ItemState.LEASED).exists():
        return []
    return _pick(lane_id, run_candidate_ids, 1, now, _SUSPECTED)


def _pick_probes(lane_id: int, out: Sequence[RunCandidate], now: float) -> list[Waiting]:
    """One item for each connection that is out, for the worker that moves its next moment first."""
    probes = []
    for connection_id in {entry.connection_id for entry in out}:
        entries = [entry for entry in out if entry.connection_id == connection_id]
        items = _pick(lane_id, [entry.pk for entry in entries], 1, now, Q())
        wait = probe_wait(now - min(entry.unanswered_since for entry in entries))
        if items and RunCandidate.objects.filter(
            run_id=entries[0].run_id, connection_id=connection_id, is_out=True, waiting_until__lte=now
        ).update(waiting_until=now + wait, waiting_reason=OUT):
            probes += items
    return probes


def _waits(lane_id: int, now: float) -> float:
    """Seconds until the first of the lane's unfinished candidates may be asked; 0 when one may."""
    open_entries = RunCandidate.objects.filter(
        lane_id=lane_id, parked_reason="", items_total__gt=F("items_done") + F("items_failed")
    )
    first = open_entries.aggregate(first=Min("waiting_until"))["first"]
    return 0.0 if first is None else max(0.0, first - now)


def reserve(run_id: UUID, items: Sequence[Priced]) -> int:
    """Reserve budget for as many items as fit, in order; how many did. Call inside a transaction."""
    total = sum(item.reserve_nanos for item in items)
    for fitting in range(len(items), 0, -1):
        reserved = Run.objects.filter(
            Q(cap_nanos__isnull=True) | Q(cap_nanos__gte=F("spent_nanos") + F("reserved_nanos") + total),
            pk=run_id,
            state=RunState.RUNNING,
        ).update(reserved_nanos=F("reserved_nanos") + total)
        if reserved:
            return _within_team(run_id, items[:fitting])
        total -= items[fitting - 1].reserve_nanos
    return 0


def _within_team(run_id: UUID, items: Sequence[Priced]) -> int:
    """Reserve on the team's ledger what the run has reserved already; how many fit, the rest undone."""
    total = sum(item.reserve_nanos for item in items)
    fitting = len(items)
    while fitting and not team_budget.reserve(run_id, total):
        fitting -= 1
        total -= items[fitting].reserve_nanos
    if undone := sum(item.reserve_nanos for item in items[fitting:]):
        Run.objects.filter(pk=run_id).update(reserved_nanos=F("reserved_nanos") - undone)
    return fitting


def _lease(items: Sequence[Waiting], now: float, probes: Collection[int]) -> list[Claimed]:
    claimed = [
        Claimed(
            item_id=item.pk,
            run_candidate_id=item.run_candidate_id,
            sample_id=item.sample_id,
            number=item.tries + 1,
            token=_token(),
            reserved_nanos=item.reserve_nanos,
            due=item.due,
            probe=item.pk in probes,
        )
        for item in items
    ]
    expires = now + settings.LEASE_SECONDS
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {Item._meta.db_table} SET state = %s, lease_token = %s, lease_expires = %s, "  # noqa: S608
            "tries = %s WHERE id = %s",
            [(ItemState.LEASED.value, one.token, expires, one.number, one.item_id) for one in claimed],
        )
        _insert_attempts(cursor, claimed)
    return claimed


def _insert_attempts(cursor: Any, claimed: Sequence[Claimed]) -> None:
    """One row for each, alike but for three columns: the rest is prepared once, not once a row."""
    blank = Attempt()
    fields = [field for field in Attempt._meta.concrete_fields if not field.primary_key]
    alike = {
        field.column: field.get_db_prep_save(field.pre_save(blank, add=True), connection) for field in fields
    }
    rows = [
        tuple(
            (
                alike | {"item_id": one.item_id, "number": one.number, "reserved_nanos": one.reserved_nanos}
            ).values()
        )
        for one in claimed
    ]
    columns, places = ", ".join(map(str, alike)), ", ".join(["%s"] * len(alike))
    cursor.executemany(f"INSERT INTO {Attempt._meta.db_table} ({columns}) VALUES ({places})", rows)  # noqa: S608


def release(run_id: UUID, unsent: Sequence[Claimed]) -> None:
    """Give back what was claimed and never sent, as if it had not been claimed."""
    if not unsent:
        return
    with transaction.atomic():
        mine = held_items(unsent)
        Attempt.objects.filter(item_id__in=mine, state=AttemptState.IN_FLIGHT).delete()
        Item.objects.filter(pk__in=mine).update(
            state=ItemState.PENDING, lease_token=None, lease_expires=None, tries=F("tries") - 1
        )
        freed = sum(item.reserve_nanos for item in mine.values())
        Run.objects.filter(pk=run_id).update(reserved_nanos=F("reserved_nanos") - freed)
        team_budget.charge(run_id, spent=0, reserved=freed)


def let_expire(lost: Sequence[Claimed]) -> None:
    """End the leases of calls whose worker is known to be dead, instead of waiting for their time."""
    tokens = [claimed.token for claimed in lost]
    Item.objects.filter(
        pk__in=[claimed.item_id for claimed in lost], lease_token__in=tokens, state=ItemState.LEASED
    ).update(lease_expires=0)


@transaction.atomic
def hold_back(run_id: UUID, run_candidate_ids: Sequence[int], seconds: float, reason: str) -> None:
    """Let candidates wait, for one of the reasons that the page has words for."""
    lock_run(run_id)
    RunCandidate.objects.filter(pk__in=run_candidate_ids).update(
        waiting_until=Greatest(F("waiting_until"), DatabaseNow() + seconds), waiting_reason=reason
    )


class Held(NamedTuple):
    """What settling needs of a leased item."""

    pk: int
    lease_token: int
    tries: int
    refusals: int
    reserve_nanos: int


def held_items(claims: Sequence[Claimed]) -> dict[int, Held]:
    """Those of the claims whose token still holds, locked for this transaction."""
    items = Item.objects.filter(pk__in=[claimed.item_id for claimed in claims], state=ItemState.LEASED)
    if connection.features.has_select_for_update:
        items = items.select_for_update()
    tokens = {claimed.item_id: claimed.token for claimed in claims}
    found = (Held(*row) for row in items.values_list(*Held._fields))
    return {item.pk: item for item in found if item.lease_token == tokens[item.pk]}
