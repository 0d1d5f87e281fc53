"""One slice of a feed, from the seat that is taken to the seat that is left."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial

from django.conf import settings

from migration_app.candidates.endpoints import address_policy
from migration_app.providers.client import Client

from ..leases import leave_seat
from ..pacing import Pacer, open_server
from .beside import replay_beside
from .calls import Calls
from .guard import Guard
from .slice import Slice
from .supply import Supply
from .turns import Turns, pacers_of
from .upkeep import Upkeep
from .warm_up import WarmUps
from .work import Work, open_work

_SWITCH_SECONDS = 0.0005


def replay(feed_id: int, *, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Run one slice of a feed to its end, and others beside it (`beside`). False when its seat was taken."""
    work = open_work(feed_id)
    if work is None:
        return False
    # The database's thread gives the interpreter back ten times sooner than by default, so
    # that the event loop stamps an arriving byte when it arrives.
    sys.setswitchinterval(_SWITCH_SECONDS)
    asyncio.run(replay_beside(work, partial(_replay, stopping=stopping), stopping))
    return True


async def _replay(work: Work, stopping: Callable[[], bool]) -> None:
    client = Client(policy=address_policy(), idle_timeout=settings.IDLE_STREAM_SECONDS)
    # Only where a limit is set: without one, the message server is not even connected to.
    server = open_server() if work.limits else None
    try:
        await _run(Slice(work, stopping), client, pacers_of(work, server))
    finally:
        await client.close()
        if server is not None:
            await server.aclose()


async def _run(slice_: Slice, client: Client, pacers: dict[int, Pacer]) -> None:
    """Returns when the slice is over, or there is nothing to do."""
    guard, turns = Guard(slice_), Turns(slice_, pacers)
    supply, calls = Supply(slice_, guard, turns), Calls(slice_, client, guard, turns)
    upkeep = Upkeep(slice_, supply)
    slots = [asyncio.create_task(calls.slot()) for _ in range(slice_.work.slots)]
    flusher = asyncio.create_task(upkeep.flush_regularly())
    beater = asyncio.create_task(upkeep.beat())
    try:
        await WarmUps(slice_, client, turns).run()
        await upkeep.keep_schedule()
        await supply.run()
        slice_.over = True
        for _ in slots:
            slice_.ready.put_nowait(None)
        await asyncio.gather(*slots)
    finally:
        slice_.open, slice_.closed = False, True
        for task in (beater, *slots):
            task.cancel()
        slice_.flushing.set()
        try:
            await flusher
            await slice_.in_database(lambda: _leave(slice_))
        finally:
            # What could not be stored stays on disk, for whoever looks for it next.
            slice_.journal.close(done=not slice_.held)
            await slice_.close()


def _leave(slice_: Slice) -> None:
    leave_seat(slice_.work.feed_id, slice_.work.token, allowed=slice_.flow.allowed)
