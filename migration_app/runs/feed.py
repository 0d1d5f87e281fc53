"""A feed: keeps a lane's slots full for a while, then hands on.

The event loop only calls vendors; every database step runs in one thread of its own, so that
a slow write never delays the stamp on an answer's first byte.

    refill ──► ready queue ──► slots (ask) ──► results ──► flush (settle)
       ▲                                                     │
       └───────────────  beat (renew, obey)  ◄───────────────┘
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections
from redis import RedisError

from migration_app.candidates.endpoints import address_policy, endpoint_of
from migration_app.candidates.prices import thaw
from migration_app.candidates.secrets import SecretUnreadable
from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Failed, FailureKind, Outcome, Retry
from migration_app.evaluation.pricing import Price
from migration_app.providers.client import Client
from migration_app.providers.endpoints import Endpoint
from migration_app.workloads.models import Sample

from .congestion import Breaker, Flow, is_fault, is_sign_of_life
from .leases import Claim, Claimed, claim, hold_back, leave_seat, release, renew, take_seat
from .models import Feed, Run, RunCandidate, RunState
from .outages import begin_outage, end_outage
from .pacing import Limit, Pacer, limits_of, open_server
from .requests import conversation_of, settings_from
from .retries import WAIT_REASONS
from .settling import Result, settle

logger = logging.getLogger(__name__)
T = TypeVar("T")

_SWITCH_SECONDS = 0.0005
_FLUSH_SECONDS = 0.5
_FLUSH_ROWS = 200
_IDLE_SECONDS = 0.25  # between two looks when nothing can be claimed
_GLANCE_SECONDS = 0.25  # how soon a call that waits for its rate limit learns that the slice is over
_NO_PACER_SECONDS = 5.0  # until the message server is asked again, once it did not answer
_LONG_WAIT = 5.0  # nobody may be asked for so long: the seat's process is better used elsewhere
_IDLE_LIMIT = 20.0  # then the seat is left; the reconciler fills it when there is work


@dataclass(slots=True)
class Work:
    """What a feed needs to know of its lane, read once."""

    feed_id: int
    token: int
    slots: int
    lane_id: int
    run_id: Any
    endpoints: dict[int, Endpoint | Failed] = field(default_factory=dict)
    prices: dict[int, Price | None] = field(default_factory=dict)
    connections: dict[int, Any] = field(default_factory=dict)  # ids, by candidate
    allowed: int | None = None  # calls at a time that the vendor bore in the last slice
    # Those that have a limit a minute, by candidate: its connection's, on requests and on tokens.
    limits: dict[int, tuple[Any, Limit | None, Limit | None]] = field(default_factory=dict)
    settings: Any = None


def open_work(feed_id: int) -> Work | None:
    """Take the seat and read what is needed; None when somebody sits there."""
    token = take_seat(feed_id)
    if token is None:
        return None
    feed = Feed.objects.select_related("lane__run__assessment").get(pk=feed_id)
    run = feed.lane.run
    work = Work(feed_id, token, feed.slots, feed.lane_id, run.pk, allowed=feed.allowed)
    work.settings = settings_from(run.assessment.settings)
    for entry in RunCandidate.objects.filter(lane=feed.lane).select_related("connection"):
        work.connections[entry.pk] = entry.connection_id
        work.endpoints[entry.pk] = _endpoint(entry)
        work.prices[entry.pk] = thaw(entry.price)
        if isinstance(endpoint := work.endpoints[entry.pk], Endpoint):
            requests, tokens = limits_of(entry.connection, endpoint.api_key)
            if requests or tokens:
                work.limits[entry.pk] = (entry.connection_id, requests, tokens)
    return work


def _endpoint(entry: RunCandidate) -> Endpoint | Failed:
    try:
        return endpoint_of(entry.connection, model=entry.model)
    except SecretUnreadable as error:
        return Failed(FailureKind.UNAUTHORISED, str(error), Retry.PARK, reached=False)


class Replay:
    """One slice of a feed. `run()` returns when the slice is over, or there is nothing to do."""

    def __init__(
        self, work: Work, client: Client, stopping: Callable[[], bool], pacers: Mapping[int, Pacer]
    ) -> None:
        self.work = work
        self.client = client
        self.pacers = pacers  # by candidate; empty where no connection has a limit
        self.pacing = 0  # slots that wait for their turn
        self.stopping = stopping
        self.flow = Flow(work.slots, work.allowed)
        self.calling = 0
        self.turn = asyncio.Event()  # set when a call ends: one more may go
        self.breakers = {connection_id: Breaker() for connection_id in work.connections.values()}
        self.holds: dict[int, float] = {}  # candidates that were told to wait, until when
        self.guarded = False  # some candidate waits or some connection is out: look before sending
        self.ready: asyncio.Queue[tuple[Claimed, Conversation] | None] = asyncio.Queue()
        self.held: dict[int, Claimed] = {}  # claimed and not yet settled, by token
        self.results: list[Result] = []
        self.unsent: list[Claimed] = []  # claimed, and then not to be sent after all
        self.room = asyncio.Event()  # set when a slot took something: time to refill
        self.flushing = asyncio.Event()
        self.open = True
        self.over = False  # nothing new is sent; what is in flight comes to its end
        self._database = ThreadPoolExecutor(1, thread_name_prefix="feed-database")

    async def run(self) -> None:
        slots = [asyncio.create_task(self._slot()) for _ in range(self.work.slots)]
        flusher = asyncio.create_task(self._flush_regularly())
        beater = asyncio.create_task(self._beat())
        try:
            await self._refill()
            self.over = True
            for _ in slots:
                self.ready.put_nowait(None)
            await asyncio.gather(*slots)
        finally:
            self.open = False
            for task in (beater, *slots):
                task.cancel()
            self.flushing.set()
            await flusher
            await self._in_database(lambda: self._leave())
            await self._in_database(connections.close_all)
            self._database.shutdown()

    async def _in_database(self, step: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._database, step)

    def _leave(self) -> None:
        leave_seat(self.work.feed_id, self.work.token, allowed=self.flow.allowed)

    # Claiming

    async def _refill(self) -> None:
        """Claim a little ahead of the slots until the slice ends, the run stops or nothing is left."""
        ends = monotonic() + settings.FEED_SLICE_SECONDS
        idle_since: float | None = None
        while self.open and monotonic() < ends and not self.stopping():
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
            self.flushing.set()
            idle_since = idle_since or monotonic()
            if not self.held and self._gives_up(claimed, monotonic() - idle_since):
                break
            await self._until_room(_IDLE_SECONDS)
        await self._release_unsent()

    def _missing(self) -> int:
        """How many items to claim: a full queue serves every slot once, and is refilled when half empty."""
        slots = self.flow.allowed
        # As many as there are slots: calls that began together end together, and none should wait then.
        ahead = max(1, slots)
        waiting = self.ready.qsize()
        if self.pacers:
            # What is claimed and unsent would be charged if this worker died: claim little.
            most = max(pacer.ahead for pacer in self.pacers.values())
            return max(0, min(most, slots + ahead) - waiting - self.pacing)
        busy = len(self.held) - waiting
        return 0 if waiting > ahead // 2 else max(0, slots - busy) + ahead - waiting

    @staticmethod
    def _gives_up(claimed: Claim, idle: float) -> bool:
        limit = min(_IDLE_LIMIT, settings.FEED_SLICE_SECONDS / 4)
        long = claimed.waits > _LONG_WAIT
        return claimed.nothing_left or claimed.budget_reached or long or idle > limit

    async def _claim_ahead(self, count: int) -> Claim:
        claimed, conversations = await self._in_database(lambda: self._claim(count))
        for item in claimed.items:
            if self.guarded and not item.probe:
                self._notice_recovery(item)
            self.held[item.token] = item
            self.ready.put_nowait((item, conversations[item.sample_id]))
        return claimed

    def _claim(self, count: int) -> tuple[Claim, dict[int, Conversation]]:
        claimed = claim(self.work.lane_id, self.work.run_id, count)
        samples = Sample.objects.in_bulk([item.sample_id for item in claimed.items])
        return claimed, {pk: conversation_of(sample, self.work.settings) for pk, sample in samples.items()}

    async def _until_room(self, seconds: float) -> None:
        self.room.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.room.wait(), seconds)

    async def _release_unsent(self) -> None:
        unsent = []
        while not self.ready.empty():
            if (entry := self.ready.get_nowait()) is not None:
                unsent.append(entry[0])
        await self._release(unsent)

    async def _release(self, unsent: list[Claimed]) -> None:
        gone, self.unsent = [*unsent], [item for item in self.unsent if item not in unsent]
        for item in gone:
            self.held.pop(item.token, None)
        await self._in_database(lambda: release(self.work.run_id, gone))

    # Calling

    async def _slot(self) -> None:
        while (entry := await self.ready.get()) is not None:
            self.room.set()
            claimed, conversation = entry
            if (self.guarded or self.calling >= self.flow.allowed) and not await self._may_send(claimed):
                self._give_back(claimed)
                continue
            pacer = self.pacers.get(claimed.run_candidate_id) if self.pacers else None
            if pacer is not None:
                await self._paced(pacer, claimed, conversation)
                continue
            await self._call(claimed, conversation)

    async def _call(self, claimed: Claimed, conversation: Conversation) -> Outcome:
        started_at, sent_in = datetime.now(UTC), self.flow.round
        self.calling += 1
        outcome = await self._ask(claimed, conversation)
        self.calling -= 1
        self.flow.learn(outcome, sent_in)
        self.turn.set()
        out = isinstance(outcome, Failed) and self._is_out(claimed)
        self.results.append(Result(claimed, outcome, started_at, out))
        if isinstance(outcome, Failed) or self.guarded or claimed.probe:
            await self._learn(claimed, outcome)
        if len(self.results) >= _FLUSH_ROWS:
            self.flushing.set()
        return outcome

    # Holding back

    async def _may_send(self, claimed: Claimed) -> bool:
        """Wait for room. False: the candidate must not be asked now, or the slice is over."""
        while self.calling >= self.flow.allowed:
            self.turn.clear()
            await self.turn.wait()
            if self.over or not self.open:
                return False
        if self.holds.get(claimed.run_candidate_id, 0.0) > monotonic():
            return False
        return claimed.probe or not self._breaker(claimed).out

    def _breaker(self, claimed: Claimed) -> Breaker:
        return self.breakers[self.work.connections[claimed.run_candidate_id]]

    def _is_out(self, claimed: Claimed) -> bool:
        return claimed.probe or self._breaker(claimed).out

    async def _learn(self, claimed: Claimed, outcome: Outcome) -> None:
        """Draw from an outcome what the candidate's and the connection's next calls need."""
        breaker, connection_id = self._breaker(claimed), self.work.connections[claimed.run_candidate_id]
        if is_fault(outcome):
            if breaker.fault(claimed.item_id):
                self.guarded = True
                self.flow.start_over()
                await self._in_database(lambda: begin_outage(self.work.run_id, connection_id))
                breaker.recorded = True
        elif is_sign_of_life(outcome):
            was_out = breaker.out or claimed.probe
            breaker.life()
            if was_out:
                await self._in_database(lambda: end_outage(self.work.run_id, connection_id))
        if isinstance(outcome, Failed) and outcome.kind in WAIT_REASONS:
            self.guarded = True
            self.holds[claimed.run_candidate_id] = monotonic() + (outcome.retry_after or 0.0)
            self.flushing.set()  # the wait is the database's to tell, and soon

    def _notice_recovery(self, claimed: Claimed) -> None:
        """A claim that is no probe, from a connection known to be out: another worker found it well."""
        breaker = self._breaker(claimed)
        if breaker.recorded:
            breaker.life()

    async def _paced(self, pacer: Pacer, claimed: Claimed, conversation: Conversation) -> None:
        """Call once the connection's limits allow it; not at all when nobody can say whether they do."""
        tokens = pacer.expected(conversation)
        if not await self._admitted(pacer, tokens):
            self._give_back(claimed)
            return
        outcome = await self._call(claimed, conversation)
        with contextlib.suppress(RedisError, OSError):  # then the limit stays a little too careful
            await pacer.correct(tokens, outcome)

    async def _admitted(self, pacer: Pacer, tokens: int) -> bool:
        self.pacing += 1
        try:
            async with pacer.turn:
                while self.open and not self.over and not self.stopping():
                    wait = await pacer.ask(tokens)
                    if not wait:
                        return True
                    await asyncio.sleep(min(wait, _GLANCE_SECONDS))
        except (RedisError, OSError) as error:
            logger.warning("The message server does not answer, so nothing is sent: %s", error)
            paced = [pk for pk, other in self.pacers.items() if other is pacer]
            run_id = self.work.run_id
            await self._in_database(lambda: hold_back(run_id, paced, _NO_PACER_SECONDS, "pacing"))
        finally:
            self.pacing -= 1
        return False

    def _give_back(self, claimed: Claimed) -> None:
        self.unsent.append(claimed)
        self.flushing.set()

    async def _ask(self, claimed: Claimed, conversation: Conversation) -> Outcome:
        endpoint = self.work.endpoints[claimed.run_candidate_id]
        if isinstance(endpoint, Failed):
            return endpoint
        try:
            return await self.client.ask(
                endpoint,
                conversation,
                deadline=settings.CALL_DEADLINE_SECONDS,
                idempotency_key=f"crossover-{claimed.item_id}-{claimed.number}",
            )
        except Exception as error:
            # A fault of ours must not take the other calls down with it; it is shown as what it is.
            logger.exception("A call ended in a fault of Crossover's own.")
            return Failed(
                FailureKind.UNKNOWN,
                f"Crossover failed while reading the answer ({type(error).__name__}). Please report this.",
                Retry.NEVER,
            )

    # Settling

    async def _flush_regularly(self) -> None:
        while self.open or self.results or self.unsent:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.flushing.wait(), _FLUSH_SECONDS if self.open else 0)
            self.flushing.clear()
            await self._flush()

    async def _flush(self) -> None:
        if self.unsent:
            await self._release(self.unsent)
        batch, self.results = self.results, []
        if not batch:
            return
        await self._in_database(lambda: settle(self.work.run_id, batch, self.work.prices))
        for result in batch:
            self.held.pop(result.claimed.token, None)
        self.room.set()

    # Staying in touch

    async def _beat(self) -> None:
        """Renew the leases, and stop taking new work when the run is no longer running."""
        renewed = monotonic()
        while self.open:
            await asyncio.sleep(1.0)
            if monotonic() - renewed >= settings.LEASE_SECONDS / 4:
                held = list(self.held.values())
                if not await self._in_database(partial(self._renew, held)):
                    self.open = False
                renewed = monotonic()
            if not await self._in_database(self._may_go_on):
                await self._release_unsent()
                self.open = False

    def _renew(self, held: list[Claimed]) -> bool:
        return renew(self.work.feed_id, self.work.token, held)

    def _may_go_on(self) -> bool:
        return Run.objects.filter(pk=self.work.run_id, state=RunState.RUNNING).exists()


def replay(feed_id: int, *, stopping: Callable[[], bool] = lambda: False) -> bool:
    """Run one slice of a feed to its end. False when its seat was taken."""
    work = open_work(feed_id)
    if work is None:
        return False
    # The database's thread gives the interpreter back ten times sooner than by default, so
    # that the event loop stamps an arriving byte when it arrives.
    sys.setswitchinterval(_SWITCH_SECONDS)
    asyncio.run(_replay(work, stopping))
    return True


async def _replay(work: Work, stopping: Callable[[], bool]) -> None:
    client = Client(policy=address_policy(), idle_timeout=settings.IDLE_STREAM_SECONDS)
    # Only where a limit is set: without one, the message server is not even connected to.
    server = open_server() if work.limits else None
    try:
        await Replay(work, client, stopping, _pacers(work, server)).run()
    finally:
        await client.close()
        if server is not None:
            await server.aclose()


def _pacers(work: Work, server: Any) -> dict[int, Pacer]:
    """One for each connection that has limits, by candidate."""
    shared: dict[Any, Pacer] = {}
    for connection_id, requests, tokens in work.limits.values():
        shared.setdefault(connection_id, Pacer(server, requests, tokens))
    return {pk: shared[connection_id] for pk, (connection_id, _, _) in work.limits.items()}
