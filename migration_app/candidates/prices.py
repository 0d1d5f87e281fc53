"""Between the price list in the database, the frozen copy in a run, and the arithmetic.

A run keeps the price as it was when it started, as JSON with decimal strings: a price that
changes later changes no finished result.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from migration_app.evaluation.pricing import MachineTimePrice, Price, TokenPrice

from .models import PriceKind, PriceQuote

TOKEN_PARTS = (
    "input_per_million",
    "cached_input_per_million",
    "cache_write_per_million",
    "output_per_million",
    "per_request",
)


def freeze(quote: PriceQuote | None) -> dict[str, Any] | None:
    """The quote as JSON; None (unknown) stays None.

    Machine time is shared by the calls a connection serves at once: `slots` is 1 where
    connections take turns on a machine, else the connection's concurrency.
    """
    if quote is None:
        return None
    frozen: dict[str, Any] = {
        "kind": str(quote.kind),
        "currency": quote.currency,
        "source": quote.source,
        "as_of": quote.as_of.isoformat(),
    }
    if quote.kind == PriceKind.MACHINE_TIME:
        return {**frozen, "per_hour": _text(quote.per_hour), "slots": _slots(quote)}
    return {**frozen, **{part: _text(getattr(quote, part)) for part in TOKEN_PARTS}}


def thaw(frozen: Mapping[str, Any] | None) -> Price | None:
    """The frozen price, ready for `cost_of_call`; None for an unknown one."""
    if frozen is None:
        return None
    if frozen["kind"] == PriceKind.MACHINE_TIME:
        return MachineTimePrice(
            currency=frozen["currency"], per_hour=Decimal(frozen["per_hour"]), slots=int(frozen["slots"])
        )
    return TokenPrice(
        currency=frozen["currency"], **{part: _amount(frozen.get(part)) for part in TOKEN_PARTS}
    )


def _slots(quote: PriceQuote) -> int:
    connection = quote.candidate.connection
    return 1 if connection.machine else max(1, connection.max_concurrency)


def _text(amount: Decimal | None) -> str | None:
    # `Decimal("0.150000")` and `Decimal("0.15")` are one price: keep one spelling of it.
    return None if amount is None else f"{Decimal(amount).normalize():f}"


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
