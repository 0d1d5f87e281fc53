"""Whether a call may go: how many at a time, candidates told to wait, connections that are out."""

from __future__ import annotations

import asyncio
from time import monotonic

from migration_app.evaluation.outcomes import Failed, Outcome

from ..congestion import Breaker, is_fault, is_sign_of_life
from ..leases import Claimed
from ..outages import begin_outage, end_outage
from ..retries import WAIT_REASONS
from .slice import Slice


class Guard:
    """What a feed learnt from its calls, and what follows for the next ones.

    calling: calls that are under way.
    """

    def __init__(self, slice_: Slice) -> None:
        self._slice, self._flow, self._connections = slice_, slice_.flow, slice_.work.connections
        self.calling = 0
        self._turn = asyncio.Event()  # set when a call ends: one more may go
        self._breakers = {connection_id: Breaker() for connection_id in self._connections.values()}
        self._holds: dict[int, float] = {}  # candidates that were told to wait, until when
        self._alert = False  # some candidate waits or some connection is out: look before sending

    async def may_send(self, claimed: Claimed) -> bool:
        """Wait for room. False: the candidate must not be asked now, or the slice is over."""
        if not self._alert and self.calling < self._flow.allowed:
            return True
        while self.calling >= self._flow.allowed:
            self._turn.clear()
            await self._turn.wait()
            if self._slice.over or not self._slice.open:
                return False
        if self._holds.get(claimed.run_candidate_id, 0.0) > monotonic():
            return False
        return claimed.probe or not self._breaker(claimed).out

    def ended(self, outcome: Outcome, sent_in: int) -> None:
        """A call that was sent in that round of the flow is over."""
        self.calling -= 1
        self._flow.learn(outcome, sent_in)
        self._turn.set()

    def is_out(self, claimed: Claimed) -> bool:
        """Whether the candidate's connection is out, as far as anybody knows."""
        return claimed.probe or self._breaker(claimed).out

    def is_concerned(self, claimed: Claimed, outcome: Outcome) -> bool:
        """Whether there is anything to learn; of most outcomes there is not."""
        return isinstance(outcome, Failed) or self._alert or claimed.probe

    async def learn(self, claimed: Claimed, outcome: Outcome) -> None:
        """Draw from an outcome what the candidate's and the connection's next calls need."""
        breaker, connection_id = self._breaker(claimed), self._connections[claimed.run_candidate_id]
        run_id, in_database = self._slice.work.run_id, self._slice.in_database
        if is_fault(outcome):
            if breaker.fault(claimed.item_id):
                self._alert = True
                self._flow.start_over()
                await in_database(lambda: begin_outage(run_id, connection_id))
                breaker.recorded = True
        elif is_sign_of_life(outcome):
            was_out = self.is_out(claimed)
            breaker.life()
            if was_out:
                await in_database(lambda: end_outage(run_id, connection_id))
        if isinstance(outcome, Failed) and outcome.kind in WAIT_REASONS:
            self._alert = True
            self._holds[claimed.run_candidate_id] = monotonic() + (outcome.retry_after or 0.0)
            self._slice.flushing.set()  # the wait is the database's to tell, and soon

    def notice_recovery(self, claimed: Claimed) -> None:
        """A claim that is no probe, from a connection known to be out: another worker found it well."""
        if self._alert and not claimed.probe and (breaker := self._breaker(claimed)).recorded:
            breaker.life()

    def _breaker(self, claimed: Claimed) -> Breaker:
        return self._breakers[self._connections[claimed.run_candidate_id]]
