"""What the parts of a feed share while one slice runs. Touched by the event loop's thread alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from migration_app.evaluation.conversations import Conversation

from ..congestion import Flow
from ..leases import Claimed
from ..settling import Result
from .work import Work

T = TypeVar("T")


class Slice:
    """The queues between the parts, and whether the slice goes on.

    open: False once the seat or the run is lost: everything ends.
    over: nothing new is sent; what is in flight comes to its end.
    """

    def __init__(self, work: Work, stopping: Callable[[], bool]) -> None:
        self.work = work
        self.stopping = stopping  # the process was asked to end
        self.flow = Flow(work.slots, work.allowed)
        self.ready: asyncio.Queue[tuple[Claimed, Conversation] | None] = asyncio.Queue()
        self.held: dict[int, Claimed] = {}  # claimed and not yet settled, by token
        self.results: list[Result] = []
        self.unsent: list[Claimed] = []  # claimed, and then not to be sent after all
        self.room = asyncio.Event()  # set when a slot took something: time to claim more
        self.flushing = asyncio.Event()  # set when results should be written now
        self.open = True
        self.over = False
        self._database = ThreadPoolExecutor(1, thread_name_prefix="feed-database")

    async def in_database(self, step: Callable[[], T]) -> T:
        """Do a database step in the one thread that may."""
        return await asyncio.get_running_loop().run_in_executor(self._database, step)

    async def close(self) -> None:
        await self.in_database(connections.close_all)
        self._database.shutdown()

    def give_back(self, claimed: Claimed) -> None:
        """It is not to be sent after all."""
        self.unsent.append(claimed)
        self.flushing.set()
