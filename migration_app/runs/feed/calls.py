"""The slots: each takes what is ready, calls the vendor, and puts the outcome with the results."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Failed, Outcome
from migration_app.providers.client import Client

from ..leases import Claimed
from ..pacing import Pacer
from ..settling import Result
from .asking import asked
from .guard import Guard
from .slice import Slice
from .turns import GLANCE_SECONDS, Turns

FLUSH_ROWS = 200


class Calls:
    """One call per slot at a time, each when its guard and its turn allow it."""

    def __init__(self, slice_: Slice, client: Client, guard: Guard, turns: Turns) -> None:
        self._slice, self._client, self._guard, self._turns = slice_, client, guard, turns

    async def slot(self) -> None:
        while (entry := await self._slice.ready.get()) is not None:
            self._slice.room.set()
            claimed, conversation = entry
            if not await self._is_due(claimed) or not await self._guard.may_send(claimed):
                self._slice.give_back(claimed)
            elif (pacer := self._turns.pacer(claimed)) is not None:
                await self._paced(pacer, claimed, conversation)
            else:
                await self._call(claimed, conversation)

    async def _is_due(self, claimed: Claimed) -> bool:
        """Wait until it is; at once unless the load is open. False: the slice ends before."""
        slice_, schedule = self._slice, self._slice.work.schedule
        if schedule is None or claimed.due is None:
            return True
        slice_.scheduled += 1
        try:
            while (wait := schedule.moment(claimed.due) - monotonic()) > 0:
                if slice_.over or not slice_.open or slice_.stopping():
                    return False
                await asyncio.sleep(min(wait, GLANCE_SECONDS))
        finally:
            slice_.scheduled -= 1
        return True

    async def _paced(self, pacer: Pacer, claimed: Claimed, conversation: Conversation) -> None:
        """Call once the connection's limits allow it; not at all when nobody can say whether they do."""
        tokens = pacer.expected(conversation)
        if not await self._turns.admitted(pacer, tokens):
            self._slice.give_back(claimed)
            return
        outcome = await self._call(claimed, conversation)
        await self._turns.correct(pacer, tokens, outcome)

    async def _call(self, claimed: Claimed, conversation: Conversation) -> Outcome:
        guard, slice_ = self._guard, self._slice
        started_at, began, sent_in = datetime.now(UTC), monotonic(), slice_.flow.round
        guard.calling += 1
        slice_.journal.sent(claimed)
        outcome = await self._ask(claimed, conversation)
        guard.ended(outcome, sent_in)
        out = isinstance(outcome, Failed) and guard.is_out(claimed)
        result = Result(claimed, outcome, started_at, out, self._lateness(claimed, outcome, began))
        slice_.journal.answered(result)
        slice_.results.append(result)
        if guard.is_concerned(claimed, outcome):
            await guard.learn(claimed, outcome)
        if len(slice_.results) >= FLUSH_ROWS:
            slice_.flushing.set()
        return outcome

    def _lateness(self, claimed: Claimed, outcome: Outcome, began: float) -> float | None:
        """Seconds from the moment it was due to that at which its last byte was sent; None: no schedule.

        A retry is due when it begins: the wait before it was asked for, and is shown apart.
        """
        if (schedule := self._slice.work.schedule) is None or claimed.due is None:
            return None
        sent = (outcome.timing and outcome.timing.sent) or began
        due = schedule.moment(claimed.due) if claimed.number == 1 else began
        return max(0.0, sent - due)

    async def _ask(self, claimed: Claimed, conversation: Conversation) -> Outcome:
        endpoint = self._slice.work.endpoints[claimed.run_candidate_id]
        key = f"crossover-{claimed.item_id}-{claimed.number}"
        outcome = await asked(self._client, endpoint, conversation, idempotency_key=key)
        return _with_images(outcome, conversation.images)


def _with_images(outcome: Outcome, images: int) -> Outcome:
    """Vendors do not count the pictures they were sent; some charge for each."""
    if outcome.usage is None:
        return outcome
    return replace(outcome, usage=replace(outcome.usage, images=images))
