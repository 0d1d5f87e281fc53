"""What the installed price package holds, as plain rows. It is read as data: nothing is fetched.

The package names no day for each price. `AS_OF` is the newest day that its own notes name, and
a test ties it to the pinned version, so that whoever raises the pin looks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..prices import text_of

PACKAGE, VERSION, AS_OF = "genai-prices", "0.2.3", date(2026, 11, 4)
SOURCE = f"{PACKAGE} {VERSION}"
# The package's names of prices, and ours. Prices of sound, searches and pages are left out: no
# request of a workload uses them.
_RATES = {
    "input_mtok": "input_per_million",
    "cache_read_mtok": "cached_input_per_million",
    "cache_write_mtok": "cache_write_per_million",
    "cache_write_1h_mtok": "cache_write_1h_per_million",
    "input_image_mtok": "image_input_per_million",
    "output_mtok": "output_per_million",
    "output_reasoning_mtok": "reasoning_per_million",
}


@dataclass(frozen=True, slots=True)
class HostedModel:
    """One model at one host. `prices`: (from which day, terms as `freeze` keeps them)."""

    host: str
    host_label: str
    model: str
    name: str
    context_window: int | None
    deprecated: bool
    url: str
    note: str
    prices: tuple[tuple[date | None, dict[str, Any]], ...]


def hosted_models() -> Iterator[HostedModel]:
    """Every model with tokens in and out; models of sound, pictures and searches are left out."""
    from genai_prices.data import providers  # half a second; only seeding needs it

    for provider in providers:
        url = (provider.pricing_urls or [""])[0]
        for info in provider.models:
            prices = tuple(_prices(info))
            if any(_speaks(terms) for _, terms in prices) or not prices:
                yield HostedModel(
                    provider.id,
                    provider.name,
                    info.id,
                    info.name or info.id,
                    info.context_window,
                    bool(info.deprecated),
                    url,
                    (info.price_comments or "")[:500],
                    prices,
                )


def _speaks(terms: dict[str, Any]) -> bool:
    return terms["output_per_million"] is not None or terms["per_request"] is not None


def _prices(info: Any) -> Iterator[tuple[date | None, dict[str, Any]]]:
    """Each price with its first day. Prices for certain hours of the day are left out."""
    if not isinstance(info.prices, list):
        if vars(info.prices):
            yield None, _terms(info, info.prices)
        return
    for conditional in info.prices:
        start = getattr(conditional.constraint, "start_date", None)
        if conditional.constraint is None or start is not None:
            yield start, _terms(info, conditional.prices)


def _terms(info: Any, price: Any) -> dict[str, Any]:
    rates = {ours: getattr(price, theirs, None) for theirs, ours in _RATES.items()}
    fee = getattr(price, "requests_kcount", None)
    return {
        "kind": "tokens",
        "currency": "USD",
        **{name: text_of(_base(rate)) for name, rate in rates.items()},
        "per_image": None,
        "per_request": text_of(_base(fee) / 1000) if fee is not None else None,
        "batch_share": text_of(_batch_share(info, price)),
        "tiers": _tiers(rates),
    }


def _base(rate: Any) -> Any:
    return getattr(rate, "base", rate)


def _tiers(rates: dict[str, Any]) -> list[dict[str, Any]]:
    """Tiers of the whole call, as the package means them, one for each edge of any of its prices."""
    edges = sorted({tier.start for rate in rates.values() for tier in getattr(rate, "tiers", ())})
    return [
        {
            "above": edge,
            "whole_call": True,
            **{name: text_of(_at(rate, edge)) for name, rate in rates.items() if hasattr(rate, "tiers")},
        }
        for edge in edges
    ]


def _at(rate: Any, edge: int) -> Decimal:
    reached = [tier.price for tier in rate.tiers if tier.start <= edge]
    return reached[-1] if reached else rate.base


def _batch_share(info: Any, price: Any) -> Decimal | None:
    """The one share that every token price pays in the batch queue; None where there is no such one."""
    variants = [one for one in info.price_variants or () if one.when == {"processing": "batch"}]
    if not variants:
        return None
    pairs = [
        (_base(getattr(variants[-1].prices, theirs, None)), _base(getattr(price, theirs, None)))
        for theirs in _RATES
    ]
    shares = {None if batch is None else batch / usual for batch, usual in pairs if usual not in (None, 0)}
    [share] = shares if len(shares) == 1 else [None]
    return share if share is not None and 0 < share <= 1 else None
