"""Rows about size: growth with the number of requests, two workers, rows a second, the summary."""

from __future__ import annotations

import json
import statistics
from time import monotonic

from bench.mock import mock
from bench.runs import Place, planned
from bench.table import Row, not_measured
from tests.services.postgres import PostgresUnavailable, private_postgres

FEW, MANY = 1_000, 50_000
SETTLED_ROWS = 8_000
GROWTH = ((f"growth from {FEW:,} to {MANY:,} requests", "CPU within 10%, memory flat"),)
TWO_WORKERS = (("two workers against one, delay-bound", "wall ≤ 0.55 ×"),)
ON_SQLITE = (("rows settled a second, SQLite", "≥ 6,000"),)
ON_POSTGRESQL = (("rows settled a second, PostgreSQL", "≥ 6,000"),)
SUMMARY = (("summary of 1,000,000 attempts with intervals", "< 200 ms"),)

_FLAT_MB = 16.0  # what an allocator may keep without anything growing with the run


def growth() -> list[Row]:
    """CPU a request and the process's peak, few requests against many; the few three times."""
    (name, bar), *_ = GROWTH
    few = [_replayed(FEW) for _ in range(3)]
    cpu, peak = (statistics.median(one[index] for one in few) for index in (0, 1))
    many_cpu, many_peak = _replayed(MANY)
    more = many_cpu / cpu - 1
    return [
        Row(
            name,
            bar,
            f"CPU {more:+.0%}, memory {peak:.0f} → {many_peak:.0f} MB",
            more <= 0.10 and many_peak - peak <= _FLAT_MB and many_peak <= 300,
            values={"cpu_ms_few": cpu, "cpu_ms_many": many_cpu, "mb_few": peak, "mb_many": many_peak},
        )
    ]


def _replayed(requests: int) -> tuple[float, float]:
    """(CPU ms a request, peak MB) of a feed process."""
    options = "tokens=40"
    with (
        mock({"alpha": options, "beta": options}) as server,
        planned(server.url, requests=requests, slots=64) as place,
    ):
        result = place.feed()
    return result["cpu"] / requests * 1000, result["peak_mb"]


def two_workers() -> list[Row]:
    """The same 1,280 delayed calls by one process with 32 slots, and by two with 32 each."""
    (name, bar), *_ = TWO_WORKERS
    one, two = _wall(1), _wall(2)
    shown = f"{two / one:.2f} × ({one:.1f} → {two:.1f} s)"
    return [Row(name, bar, shown, two <= 0.55 * one, values={"one": one, "two": two})]


def _wall(workers: int) -> float:
    """Seconds from the first request's arrival to the last byte, by the server's log."""
    options = "tokens=40,ttft=200,itl=5"
    with mock({"alpha": options, "beta": options}) as server:
        settings = {"CROSSOVER_FEEDS_PER_LANE": str(workers)}
        with planned(server.url, requests=1_280, slots=32 * workers, **settings) as place:
            processes = [place.start("feed", place.folder / f"{seat}.json", seat) for seat in range(workers)]
            codes = [process.wait() for process in processes]
            if any(codes):
                raise RuntimeError("a worker failed; its output is above")
    served = server.served()
    return max(one.last_byte for one in served) - min(one.arrived for one in served)


def settled_on_sqlite() -> list[Row]:
    (name, bar), *_ = ON_SQLITE
    with planned("http://127.0.0.1:9/v1", requests=SETTLED_ROWS, slots=64) as place:
        return [_settled(place, name, bar)]


def settled_on_postgresql() -> list[Row]:
    """On a private server that does not wait for its disk, as in the tests."""
    (name, bar), *_ = ON_POSTGRESQL
    try:
        with (
            private_postgres() as url,
            planned("http://127.0.0.1:9/v1", requests=SETTLED_ROWS, slots=64, database=url) as place,
        ):
            return [_settled(place, name, bar)]
    except PostgresUnavailable as reason:
        return [not_measured(name, bar, str(reason))]


def _settled(place: Place, name: str, bar: str) -> Row:
    output = place.folder / "settle.json"
    place.run("settle", output, SETTLED_ROWS)
    result = json.loads(output.read_text())
    rate = result["rows"] / result["wall"]
    shown = f"{rate:,.0f} (CPU {result['cpu'] / result['rows'] * 1e6:.0f} µs a row)"
    return Row(name, bar, shown, rate >= 6_000, values={"rate": rate})


def summary() -> list[Row]:
    """What the Summary's figures cost from the columns that the comparison stored."""
    (name, bar), *_ = SUMMARY
    began = monotonic()
    with planned("http://127.0.0.1:9/v1", requests=2, slots=64) as place:
        output = place.folder / "summary.json"
        place.run("summary", output)
        result = json.loads(output.read_text())
    seconds = result["seconds"]
    shown = f"{seconds * 1000:,.0f} ms (reading {result['reading'] * 1000:,.0f})"
    values = {
        "seconds": seconds,
        "reading": result["reading"],
        "projecting": result["projecting"],
        "prepared_and_measured": monotonic() - began,
    }
    once = f"columns made once from the rows in {result['projecting']:.1f} s"
    return [Row(name, bar, shown, seconds < 0.2, once, values)]
