"""When a call may go: connections with a limit a minute give their calls turns."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from redis import RedisError

from migration_app.evaluation.outcomes import Outcome

from ..leases import Claimed, hold_back
from ..pacing import Pacer
from .slice import Slice
from .work import Work

logger = logging.getLogger(__name__)

GLANCE_SECONDS = 0.25  # how soon a call that waits for its rate limit learns that the slice is over
_NO_PACER_SECONDS = 5.0  # until the message server is asked again, once it did not answer


def pacers_of(work: Work, server: Any) -> dict[int, Pacer]:
    """One for each connection that has limits, by candidate."""
    shared: dict[Any, Pacer] = {}
    for connection_id, requests, tokens in work.limits.values():
        shared.setdefault(connection_id, Pacer(server, requests, tokens))
    return {pk: shared[connection_id] for pk, (connection_id, _, _) in work.limits.items()}


class Turns:
    """The pacers of a feed; none where no connection has a limit. waiting: slots that wait for a turn."""

    def __init__(self, slice_: Slice, pacers: dict[int, Pacer]) -> None:
        self._slice, self._pacers = slice_, pacers
        self.waiting = 0

    @property
    def paced(self) -> bool:
        return bool(self._pacers)

    @property
    def ahead(self) -> int:
        """How many calls to have at hand."""
        return max(pacer.ahead for pacer in self._pacers.values())

    def pacer(self, claimed: Claimed) -> Pacer | None:
        return self._pacers.get(claimed.run_candidate_id) if self._pacers else None

    def pacer_of(self, run_candidate_id: int) -> Pacer | None:
        return self._pacers.get(run_candidate_id)

    async def admitted(self, pacer: Pacer, tokens: int) -> bool:
        """Wait for the turn. False: the slice ends, or nobody can say whether the limits allow it."""
        self.waiting += 1
        try:
            async with pacer.turn:
                while self._slice.open and not self._slice.over and not self._slice.stopping():
                    wait = await pacer.ask(tokens)
                    if not wait:
                        return True
                    await asyncio.sleep(min(wait, GLANCE_SECONDS))
        except (RedisError, OSError) as error:
            logger.warning("The message server does not answer, so nothing is sent: %s", error)
            paced = [pk for pk, other in self._pacers.items() if other is pacer]
            run_id = self._slice.work.run_id
            await self._slice.in_database(lambda: hold_back(run_id, paced, _NO_PACER_SECONDS, "pacing"))
        finally:
            self.waiting -= 1
        return False

    @staticmethod
    async def correct(pacer: Pacer, tokens: int, outcome: Outcome) -> None:
        """Put the tokens a call used in place of those expected."""
        with contextlib.suppress(RedisError, OSError):  # then the limit stays a little too careful
            await pacer.correct(tokens, outcome)
