"""Repair: what a killed worker left behind goes back to work, and nothing is forgotten.

Run every few seconds. Two reconcilers at once do no harm: each row is repaired by whoever
locks it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef

from migration_app.clock import DatabaseNow, database_began
from migration_app.evaluation.wording import english

from .events import log
from .leases import LOST, lock_run
from .models import (
    MAX_TRIES,
    STAGES,
    Attempt,
    AttemptState,
    Feed,
    Item,
    ItemState,
    Run,
    RunCandidate,
    RunState,
)
from .reservations import charge

_BATCH = 1_000
_AGAIN = english("Workers stopped in the middle of this request too often, so it is not asked again. ") + (
    english("Look at its sample: it may be what stops them. It may have been billed.")
)
_HINT_SECONDS = 10.0  # a hint that nobody took after this long was lost


def expire_leases() -> int:
    """Turn expired leases into *unknown* attempts, charged in full; their items go back.

    The call may have reached the vendor, so its whole reservation is charged. Returns how
    many leases had expired. After a crash of the database server everybody has the length of
    a lease to come back and renew: the time it was away says nothing about the workers.
    """
    if database_began(settings.LEASE_SECONDS):
        return 0
    expired = Item.objects.filter(state=ItemState.LEASED, lease_expires__lt=DatabaseNow())
    # Made distinct here: asked to do it, SQLite walks through every item there ever was instead.
    return sum(map(_expire_leases_of, dict.fromkeys(expired.values_list("run_id", flat=True))))


@transaction.atomic
def _expire_leases_of(run_id: Any) -> int:
    # The run's row first, as in settling: a late finisher and we take turns.
    lock_run(run_id)
    expired = Item.objects.filter(run_id=run_id, state=ItemState.LEASED, lease_expires__lt=DatabaseNow())
    if connection.features.has_select_for_update_skip_locked:
        expired = expired.select_for_update(skip_locked=True, of=("self",))
    items = list(expired.select_related("run_candidate")[:_BATCH])
    _charge_unknown(run_id, items)
    _send_back(items)
    return len(items)


def _charge_unknown(run_id: Any, items: Sequence[Item]) -> None:
    by_candidate: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        by_candidate[item.run_candidate_id].append(item)
        Attempt.objects.filter(item=item, number=item.tries).update(
            state=AttemptState.UNKNOWN,
            cost_nanos=_charge(item),
            failure="unknown",
            message=_AGAIN if _used_up(item) else LOST,
        )
    reserved = sum(item.reserve_nanos for item in items)
    spent = sum(_charge(item) or 0 for item in items)
    charge(run_id, spent=spent, reserved=reserved)
    for pk, lost in sorted(by_candidate.items()):
        RunCandidate.objects.filter(pk=pk).update(
            spent_nanos=F("spent_nanos") + sum(_charge(item) or 0 for item in lost),
            unpriced_calls=F("unpriced_calls") + sum(_charge(item) is None for item in lost),
        )


def _charge(item: Item) -> int | None:
    """All that the call can have cost; None where no price is known."""
    return None if item.run_candidate.price is None else item.reserve_nanos


def _send_back(items: Sequence[Item]) -> None:
    lost = [item for item in items if _used_up(item)]
    again = [item for item in items if not _used_up(item)]
    freed: dict[str, Any] = {"lease_token": None, "lease_expires": None}
    freed["lost"] = F("lost") + 1
    Item.objects.filter(pk__in=[item.pk for item in lost]).update(state=ItemState.FAILED, **freed)
    Item.objects.filter(pk__in=[item.pk for item in again]).update(state=ItemState.PENDING, **freed)
    counts: dict[tuple[Any, int], list[int]] = defaultdict(lambda: [0, 0])
    for item in items:
        counts[item.run_id, item.run_candidate_id][not _used_up(item)] += 1
    for (run_id, pk), (failed, retried) in sorted(counts.items(), key=lambda pair: pair[0][1]):
        RunCandidate.objects.filter(pk=pk).update(
            items_failed=F("items_failed") + failed, retries=F("retries") + retried
        )
        log(
            run_id,
            english(
                "A worker stopped in mid-call. {value} calls have an unknown result.", value=failed + retried
            ),
            pk,
        )


def _used_up(item: Item) -> bool:
    return item.tries - item.refusals >= MAX_TRIES


def feeds_to_wake() -> list[int]:
    """Seats with work and nobody in them, each marked so that it is hinted at once."""
    if database_began(settings.LEASE_SECONDS):
        return []  # whoever sits there has not had the time to renew
    claimable = Item.objects.filter(
        lane=OuterRef("lane"),
        state=ItemState.PENDING,
        not_before__lte=DatabaseNow(),
        run_candidate__parked_reason="",
        run_candidate__waiting_until__lte=DatabaseNow(),
    )
    empty = Feed.objects.filter(
        Exists(claimable),
        lane__run__state=RunState.RUNNING,
        expires__lt=DatabaseNow(),
        hinted__lt=DatabaseNow() - _HINT_SECONDS,
    )
    return hint(list(empty.values_list("pk", flat=True)))


def hint(feed_ids: Sequence[int]) -> list[int]:
    """Mark seats as hinted now; the ids to send messages for."""
    Feed.objects.filter(pk__in=feed_ids).update(hinted=DatabaseNow())
    return list(feed_ids)


def stages_to_wake() -> list[tuple[Any, str]]:
    """Runs whose stage nobody works on: (run id, stage)."""
    idle = Run.objects.filter(state__in=STAGES, stage_expires__lt=DatabaseNow())
    return list(idle.values_list("pk", "state"))


def replays_to_close() -> list[Any]:
    """Running runs that have nothing left to ask, or nothing they may ask."""
    open_items = Item.objects.filter(
        run=OuterRef("pk"),
        state__in=[ItemState.PENDING, ItemState.LEASED],
        run_candidate__parked_reason="",
    )
    leased = Item.objects.filter(run=OuterRef("pk"), state=ItemState.LEASED)
    return list(
        Run.objects.filter(~Exists(open_items), ~Exists(leased), state=RunState.RUNNING).values_list(
            "pk", flat=True
        )
    )
