"""Claims: taking items of a lane to ask them, with their attempts and their budget."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from migration_app.clock import database_now

from .leases import Claimed, lock_run, new_token
from .models import Attempt, Item, ItemState, RunCandidate, RunState
from .picking import Waiting, pick, pick_probes, pick_suspect, waits
from .reservations import reserve


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim brought, and why it may have brought less than was asked for."""

    items: tuple[Claimed, ...]
    budget_reached: bool = False
    nothing_left: bool = False  # no item of the lane waits, now or later
    waits: float = 0.0  # seconds in which no candidate of the lane may be asked


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
        picked = pick(
            lane_id, [entry.pk for entry in entries if not entry.is_out], count, now, due_before=due_before
        )
        first = pick_probes(lane_id, [entry for entry in entries if entry.is_out], now)
        probes = {item.pk for item in first}
        first += pick_suspect(lane_id, [entry.pk for entry in entries if not entry.is_out], now)
        if not picked and not first:
            waiting = Item.objects.filter(lane_id=lane_id, state=ItemState.PENDING)
            if known is not None:
                waiting = waiting.filter(run_candidate_id__in=known)
            return Claim((), nothing_left=not waiting.exists(), waits=waits(lane_id, now))
        picked = [*first, *picked][:count]
        affordable = reserve(run_id, picked)
        return Claim(
            tuple(_lease(picked[:affordable], now, probes)),
            budget_reached=affordable < len(picked),
        )


def _callable(lane_id: int, run_id: UUID, now: float) -> list[RunCandidate]:
    """The lane's candidates that may be asked now, if the run is running."""
    entries = RunCandidate.objects.filter(
        run_id=run_id, lane_id=lane_id, run__state=RunState.RUNNING, parked_reason="", waiting_until__lte=now
    )
    return list(entries.only("pk", "run_id", "connection_id", "is_out", "unanswered_since"))


def _lease(items: Sequence[Waiting], now: float, probes: Collection[int]) -> list[Claimed]:
    claimed = [
        Claimed(
            item_id=item.pk,
            run_candidate_id=item.run_candidate_id,
            sample_id=item.sample_id,
            number=item.tries + 1,
            token=new_token(),
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
