"""A database whose clock is set back: what was to come in seconds must not come in minutes.

Leases, waits and claims are moments on the database's clock. When it jumps ahead they are over
early, which costs unknown attempts and nothing else. When it is set back they would last for as
long as the jump; so the reconciler compares each look at the clock with the one before.
"""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Model

from migration_app.clock import database_now

from .models import ClockReading, Feed, Item, Run, RunCandidate

logger = logging.getLogger(__name__)

_SLEW = 2.0  # seconds; a clock that is being disciplined may go back a little
_SOON = 30.0  # what is over by then anyway may be a moment of the new time, and is left alone

# What is still to come; and what has been, so that any of it ahead of now is of the old time.
_COMING: tuple[tuple[type[Model], str], ...] = (
    (Item, "lease_expires"),
    (Item, "not_before"),
    (Feed, "expires"),
    (RunCandidate, "waiting_until"),
    (Run, "stage_expires"),
)
_BEEN: tuple[tuple[type[Model], str], ...] = ((Feed, "hinted"), (RunCandidate, "unanswered_since"))


@transaction.atomic
def follow_clock() -> float:
    """Take every moment back with the clock, where it was set back; by how many seconds it was."""
    now = database_now()
    reading, _ = ClockReading.objects.get_or_create(pk=1, defaults={"moment": now})
    back = reading.moment - now
    if -1.0 < back <= _SLEW:
        return 0.0
    # Of two reconcilers, whoever moves the reading moves the rest.
    mine = ClockReading.objects.filter(pk=1, moment=reading.moment).update(moment=now)
    if not mine or back <= _SLEW:
        return 0.0
    logger.warning("The database's clock was set back by %.0f seconds; leases and waits follow it.", back)
    _take_back(_COMING, now + max(_SOON, 2 * settings.LEASE_SECONDS), back)
    _take_back(_BEEN, now, back)
    return back


def _take_back(moments: tuple[tuple[type[Model], str], ...], later_than: float, back: float) -> None:
    for model, name in moments:
        of_the_old_time: dict[str, Any] = {f"{name}__gt": later_than}
        model._default_manager.filter(**of_the_old_time).update(**{name: F(name) - back})
