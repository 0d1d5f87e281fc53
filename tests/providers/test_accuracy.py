"""How close measured latency comes to the truth, at 32 streams at once.

The truth is the scripted server's own log, on the same machine's monotonic clock. The
`openai` package measures the same work beside us, for information.

A machine busy with other work wakes every process late, whatever the client does. So a
bare timer in a process of its own runs beside the measurement as a control; when *it* is
late, a miss of the bar is skipped as not measured, with all figures printed. The control
knows nothing of our client, its limits are fixed here, and a skip is no pass.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, process_time

import numpy as np
import openai
import pytest

from migration_app.evaluation.outcomes import Completed
from migration_app.providers.client import Client
from tests.servers.fixtures import ScriptedServer, scripted

from .conftest import KEY, LOOPBACK, conversation, endpoint

pytestmark = pytest.mark.accuracy

STREAMS, CALLS = 32, 320
MODEL = {"tokens": 40, "first_token": 0.2, "gap": 0.02, "spread": 0.2}

# The bars, and how late a bare timer may be for a miss to count: milliseconds, median and p99.
BAR = (2.0, 15.0)
CONTROL = (0.5, 5.0)
TIMER = """
import json, sys, threading, time
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
late = []
while not over.is_set():
    began = time.monotonic()
    time.sleep(0.005)
    late.append((time.monotonic() - began - 0.005) * 1e3)
print(json.dumps(late))
"""

# prompt → (TTFT, total), seconds
Measured = dict[str, tuple[float, float]]


async def test_ttft_and_total_are_within_two_milliseconds_of_the_truth() -> None:
    with scripted({"model-a": MODEL}) as server:
        await with_our_client(server, range(STREAMS))  # Connections are open, caches warm.
        server.reset()
        began = process_time()
        with control() as lateness:
            measured = await with_our_client(server, range(CALLS))
        spent = (process_time() - began) / CALLS
        ours = errors(server, measured)
        server.reset()
        theirs = errors(server, await with_openai(server, range(CALLS // 2)))
    print(f"\nours: {spent * 1e3:.2f} ms CPU a request")
    for who, found in (("ours", ours), ("openai", theirs), ("control", {"timer lateness": lateness})):
        for what, values in found.items():
            print("{} {}: median {:.2f} ms, p99 {:.2f} ms".format(who, what, *middle_and_tail(values)))
    missed = [what for what, values in ours.items() if over(middle_and_tail(values), BAR)]
    if missed and over(middle_and_tail(lateness), CONTROL):
        pytest.skip(
            "not measured: {} over the bar while a bare timer was late by {:.2f} / {:.2f} ms".format(
                " and ".join(missed), *middle_and_tail(lateness)
            )
        )
    assert not missed


def middle_and_tail(values: Sequence[float]) -> tuple[float, float]:
    return float(np.median(values)), float(np.percentile(values, 99))


def over(found: tuple[float, float], limits: tuple[float, float]) -> bool:
    return found[0] > limits[0] or found[1] > limits[1]


@contextmanager
def control() -> Iterator[list[float]]:
    """How late a bare timer woke during the `with`, in milliseconds; filled at its end."""
    late: list[float] = []
    timer = subprocess.Popen([sys.executable, "-c", TIMER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield late
    finally:
        late += json.loads(timer.communicate()[0])


def errors(server: ScriptedServer, measured: Measured) -> dict[str, np.ndarray]:
    """Absolute errors in milliseconds, by what was measured."""
    served = server.log()["requests"]
    assert len(served) == len(measured) and server.log()["most_in_flight"] <= STREAMS
    ttft, total = [], []
    for one in served:
        seen = measured[one["prompt"]]
        ttft.append(seen[0] - (one["first_token_sent"] - one["received"]))
        total.append(seen[1] - (one["last_byte_sent"] - one["received"]))
    return {"TTFT error": np.abs(ttft) * 1e3, "total error": np.abs(total) * 1e3}


async def with_our_client(server: ScriptedServer, numbers: Sequence[int]) -> Measured:
    client = Client(policy=LOOPBACK)

    async def one(number: int) -> tuple[float, float]:
        outcome = await client.ask(endpoint(server), conversation(f"prompt {number}"), deadline=60)
        assert isinstance(outcome, Completed) and outcome.timing.ttft is not None
        return outcome.timing.ttft, outcome.timing.total

    try:
        return await together(one, numbers)
    finally:
        await client.close()


async def with_openai(server: ScriptedServer, numbers: Sequence[int]) -> Measured:
    """What a careful user of the SDK would measure: a stamp at each content chunk."""
    async with openai.AsyncOpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as client:

        async def one(number: int) -> tuple[float, float]:
            began, first = monotonic(), None
            stream = await client.chat.completions.create(
                model="model-a",
                messages=[{"role": "user", "content": f"prompt {number}"}],
                stream=True,
                stream_options={"include_usage": True},
            )
            async for chunk in stream:
                if first is None and chunk.choices and chunk.choices[0].delta.content:
                    first = monotonic()
            assert first is not None
            return first - began, monotonic() - began

        return await together(one, numbers)


async def together(one, numbers: Sequence[int]) -> Measured:
    """Run `one` for every number, STREAMS at a time."""
    waiting, measured = list(reversed(numbers)), Measured()

    async def slot(rank: int) -> None:
        await asyncio.sleep(rank * 0.01)  # Spread, as a feed's slots are after a few seconds.
        while waiting:
            number = waiting.pop()
            measured[f"prompt {number}"] = await one(number)

    await asyncio.gather(*(slot(rank) for rank in range(STREAMS)))
    return measured
