"""Claim a little ahead of the slots, and give back what was not sent."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from math import inf
from time import monotonic

from django.conf import settings

from migration_app.evaluation.conversations import Conversation
from migration_app.workloads.models import Sample

from ..claims import Claim, claim
from ..leases import Claimed, release
from ..requests import conversation_of, own_conversations
from ..schedule import AHEAD_SECONDS
from .guard import Guard
from .slice import Slice
from .turns import Turns

_IDLE_SECONDS = 0.25  # between two looks when nothing can be claimed
_LONG_WAIT = 5.0  # nobody may be asked for so long: the seat's process is better used elsewhere
_IDLE_LIMIT = 20.0  # then the seat is left; the reconciler fills it when there is work


class Supply:
    """Keeps the ready queue filled until the slice ends, the run stops or nothing is left."""

    def __init__(self, slice_: Slice, guard: Guard, turns: Turns) -> None:
        self._slice, self._guard, self._turns = slice_, guard, turns

    async def run(self) -> None:
        slice_ = self._slice
        # A schedule is kept to its end by whoever keeps it: handing on would leave a gap in it.
        ends = monotonic() + (settings.FEED_SLICE_SECONDS if slice_.work.schedule is None else inf)
        idle_since: float | None = None
        while slice_.open and monotonic() < ends and not slice_.stopping():
            missing = self._missing()
            if not missing:
                idle_since = None
                await self._until_room(_IDLE_SECONDS)
                continue
            claimed = await self._claim_ahead(missing)
            if claimed.items:
                idle_since = None
                continue
            # What is answered and not yet written may be all that stands in the way.
            slice_.flushing.set()
            idle_since = idle_since or monotonic()
            if not slice_.held and self._gives_up(claimed, monotonic() - idle_since):
                break
            await self._until_room(_IDLE_SECONDS)
        await self.release_waiting()

    def _missing(self) -> int:
        """How many items to claim: a full queue serves every slot once, and is refilled when half empty."""
        if self._slice.work.schedule is not None:
            # Each goes to a slot of its own, and another feed's slots may be free.
            busy = self._slice.ready.qsize() + self._slice.scheduled + self._guard.calling
            return max(0, self._slice.work.slots - busy - self._turns.waiting)
        slots = self._slice.flow.allowed
        # As many as there are slots: calls that began together end together, and none should wait then.
        ahead = max(1, slots)
        waiting = self._slice.ready.qsize()
        if self._turns.paced:
            # What is claimed and unsent would be charged if this worker died: claim little.
            return max(0, min(self._turns.ahead, slots + ahead) - waiting - self._turns.waiting)
        busy = len(self._slice.held) - waiting
        return 0 if waiting > ahead // 2 else max(0, slots - busy) + ahead - waiting

    def _gives_up(self, claimed: Claim, idle: float) -> bool:
        if self._slice.work.schedule is not None:
            return claimed.nothing_left or claimed.budget_reached
        limit = min(_IDLE_LIMIT, settings.FEED_SLICE_SECONDS / 4)
        long = claimed.waits > _LONG_WAIT
        return claimed.nothing_left or claimed.budget_reached or long or idle > limit

    async def _claim_ahead(self, count: int) -> Claim:
        claimed, conversations = await self._slice.in_database(lambda: self._claim(count))
        if claimed.items:
            self._slice.journal.claimed(claimed.items)
        for item in claimed.items:
            self._guard.notice_recovery(item)
            self._slice.held[item.token] = item
            self._slice.ready.put_nowait((item, conversations[item.item_id]))
        return claimed

    def _claim(self, count: int) -> tuple[Claim, dict[int, Conversation]]:
        work = self._slice.work
        due_before = None if work.schedule is None else work.schedule.now + AHEAD_SECONDS
        claimed = claim(work.lane_id, work.run_id, count, known=work.endpoints, due_before=due_before)
        if not work.asks_samples:
            return claimed, own_conversations([item.item_id for item in claimed.items], work.settings)
        samples = Sample.objects.in_bulk([item.sample_id for item in claimed.items])
        asked = {pk: conversation_of(sample, work.settings) for pk, sample in samples.items()}
        return claimed, {item.item_id: asked[item.sample_id] for item in claimed.items}

    async def _until_room(self, seconds: float) -> None:
        self._slice.room.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._slice.room.wait(), seconds)

    async def release_waiting(self) -> None:
        """Give back what waits for a slot."""
        unsent = []
        while not self._slice.ready.empty():
            if (entry := self._slice.ready.get_nowait()) is not None:
                unsent.append(entry[0])
        await self.release(unsent)

    async def release(self, unsent: Sequence[Claimed]) -> None:
        """Give these back, as if they had not been claimed."""
        slice_ = self._slice
        gone, slice_.unsent = [*unsent], [item for item in slice_.unsent if item not in unsent]
        for item in gone:
            slice_.held.pop(item.token, None)
        await slice_.in_database(lambda: release(slice_.work.run_id, gone))
