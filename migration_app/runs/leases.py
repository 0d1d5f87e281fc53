"""Leases: who may ask what, and for how long. The database decides; messages are only hints.

    take_seat ──► claim ──► (call the vendor) ──► settle   (claims.py, settling.py)
        │           ▲                               │
        └─ renew ───┴───────── release ◄────────────┘  what was claimed and never sent

Every function here and in `claims` is one transaction. A claim is a conditional update: of two
workers that try for the same item, one gets it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest

from migration_app.clock import DatabaseNow
from migration_app.evaluation.wording import english

from .models import Attempt, AttemptState, Feed, Item, ItemState, Run, RunCandidate
from .reservations import charge

# What is said of a call whose worker is gone.
LOST = english("The worker stopped before the answer was stored. It may have been billed.")


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


def new_token() -> int:
    return secrets.randbits(62) + 1  # positive, fits a signed 64-bit column


def take_seat(feed_id: int) -> int | None:
    """Take a feed's seat; the token to hold it with, or None when somebody sits there."""
    token = new_token()
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
        charge(run_id, spent=0, reserved=freed)


def let_expire(lost: Sequence[Claimed]) -> None:
    """End the leases of calls whose worker is known to be dead, instead of waiting for their time."""
    tokens = [claimed.token for claimed in lost]
    Item.objects.filter(
        pk__in=[claimed.item_id for claimed in lost], lease_token__in=tokens, state=ItemState.LEASED
    ).update(lease_expires=0)


def lock_run(run_id: UUID) -> None:
    """Before writing to candidates: whoever writes to several takes turns at the run's row."""
    if connection.features.has_select_for_update:
        Run.objects.select_for_update().only("pk").get(pk=run_id)


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
