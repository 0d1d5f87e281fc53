"""Limits a minute hold for all workers together, on the message server's own clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

import pytest
import redis

from migration_app.candidates.models import Connection
from migration_app.evaluation.conversations import Conversation, Message, Settings
from migration_app.evaluation.outcomes import Completed, Timing, Usage
from migration_app.runs.models import Attempt, Item, ItemState, RunCandidate
from migration_app.runs.pacing import Pacer, limits_of, open_server, requests_limit, tokens_limit
from migration_app.runs.queries import progress


@pytest.fixture
def paced(redis_url: str, settings) -> str:
    """An empty message server that the settings name."""
    settings.REDIS_URL = redis_url
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url


@dataclass
class Shared:
    """When calls were let through, in seconds from the beginning, and what the others were told to wait."""

    calls: int
    began: float = field(default_factory=monotonic)
    taken: list[float] = field(default_factory=list)
    told: list[float] = field(default_factory=list)

    async def take(self, pacer: Pacer) -> None:
        """Call as often as the pacer lets one worker, until all together have called often enough."""
        while len(self.taken) < self.calls:
            if wait := await pacer.ask(0):
                self.told.append(wait)
                await asyncio.sleep(wait)
            else:
                self.taken.append(monotonic() - self.began)


async def test_eight_workers_together_keep_the_rate(paced):
    limit, shared = requests_limit("t:rate", 1_200), Shared(calls=50)
    servers = [open_server() for _ in range(8)]
    await asyncio.gather(*(shared.take(Pacer(server, limit, None)) for server in servers))
    for server in servers:
        await server.aclose()
    # However late a busy machine wakes them: never sooner than the rate allows, nor told to wait longer.
    soonest = [max(0, number - 20) / 20 for number in range(1, len(shared.taken) + 1)]
    assert all(moment >= least for moment, least in zip(sorted(shared.taken), soonest, strict=True))
    assert 0 < max(shared.told) <= limit.unit + 1e-5


async def test_a_small_limit_lets_one_go_and_then_waits_out_its_share_of_the_minute(paced):
    server = open_server()
    pacer = Pacer(server, requests_limit("t:small", 6), None)
    began = monotonic()
    assert await pacer.ask(0) == 0
    wait = await pacer.ask(0)
    assert 9.99 - (monotonic() - began) <= wait <= 10
    await server.aclose()


@pytest.mark.parametrize("per_minute", [1, 59, 60, 61, 600, 10_000])
def test_burst_and_refill_together_stay_within_the_minute(per_minute):
    limit = requests_limit("t", per_minute)
    assert (limit.burst + 60) / limit.unit <= per_minute + 1e-6
    assert 60 / limit.unit >= per_minute * 0.98 - 0.1


async def test_tokens_are_held_too_and_corrected_by_what_a_call_really_used(paced):
    server = open_server()
    pacer = Pacer(server, None, tokens_limit("t:tokens", 61_000))  # a thousand a second
    conversation = Conversation((Message("user", "x" * 400),), settings=Settings(max_output_tokens=9_900))
    expected = pacer.expected(conversation)
    assert expected == 100 + 9_900
    began = monotonic()
    assert await pacer.ask(expected) == 0
    wait = await pacer.ask(expected)
    assert 8.99 - (monotonic() - began) <= wait <= 9, "ten seconds' worth, less the burst of one"
    answer = Completed("y", Usage(input_tokens=100, output_tokens=100), Timing(0, 0, 0))
    await pacer.correct(expected, answer)
    assert await pacer.ask(expected) == 0
    assert pacer.expected(conversation) == 100 + 100, "the next is expected to be like the others"
    await server.aclose()


async def test_a_clock_set_back_by_an_hour_stops_nobody_for_an_hour(paced):
    server = open_server()
    now = (await server.time())[0]
    await server.set("t:clock", (now + 3_600) * 1_000_000)
    assert await Pacer(server, requests_limit("t:clock", 60), None).ask(0) <= 121
    await server.aclose()


def test_a_new_key_starts_afresh_and_the_name_does_not_hold_it():
    connection = Connection(requests_per_minute=5)
    old, new = limits_of(connection, "sk-old-key")[0], limits_of(connection, "sk-new-key")[0]
    assert old.key != new.key and "sk-" not in old.key
    assert limits_of(connection, "sk-old-key")[1] is None


def limit(bench, **fields) -> None:
    Connection.objects.filter(pk=bench.run.candidates.first().connection_id).update(**fields)


def test_a_run_keeps_its_connections_limit_and_waiting_is_in_no_latency(started, paced):
    bench = started("weak", samples=6, concurrency=8)
    limit(bench, requests_per_minute=240)  # four a second, four at once
    began = monotonic()
    bench.replay()
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 12
    assert monotonic() - began >= 1.9, "eight of the twelve waited a quarter of a second each"
    assert median(Attempt.objects.values_list("total", flat=True)) < 0.25, "most waited for longer than that"


def test_a_slice_ends_in_time_and_gives_back_what_waits_for_its_turn(started, paced, settings):
    settings.FEED_SLICE_SECONDS = 1.0
    bench = started("weak", samples=6, concurrency=8)
    limit(bench, requests_per_minute=1)
    began = monotonic()
    bench.replay()
    assert monotonic() - began < 20, "the next turn is a minute away"
    assert len(bench.asked()) == 1
    assert Item.objects.filter(state=ItemState.PENDING, tries=0).count() == 11
    assert bench.run.reserved_nanos == 0


def test_without_the_message_server_nothing_is_sent_and_the_page_says_so(started, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.FEED_SLICE_SECONDS = 1.0
    bench = started("weak", samples=3)
    limit(bench, requests_per_minute=600, tokens_per_minute=100_000)
    bench.replay()
    assert bench.asked() == []
    assert Item.objects.filter(state=ItemState.PENDING, tries=0).count() == 6
    assert bench.run.reserved_nanos == 0
    words = {option.state_word.partition(",")[0] for option in progress(bench.run).options}
    assert words == {"Message server away"}


def test_a_connection_without_limits_never_asks_the_message_server(started, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bench = started("weak", samples=3)
    bench.replay()
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 6
    assert set(RunCandidate.objects.values_list("waiting_reason", flat=True)) == {""}
