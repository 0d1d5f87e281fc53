"""Before a lane's items are claimed: wake its models up, one call after the other for each."""

from __future__ import annotations

import asyncio

from migration_app.evaluation.outcomes import Failed, FailureKind, Outcome, Retry
from migration_app.evaluation.wording import english
from migration_app.providers.client import Client

from ..warm_ups import CONVERSATION, Warming, claim_warm_ups, open_warm_ups, settle_warm_up
from .asking import asked
from .slice import Slice
from .turns import Turns

_LOOK_SECONDS = 0.25  # between two looks while another feed of the lane makes them


class WarmUps:
    """Returns once every model of the lane is warm, or the slice is not to go on."""

    def __init__(self, slice_: Slice, client: Client, turns: Turns) -> None:
        self._slice, self._client, self._turns = slice_, client, turns

    async def run(self) -> None:
        slice_, work = self._slice, self._slice.work
        while slice_.open and not slice_.stopping():
            if not await slice_.in_database(lambda: open_warm_ups(work.lane_id).exists()):
                return
            claimed = await slice_.in_database(lambda: claim_warm_ups(work.lane_id, work.run_id, work.token))
            known = [warming for warming in claimed if warming.run_candidate_id in work.endpoints]
            await asyncio.gather(*map(self._make, known))
            if not known:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _make(self, warming: Warming) -> None:
        slice_, work = self._slice, self._slice.work
        outcome = await self._ask(warming)
        price = work.prices[warming.run_candidate_id]
        await slice_.in_database(lambda: settle_warm_up(work.run_id, warming, outcome, price))

    async def _ask(self, warming: Warming) -> Outcome:
        endpoint = self._slice.work.endpoints[warming.run_candidate_id]
        if isinstance(endpoint, Failed):
            return endpoint
        pacer = self._turns.pacer_of(warming.run_candidate_id)
        tokens = pacer.expected(CONVERSATION) if pacer else 0
        if pacer and not await self._turns.admitted(pacer, tokens):
            return Failed(
                FailureKind.REFUSED_CONNECTION, english("It was not sent."), Retry.LATER, reached=False
            )
        outcome = await asked(self._client, endpoint, CONVERSATION)
        if pacer:
            await self._turns.correct(pacer, tokens, outcome)
        return outcome
