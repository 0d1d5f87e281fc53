"""Which of a lane's waiting items come next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import F, Min, Q
from django.db.models.expressions import RawSQL

from .models import SUSPECT, Item, ItemState, RunCandidate
from .retries import OUT, probe_wait


class Waiting(NamedTuple):
    """What a claim needs of an item; a model instance for each would take most of its time."""

    pk: int
    run_candidate_id: int
    sample_id: int
    tries: int
    reserve_nanos: int
    due: float | None


# The number stands in the statement itself, so that SQLite sees that the partial index fits.
_UNSUSPECTED, _SUSPECTED = Q(lost__lt=SUSPECT), Q(lost__gte=RawSQL(str(SUSPECT), ()))  # noqa: S611


def pick(
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


def pick_suspect(lane_id: int, run_candidate_ids: Sequence[int], now: float) -> list[Waiting]:
    """One item that workers died over, while the lane asks no other of them."""
    suspects = Item.objects.filter(_SUSPECTED, lane_id=lane_id)
    if suspects.filter(state=ItemState.LEASED).exists():
        return []
    return pick(lane_id, run_candidate_ids, 1, now, _SUSPECTED)


def pick_probes(lane_id: int, out: Sequence[RunCandidate], now: float) -> list[Waiting]:
    """One item for each connection that is out, for the worker that moves its next moment first."""
    probes = []
    for connection_id in {entry.connection_id for entry in out}:
        entries = [entry for entry in out if entry.connection_id == connection_id]
        items = pick(lane_id, [entry.pk for entry in entries], 1, now, Q())
        wait = probe_wait(now - min(entry.unanswered_since for entry in entries))
        if items and RunCandidate.objects.filter(
            run_id=entries[0].run_id, connection_id=connection_id, is_out=True, waiting_until__lte=now
        ).update(waiting_until=now + wait, waiting_reason=OUT):
            probes += items
    return probes


def waits(lane_id: int, now: float) -> float:
    """Seconds until the first of the lane's unfinished candidates may be asked; 0 when one may."""
    open_entries = RunCandidate.objects.filter(
        lane_id=lane_id, parked_reason="", items_total__gt=F("items_done") + F("items_failed")
    )
    first = open_entries.aggregate(first=Min("waiting_until"))["first"]
    return 0.0 if first is None else max(0.0, first - now)
