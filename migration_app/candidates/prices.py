"""Between the price list in the database, the frozen copy in a run, and the arithmetic.

A run keeps the price as it was when it started, as JSON with decimal strings: a price that
changes later changes no finished result. A price in another currency is frozen in the run's, with
the rate beside it (`exchange`) and as it was stated (`stated`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from migration_app.evaluation.exchange import PLACES, Exchange
from migration_app.evaluation.price_lists import TOKEN_RATES, LengthTier, MachineTimePrice, Price, TokenPrice

from .exchange.queries import Rates
from .models import PriceKind, PriceQuote

FLAT_FEES = ("per_image", "per_request")
TOKEN_PARTS = (*TOKEN_RATES, *FLAT_FEES)


def freeze(quote: PriceQuote | None) -> dict[str, Any] | None:
    """The quote as JSON; None (unknown) stays None.

    Machine time is shared by the calls a connection serves at once: `slots` is 1 where
    connections take turns on a machine, else the connection's concurrency.
    """
    if quote is None:
        return None
    frozen: dict[str, Any] = {
        "kind": str(quote.kind),
        "origin": str(quote.origin),
        "currency": quote.currency,
        "source": quote.source,
        "as_of": quote.as_of.isoformat(),
    }
    if quote.kind == PriceKind.MACHINE_TIME:
        return {**frozen, "per_hour": text_of(quote.per_hour), "slots": _slots(quote)}
    if quote.kind == PriceKind.PLAN:
        # The column is rounded for lists; the plan itself is exact.
        plan = quote.plan or {}
        return {**frozen, "per_request": text_of(Decimal(plan["per_1000"]["amount"]) / 1000), "plan": plan}
    return frozen | {
        **{part: text_of(getattr(quote, part)) for part in TOKEN_PARTS},
        "batch_share": text_of(quote.batch_share),
        "tiers": list(quote.tiers),
    }


def thaw(frozen: Mapping[str, Any] | None) -> Price | None:
    """The frozen price, ready for `cost_of_call`; None for an unknown one."""
    if frozen is None:
        return None
    if frozen["kind"] == PriceKind.MACHINE_TIME:
        return MachineTimePrice(
            currency=frozen["currency"], per_hour=Decimal(frozen["per_hour"]), slots=int(frozen["slots"])
        )
    if frozen["kind"] == PriceKind.PLAN:
        # Tokens cost nothing by themselves: the machines are paid by the hour, whatever they do.
        nothing, each = Decimal(0), _amount(frozen["per_request"])
        return TokenPrice(frozen["currency"], nothing, output_per_million=nothing, per_request=each)
    amounts: dict[str, Any] = {part: _amount(frozen.get(part)) for part in (*TOKEN_PARTS, "batch_share")}
    return TokenPrice(
        currency=frozen["currency"], **amounts, tiers=tuple(map(_tier, frozen.get("tiers") or ()))
    )


def in_currency(frozen: dict[str, Any] | None, currency: str, rates: Rates) -> dict[str, Any] | None:
    """The frozen price in that currency; None (unknown) where the team has no rate to get there."""
    if frozen is None or frozen["currency"] == currency:
        return frozen
    rate = rates.between(frozen["currency"], currency)
    return None if rate is None else _converted(frozen, currency, rate)


def frozen_rate(rate: Exchange) -> dict[str, Any]:
    """A rate as JSON, as it was written down: one unit of `currency` is `rate` of `into`."""
    return {
        "currency": rate.currency,
        "into": rate.into,
        "rate": text_of(rate.rate),
        "as_of": rate.as_of.isoformat(),
        "source": rate.source,
    }


def _converted(stated: dict[str, Any], currency: str, rate: Exchange) -> dict[str, Any]:
    def there(amount: str | None, places: int = PLACES) -> str | None:
        return None if amount is None else text_of(rate.convert(Decimal(amount), currency, places))

    money: dict[str, Any] = {name: there(stated[name]) for name in TOKEN_RATES if name in stated}
    # A fee is paid each time: it keeps as many decimals as a price per million has for one token.
    money |= {name: there(stated[name], PLACES + 3) for name in (*FLAT_FEES, "per_hour") if name in stated}
    if "tiers" in stated:
        money["tiers"] = [
            tier | {name: there(tier[name]) for name in TOKEN_RATES if name in tier}
            for tier in stated["tiers"]
        ]
    if plan := stated.get("plan"):
        money["plan"] = plan | {name: there(plan[name]) for name in ("replica_hour", "monthly")}
        money["plan"]["per_1000"] = {end: there(amount) for end, amount in plan["per_1000"].items()}
    return {**stated, **money, "currency": currency, "exchange": frozen_rate(rate), "stated": stated}


def frozen_tier(tier: LengthTier) -> dict[str, Any]:
    """A tier as JSON, with the prices that it changes."""
    rates = {rate: text_of(amount) for rate in TOKEN_RATES if (amount := getattr(tier, rate)) is not None}
    return {"above": tier.above, "whole_call": tier.whole_call, **rates}


def _tier(frozen: Mapping[str, Any]) -> LengthTier:
    rates: dict[str, Any] = {rate: _amount(frozen.get(rate)) for rate in TOKEN_RATES}
    return LengthTier(above=int(frozen["above"]), whole_call=bool(frozen.get("whole_call", True)), **rates)


def _slots(quote: PriceQuote) -> int:
    connection = quote.candidate.connection
    return 1 if connection.machine else max(1, connection.max_concurrency)


def text_of(amount: Decimal | None) -> str | None:
    # `Decimal("0.150000")` and `Decimal("0.15")` are one price: keep one spelling of it.
    return None if amount is None else f"{Decimal(amount).normalize():f}"


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
