"""The replay engine, whole way (planned run, database, feed, settled rows), beside its peers.

Every contestant is a process of its own, warms up first, and takes turns with the others; figures
are medians of the rounds. Latencies are compared with the scripted server's own log, CPU is that
of the whole process, user and system.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench import faults, scale
from bench.mock import Served, mock
from bench.runs import peer, planned
from bench.table import Row, not_measured, tell

ROUNDS = 3
PLAIN = "tokens=40"
DELAYED = "tokens=40,ttft=200,itl=5"

Figures = dict[str, float]
Contest = dict[str, Figures]


def main() -> bool:
    return tell("replay", _rows())


def _rows() -> Iterator[Row]:
    for measure, names in MEASURES:
        try:
            yield from measure()
        except Exception as error:  # one row that fails must not hide the others; it counts as missed
            yield from (not_measured(name, bar, f"{type(error).__name__}: {error}") for name, bar in names)


# ── without delays ────────────────────────────────────────────────────────────


def without_delays() -> list[Row]:
    """CPU a request and requests a second, 64 at a time, from a server that answers at once."""
    contest = _contest(PLAIN, 64, {"product": 4_000, "aiohttp": 2_000, "openai": 400})
    ours = contest["product"]
    return [
        Row(
            "CPU a streamed request, no delays",
            "≤ 2.0 ms",
            f"{ours['cpu_ms']:.2f} ms",
            ours["cpu_ms"] <= 2.0,
            _beside(contest, "cpu_ms", "{:.1f} ms"),
            {"cpu_ms": ours["cpu_ms"]},
        ),
        Row(
            "requests a second, no delays, one machine",
            "≥ 1,000",
            f"{ours['rate']:,.0f}",
            ours["rate"] >= 1_000,
            _beside(contest, "rate", "{:,.0f}"),
            {"rate": ours["rate"]},
        ),
    ]


# ── with delays ───────────────────────────────────────────────────────────────


def at_64() -> list[Row]:
    contest = _contest(DELAYED, 64, {"product": 1_984, "aiohttp": 1_280, "openai": 320})
    ours = contest["product"]
    return [
        Row(
            "share of the ideal, 64 in flight",
            "≥ 96%",
            f"{ours['share']:.1%}",
            ours["share"] >= 0.96,
            _beside(contest, "share", "{:.0%}"),
            {"share": ours["share"]},
        ),
        Row(
            "TTFT error at 64, median / p99",
            "≤ 1 / ≤ 10 ms",
            f"{ours['ttft_median']:.2f} / {ours['ttft_p99']:.1f} ms",
            ours["ttft_median"] <= 1 and ours["ttft_p99"] <= 10,
            _beside(contest, "ttft_median", "{:.1f}", "ttft_p99", "{:.0f} ms"),
            {"median": ours["ttft_median"], "p99": ours["ttft_p99"]},
        ),
        Row(
            "total error at 64, p99",
            "≤ 15 ms",
            f"{ours['total_p99']:.1f} ms",
            ours["total_p99"] <= 15,
            _beside(contest, "total_p99", "{:.0f} ms"),
            {"p99": ours["total_p99"]},
        ),
    ]


def at_256() -> list[Row]:
    contest = _contest(DELAYED, 256, {"product": 3_840, "aiohttp": 3_840, "openai": 512})
    ours = contest["product"]
    return [
        Row(
            "share of the ideal, 256 in flight",
            "≥ 92%",
            f"{ours['share']:.1%}",
            ours["share"] >= 0.92,
            _beside(contest, "share", "{:.0%}"),
            {"share": ours["share"]},
        ),
        Row(
            "TTFT error at 256, p99",
            "≤ 40 ms",
            f"{ours['ttft_p99']:.1f} ms",
            ours["ttft_p99"] <= 40,
            _beside(contest, "ttft_p99", "{:.0f} ms"),
            {"p99": ours["ttft_p99"]},
        ),
    ]


# ── the contest ───────────────────────────────────────────────────────────────


def _contest(options: str, slots: int, requests: dict[str, int]) -> Contest:
    """ROUNDS rounds of everybody in turn; the median of each figure."""
    rounds: dict[str, list[Figures]] = {name: [] for name in requests}
    for _ in range(ROUNDS):
        for name, count in requests.items():
            rounds[name].append(_turn(name, options, slots, count))
    return {
        name: {key: statistics.median(one[key] for one in found) for key in found[0]}
        for name, found in rounds.items()
    }


def _turn(name: str, options: str, slots: int, requests: int) -> Figures:
    with mock({"alpha": options, "beta": options}) as server:
        if name == "product":
            with planned(server.url, requests=requests, slots=slots) as place:
                result = place.feed()
        else:
            result = peer(name, server.url, requests=requests, slots=slots)
    return _figures(result, server.served(), slots, requests)


def _figures(result: dict[str, Any], served: Sequence[Served], slots: int, requests: int) -> Figures:
    truth = {one.ask: one for one in served}
    timings = result["timings"]
    if len(timings) != requests or len(served) != requests:
        raise RuntimeError(f"{requests} were to be asked, {len(served)} were, {len(timings)} came back")
    ttft, total = [], []
    for model, tag, attempt, first, whole in timings:
        one = truth[model, tag, attempt]
        ttft.append(abs(first - (one.first_token - one.arrived)) * 1000)
        total.append(abs(whole - (one.last_byte - one.arrived)) * 1000)
    busy = sum(one.last_byte - one.arrived for one in served)
    lasted = max(one.last_byte for one in served) - min(one.arrived for one in served)
    return {
        "cpu_ms": result["cpu"] / requests * 1000,
        "rate": requests / result["wall"],
        # The ideal is every slot in use from the first request to the last byte.
        "share": busy / slots / lasted,
        "ttft_median": statistics.median(ttft),
        "ttft_p99": quantile(ttft, 0.99),
        "total_p99": quantile(total, 0.99),
    }


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _beside(contest: Contest, *keys_and_forms: str) -> str:
    pairs = list(zip(keys_and_forms[::2], keys_and_forms[1::2], strict=True))
    others = {name: figures for name, figures in contest.items() if name != "product"}
    return "; ".join(
        f"{name} {' / '.join(form.format(figures[key]) for key, form in pairs)}"
        for name, figures in others.items()
    )


MEASURES: tuple[tuple[Callable[[], list[Row]], tuple[tuple[str, str], ...]], ...] = (
    (
        without_delays,
        (
            ("CPU a streamed request, no delays", "≤ 2.0 ms"),
            ("requests a second, no delays, one machine", "≥ 1,000"),
        ),
    ),
    (
        at_64,
        (
            ("share of the ideal, 64 in flight", "≥ 96%"),
            ("TTFT error at 64, median / p99", "≤ 1 / ≤ 10 ms"),
            ("total error at 64, p99", "≤ 15 ms"),
        ),
    ),
    (
        at_256,
        (("share of the ideal, 256 in flight", "≥ 92%"), ("TTFT error at 256, p99", "≤ 40 ms")),
    ),
    (scale.growth, scale.GROWTH),
    (scale.two_workers, scale.TWO_WORKERS),
    (scale.settled_on_sqlite, scale.ON_SQLITE),
    (scale.settled_on_postgresql, scale.ON_POSTGRESQL),
    (scale.summary, scale.SUMMARY),
    (faults.finished, faults.FINISHED),
    (faults.killed, faults.KILLED),
)
