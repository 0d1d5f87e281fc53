"""What the move changes in money, time and headroom, each with its range."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json, Option
from .table import identity

TIGHT = 0.8  # of a limit: more leaves too little room


def build(facts: Facts) -> list[dict[str, Any]]:
    """One row for each candidate that was measured beside the baseline."""
    return [_row(facts, option) for option in facts.candidates if option.move]


def _row(facts: Facts, option: Option) -> dict[str, Any]:
    def money(amount: Any) -> str:
        return show.money_about(amount, facts.currency)

    saving, payback = facts.saving(option), option.move.get("payback")
    return identity(option) | {
        "saving": {"value": money(saving), "range": show.range_text(facts.saving_range(option), money)},
        "payback": _payback(payback),
        "first_year": _first_year(payback, money),
        "typical": _time(option.move.get("typical")),
        "slowest": _time(option.move.get("slowest")),
        "headroom": headroom(option),
    }


def _payback(payback: Json | None) -> dict[str, str]:
    if payback is None:
        return {"value": "", "range": ""}
    if payback["first_year_low"] is None or payback["first_year_high"] is None:
        return {"value": words.months(payback["months"]), "range": show.NOT_ESTIMABLE}
    low, high = words.months(payback["low"]), words.months(payback["high"])
    text = _("{value} throughout") if low == high else _("{low} to {high}")
    return {
        "value": words.months(payback["months"]),
        "range": text.format(value=low, low=low, high=high),
    }


def _first_year(payback: Json | None, money: Any) -> dict[str, str]:
    if payback is None:
        return {"value": "", "range": ""}
    bounds = {"low": payback["first_year_low"], "high": payback["first_year_high"]}
    return {"value": money(payback["first_year"]), "range": show.range_text(bounds, money)}


def _time(change: Json | None) -> dict[str, str]:
    if not change:
        return {"value": show.UNKNOWN, "range": ""}

    def seconds(value: Any) -> str:
        return show.seconds(value, signed=True)

    return {"value": seconds(change["value"]), "range": show.range_text(change["interval"], seconds)}


def tightest(option: Option) -> Json | None:
    """The limit that the busiest minute comes nearest to; `None` where none is known."""
    limits = option.move.get("headroom") or {}
    return max(limits.values(), key=lambda limit: limit["share"], default=None)


def headroom(option: Option) -> str:
    """ "90% of the 600 requests a minute that it allows"."""
    limits = option.move.get("headroom") or {}
    if not limits:
        return ""
    name = max(limits, key=lambda one: limits[one]["share"])
    text = {
        "requests": _("busiest minute {peak} requests, {share} of the {limit} allowed"),
        "tokens": _("busiest minute {peak} tokens, {share} of the {limit} allowed"),
    }[name]
    limit = limits[name]
    return text.format(
        peak=show.count_of(round(limit["peak"])),
        share=show.percent(limit["share"], 0),
        limit=show.count_about(limit["limit"]),
    )
