"""Rows about faults: a vendor that fails in four ways, and workers killed half-way."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.request
from pathlib import Path

from bench.mock import Mock, Served, mock
from bench.runs import Place, planned
from bench.table import Row
from migration_app.launch import services
from migration_app.launch.broker import ensure_broker
from migration_app.launch.supervisor import Supervisor

FINISHED = (("faults: finished / polluted latencies", "1,000 / 0, no wait beyond the idle limit"),)
KILLED = (
    ("kill -9 half-way: finished requests asked again", "0"),
    ("kill -9 half-way: resumes by itself", "≤ 15 s"),
    ("memory of all workers", "≤ 300 MB"),
)

_FAULTY = "tokens=40,ttft=200,itl=5,429=0.1,500=0.02,drop=0.01,stall=0.005,retry_after=1"
_DELAYED = "tokens=40,ttft=200,itl=5"
_IDLE_LIMIT = 5.0  # seconds of silence, here and in the product's settings for this row
_POLLUTED = 0.25  # seconds off the server's own log: far more than any noise, far less than a retry
_PATIENCE = 120.0
_ON_THE_WAY = 0.01  # seconds: as the bar for the error of latencies


def finished() -> list[Row]:
    """1,000 requests to a vendor with 10% 429, 2% 500, 1% drops and 0.5% stalls of 60 s."""
    (name, bar), *_ = FINISHED
    settings = {"CROSSOVER_IDLE_STREAM_SECONDS": str(_IDLE_LIMIT)}
    with (
        mock({"alpha": _FAULTY, "beta": _FAULTY}) as server,
        planned(server.url, requests=1_000, slots=64, **settings) as place,
    ):
        result = place.feed()
    truth = {one.ask: one for one in server.served()}
    timings = result["timings"]
    polluted = sum(_off(truth[model, tag, number], total) for model, tag, number, _, total in timings)
    longest = max(one.last_byte - one.arrived for one in truth.values())
    met = len(timings) == 1_000 and not polluted and longest < _IDLE_LIMIT + 1.5
    shown = f"{len(timings):,} / {polluted}, longest call {longest:.1f} s of {_IDLE_LIMIT:.0f}"
    values = {"finished": len(timings), "polluted": polluted, "longest": longest, "wall": result["wall"]}
    return [Row(name, bar, shown, met, f"{result['wall']:.0f} s in all", values)]


def _off(one: Served, total: float) -> bool:
    return abs(total - (one.last_byte - one.arrived)) > _POLLUTED


def killed() -> list[Row]:
    """The product's real workers and broker; every process that replays is killed half-way."""
    with (
        mock({"alpha": _DELAYED, "beta": _DELAYED}) as server,
        planned(server.url, requests=1_984, slots=64, warm_up=0) as place,
        Supervisor(place.folder) as supervisor,
    ):
        broker = ensure_broker(supervisor, data=place.folder, environment=_path())
        environment = place.environment | {"REDIS_URL": broker.url}
        workers = [
            supervisor.start(services.stages(environment=environment)),
            supervisor.start(services.feeds(environment=environment)),
        ]
        _until(server, 992)
        memory = _memory_mb([worker.process.pid for worker in workers])
        _kill_children(workers[1].process.pid)
        moment = time.time()
        _until_all_done(place, 1_984)
        unknown = _stored(place)["unknown"]
    return _after_the_kill(server.served(), moment, unknown, memory)


def _after_the_kill(served: list[Served], moment: float, unknown: int, memory: float) -> list[Row]:
    later = [one for one in served if one.arrived > moment]
    # Finished for its worker: a last byte needs a moment from the server's hands into the client's.
    answered = {one.ask[:2] for one in served if one.complete and one.last_byte <= moment - _ON_THE_WAY}
    again = sum(one.ask[:2] in answered for one in later)
    resumed = min(one.arrived for one in later) - moment
    (name, bar), (resumes, soon), (size, limit) = KILLED
    shown = f"{again} of {len(answered):,} ({unknown} were in flight)"
    return [
        Row(name, bar, shown, again == 0, values={"again": again, "unknown": unknown}),
        Row(resumes, soon, f"{resumed:.1f} s", resumed <= 15, values={"seconds": resumed}),
        Row(size, limit, f"{memory:.0f} MB", memory <= 300, values={"mb": memory}),
    ]


def _path() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "")}


def _until(server: Mock, completed: int) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        with urllib.request.urlopen(f"{server.url}/__stats", timeout=5) as answer:
            if json.load(answer)["completed"] >= completed:
                return
        time.sleep(0.05)
    raise TimeoutError(f"{completed} answers did not come within {_PATIENCE:.0f} s")


def _stored(place: Place) -> dict[str, int]:
    """How many items are answered, and how many attempts have an unknown result."""
    output = place.folder / "stored.json"
    place.run("stored", output)
    return json.loads(output.read_text())


def _until_all_done(place: Place, items: int) -> None:
    ends = time.monotonic() + _PATIENCE
    while _stored(place)["answered"] < items:
        if time.monotonic() > ends:
            raise TimeoutError("the run did not end after the kill")
        time.sleep(1)


def _children(pid: int) -> list[int]:
    """The direct children of a process."""
    if not sys.platform.startswith("linux"):
        raise RuntimeError("this row reads /proc, so it needs Linux")
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _kill_children(pid: int) -> None:
    for child in _children(pid):
        os.kill(child, signal.SIGKILL)


def _memory_mb(pids: list[int]) -> float:
    """What the processes and their children hold, shared pages counted once (PSS)."""
    everyone = [*pids, *(child for pid in pids for child in _children(pid))]
    total = 0
    for pid in everyone:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            total += int(line.split()[1]) if line.startswith("Pss:") else 0
    return total / 1024
