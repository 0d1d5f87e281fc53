"""The figures of an option as plain numbers, for spreadsheets and programs that go on calculating.

Shares in [0, 1], changes of them in points, seconds, money in the report's currency; `None` is unknown.
"""

from __future__ import annotations

from decimal import Decimal

from . import formatting as show
from .facts import Facts
from .option import Option

Number = float | None
POINTS = 100


def numbers(facts: Facts, option: Option) -> dict[str, Number]:
    """The unrounded figures behind the row of the table. Changes and savings are against today's model."""
    quality = option.metrics["quality"]["interval"]
    change = (option.overall or {}).get("interval")
    found = {
        "quality": option.quality,
        "quality_low": quality["low"],
        "quality_high": quality["high"],
        "change_points": _points(option.difference),
        "change_points_low": _points(show.bounds(change)[0]),
        "change_points_high": _points(show.bounds(change)[1]),
        "typical_seconds": option.latency("total", "p50"),
        "slowest_5_percent_seconds": option.latency("total", "p95"),
        "first_token_seconds": option.latency("ttft", "p50"),
        "failed": option.error_rate,
    }
    return {name: _plain(value) for name, value in (found | _money(facts, option)).items()}


def _money(facts: Facts, option: Option) -> dict[str, Number]:
    cost = facts.cost_range(option)
    saving = None if option.is_baseline else facts.saving(option)
    share = None if option.is_baseline else facts.saved_share(option)
    return {
        "cost": _float(facts.cost(option)),
        "cost_low": _float(cost["low"]),
        "cost_high": _float(cost["high"]),
        "saving": _float(saving),
        "saved_share": share,
    }


def _points(share: Number) -> Number:
    return None if share is None else share * POINTS


def _plain(value: Number) -> Number:
    """To nine decimals: a float's own noise is no finding."""
    return None if value is None else round(value, 9)


def _float(amount: Decimal | None) -> Number:
    return None if amount is None else float(amount)
