"""What the parts of a feed share while one slice runs. Touched by the event loop's thread alone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

from migration_app.evaluation.conversations import Conversation

from ..congestion import FixedFlow, Flow
from ..journal import Journal
from ..leases import Claimed
from ..settling import Result
from .work import Work

logger = logging.getLogger(__name__)
T = TypeVar("T")

# Seconds for which answers are held in memory for a database that is away, and when asked to stop.
_PATIENCE, _PATIENCE_AT_THE_END = 300.0, 5.0


class Slice:
    """The queues between the parts, and whether the slice goes on.

    open: False once the seat or the run is lost: nothing new is claimed.
    over: nothing new is sent; what is in flight comes to its end, and is renewed and stored.
    closed: nothing is in flight any more; what remains is to be stored.
    """

    def __init__(self, work: Work, stopping: Callable[[], bool]) -> None:
        self.work = work
        self.stopping = stopping  # the process was asked to end
        self.flow = FixedFlow(work.slots) if work.has_schedule else Flow(work.slots, work.allowed)
        self.scheduled = 0  # slots that hold a request until it is due
        self.ready: asyncio.Queue[tuple[Claimed, Conversation] | None] = asyncio.Queue()
        self.held: dict[int, Claimed] = {}  # claimed and not yet settled, by token
        self.results: list[Result] = []
        self.unsent: list[Claimed] = []  # claimed, and then not to be sent after all
        self.room = asyncio.Event()  # set when a slot took something: time to claim more
        self.flushing = asyncio.Event()  # set when results should be written now
        self.open = True
        self.over = self.closed = False
        self.journal = Journal(work.feed_id, work.token, work.run_id)
        self._database = ThreadPoolExecutor(1, "feed-database", _keep_small)

    async def in_database(self, step: Callable[[], T]) -> T:
        """Do a database step in the one thread that may; again and again while the database is away.

        A step may be done twice: whatever it writes carries a condition. Raises what the step
        raises; OperationalError only when the database was away for too long.
        """
        loop, began, pause = asyncio.get_running_loop(), monotonic(), 0.1
        while True:
            try:
                return await loop.run_in_executor(self._database, _afresh, step)
            except (OperationalError, InterfaceError) as away:
                if monotonic() - began > (_PATIENCE_AT_THE_END if self.stopping() else _PATIENCE):
                    raise
                if pause == 0.1:
                    logger.warning("The database did not do a step, so it is asked again: %s", away)
                pause = min(1.0, 2 * pause)
                await asyncio.sleep(pause)

    async def close(self) -> None:
        await self.in_database(connections.close_all)
        self._database.shutdown()

    def give_back(self, claimed: Claimed) -> None:
        """It is not to be sent after all."""
        self.unsent.append(claimed)
        self.flushing.set()


def _afresh(step: Callable[[], T]) -> T:
    """Do the step; a connection that broke under it is dropped, so that the next step opens another."""
    try:
        return step()
    except (OperationalError, InterfaceError):
        connection.close_if_unusable_or_obsolete()
        raise


def _keep_small() -> None:
    """A feed touches what it claims and settles once: a large cache would only grow with the run."""
    if connection.vendor == "sqlite":
        with contextlib.suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -8000")
