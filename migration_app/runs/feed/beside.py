"""More lanes than processes: one that replays takes in the seats that no other has come to.

A process waits most of the time, so that several lanes fit into one. Without this, the lanes would
take turns at the processes, and a slow vendor's slice would hold up the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import InterfaceError, OperationalError, connection, connections

from migration_app.clock import DatabaseNow

from ..models import Feed, RunState
from .work import Work, open_work

MOST_LANES = 4  # in one process
LOOK_SECONDS = 1.0
# A process that has nothing to do takes a message at once: a seat that waits longer has none.
PASSED_OVER_SECONDS = 2.0

Slicing = Callable[[Work], Coroutine[Any, Any, None]]


async def replay_beside(mine: Work, slicing: Slicing, stopping: Callable[[], bool]) -> None:
    """The slice of this seat, and beside it slices of lanes that nobody else replays.

    None begins once this one has ended, so that the process comes free soon after. One slice's
    failure ends no other; it is raised when all have ended.
    """
    own = asyncio.create_task(slicing(mine))
    slices, lanes = {own}, {mine.lane_id}
    with ThreadPoolExecutor(1, "feed-beside") as database:
        in_database = partial(asyncio.get_running_loop().run_in_executor, database)
        while not own.done():
            await asyncio.wait({own}, timeout=LOOK_SECONDS)
            running = sum(not one.done() for one in slices)
            if own.done() or stopping() or running >= MOST_LANES:
                continue
            if other := await in_database(_take_passed_over, lanes):
                lanes.add(other.lane_id)
                slices.add(asyncio.create_task(slicing(other)))
        await in_database(connections.close_all)
    for failure in await asyncio.gather(*slices, return_exceptions=True):
        if failure is not None:
            raise failure


def _take_passed_over(lanes: Collection[int]) -> Work | None:
    """The seat of another lane that has waited for a process the longest; None when there is none,
    or while the database is away: this is no reason to stop."""
    waiting = Feed.objects.filter(
        lane__run__state=RunState.RUNNING,
        expires__lt=DatabaseNow(),
        hinted__gt=0,
        hinted__lt=DatabaseNow() - PASSED_OVER_SECONDS,
    ).exclude(lane__in=lanes)
    try:
        seat = waiting.order_by("hinted").values_list("pk", flat=True).first()
        return None if seat is None else open_work(seat)
    except (OperationalError, InterfaceError):
        connection.close_if_unusable_or_obsolete()
        return None
