"""Beside the calls: write the results in batches, keep the leases, and obey the run's state."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from time import monotonic

from django.conf import settings

from ..leases import Claimed, renew
from ..models import Run, RunState
from ..schedule import keep_schedule
from ..settling import settle
from .slice import Slice
from .supply import Supply

_FLUSH_SECONDS = 0.5
_BEAT_SECONDS = 1.0


class Upkeep:
    """`flush_regularly` and `beat` run until the slice is closed: a lost seat leaves calls in flight."""

    def __init__(self, slice_: Slice, supply: Supply) -> None:
        self._slice, self._supply = slice_, supply

    async def flush_regularly(self) -> None:
        """Write until the slice is closed and nothing is left to write."""
        slice_ = self._slice
        while not slice_.closed or slice_.results or slice_.unsent:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(slice_.flushing.wait(), 0 if slice_.closed else _FLUSH_SECONDS)
            slice_.flushing.clear()
            await self._flush()

    async def _flush(self) -> None:
        slice_ = self._slice
        if slice_.unsent:
            await self._supply.release(slice_.unsent)
        batch, slice_.results = slice_.results, []
        if not batch:
            return
        answered = {result.claimed.token for result in batch}
        slice_.journal.turn(item for token, item in slice_.held.items() if token not in answered)
        await slice_.in_database(lambda: settle(slice_.work.run_id, batch, slice_.work.prices))
        slice_.journal.stored()
        for token in answered:
            slice_.held.pop(token, None)
        slice_.room.set()

    async def beat(self) -> None:
        """Renew the leases, and stop taking new work when the run is no longer running."""
        slice_, renewed = self._slice, monotonic()
        while not slice_.closed:
            await asyncio.sleep(_BEAT_SECONDS)
            if monotonic() - renewed >= settings.LEASE_SECONDS / 4:
                held = list(slice_.held.values())
                if not await slice_.in_database(partial(self._renew, held)):
                    slice_.open = False
                renewed = monotonic()
            if slice_.work.schedule is not None:
                await self.keep_schedule()
            if slice_.open and not await slice_.in_database(self._may_go_on):
                await self._supply.release_waiting()
                slice_.open = False

    async def keep_schedule(self) -> None:
        """Begin an open load's schedule, or say that it is still kept."""
        work = self._slice.work
        if work.has_schedule:
            work.schedule = await self._slice.in_database(partial(keep_schedule, work.lane_id))

    def _renew(self, held: list[Claimed]) -> bool:
        return renew(self._slice.work.feed_id, self._slice.work.token, held)

    def _may_go_on(self) -> bool:
        return Run.objects.filter(pk=self._slice.work.run_id, state=RunState.RUNNING).exists()
