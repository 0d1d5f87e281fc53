"""From which volume an option on own servers is cheaper than one that is paid by the request.

The request-priced side costs what the run measured, with its interval; the own servers cost what
their plan says, as it was frozen when the run started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from migration_app.evaluation.hosting.break_even import BreakEven, break_even
from migration_app.evaluation.hosting.fleet import InvalidHostingError, Terms, Traffic, capacity, fleet
from migration_app.evaluation.hosting.throughput import Rate

# Of a curve: enough that its steps are steps.
_MOST_STEPS, _POINTS = 24, 48


def break_evens(options: Sequence[Mapping[str, Any]], volume: int | None) -> list[dict[str, Any]]:
    """One entry for each pair of an option on own servers and one that is paid by the request.

    options: as `Comparison.data` has them. volume: requests a month that the question asks about.
    Only pairs with the baseline in them: that is the move in question.
    """
    planned = [option for option in options if (option.get("price") or {}).get("plan")]
    by_request = [option for option in options if (option.get("price") or {}).get("kind") == "tokens"]
    pairs = [(own, api) for own in planned for api in by_request if own["is_baseline"] or api["is_baseline"]]
    found = (_pair(own, api, volume) for own, api in pairs)
    return [entry for entry in found if entry is not None]


def _pair(own: Mapping[str, Any], api: Mapping[str, Any], volume: int | None) -> dict[str, Any] | None:
    cost = api["metrics"]["cost_per_1000"]
    if cost["amount"] is None or own["price"]["currency"] != api["price"]["currency"]:
        return None
    plan = own["price"]["plan"]
    terms = Terms(
        Decimal(plan["replica_hour"]), plan["utilisation"], plan["spare"], Decimal(plan["monthly"] or "0")
    )
    rate, peak = Rate(**plan["rate"]), float(plan["peak"])
    low, each, high = (
        None if cost[end] is None else float(cost[end]) / 1000 for end in ("low", "amount", "high")
    )
    assert each is not None
    found = break_even(terms, rate, peak, each, low, high)
    asked = volume or plan["requests_per_month"]
    end = _end(found, asked)
    return {
        "own": own["position"],
        "api": api["position"],
        "volume": asked,
        "measured": rate.measured,
        "first": found.first,
        "always": found.always,
        "low": found.low,
        "high": found.high,
        "per_request": {"value": each, "low": low, "high": high},
        "curve": _curve(terms, rate.value, peak, end),
        "at_volume": _at(terms, rate.value, peak, asked),
        "paid": {
            "end": [end, each * end],
            "at_volume": each * asked,
            "at_first": None if found.first is None else each * found.first,
        },
    }


def _end(found: BreakEven, volume: float) -> float:
    """How far the curve reaches: past the volume asked about, and past the break-even unless that is far."""
    near = [found.first] if found.first and found.first < 20 * volume else []
    return 1.5 * max([volume, *near])


def _curve(terms: Terms, rate: float, peak: float, end: float) -> list[list[float]]:
    """[volume, cost a month] of own servers: every step's two ends, or points where there are many."""
    one = capacity(terms, rate, peak)
    if end / one <= _MOST_STEPS:
        starts = [one * n for n in range(int(end / one) + 1)]
        ends = [min(start + one, end) for start in starts]
        corners = [
            (at, cost)
            for start, stop in zip(starts, ends, strict=True)
            if (cost := _at(terms, rate, peak, stop)) is not None
            for at in (start, stop)
        ]
        return [[at, cost] for at, cost in corners]
    volumes = [end * n / _POINTS for n in range(1, _POINTS + 1)]
    costs = ((at, _at(terms, rate, peak, at)) for at in volumes)
    return [[at, cost] for at, cost in costs if cost is not None]


def _at(terms: Terms, rate: float, peak: float, volume: float) -> float | None:
    try:
        return float(fleet(Traffic(max(volume, 1.0), peak), terms, rate).total)
    except InvalidHostingError:
        return None
