"""Writes about prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from migration_app.accounts.actions import record
from migration_app.accounts.models import User

from ..errors import InvalidCandidateError
from ..models import Candidate, PriceKind, PriceQuote
from ..prices import TOKEN_PARTS


def add_price(
    *,
    candidate: Candidate,
    user: User | None,
    kind: str,
    currency: str = "USD",
    input_per_million: Decimal | None = None,
    cached_input_per_million: Decimal | None = None,
    cache_write_per_million: Decimal | None = None,
    output_per_million: Decimal | None = None,
    per_request: Decimal | None = None,
    per_hour: Decimal | None = None,
    source: str,
    as_of: date,
) -> PriceQuote:
    """Add a quote; older ones stay as history. Raises InvalidCandidateError."""
    quote = PriceQuote(
        candidate=candidate,
        created_by=user,
        kind=kind,
        currency=currency.strip().upper(),
        input_per_million=input_per_million,
        cached_input_per_million=cached_input_per_million,
        cache_write_per_million=cache_write_per_million,
        output_per_million=output_per_million,
        per_request=per_request,
        per_hour=per_hour,
        source=source.strip(),
        as_of=as_of,
    )
    _check_price(quote)
    quote.save()
    record(team=candidate.team, user=user, verb="added price of", subject=candidate.label)
    return quote


def _check_price(quote: PriceQuote) -> None:
    amounts = {part: getattr(quote, part) for part in (*TOKEN_PARTS, "per_hour")}
    for part, amount in amounts.items():
        if amount is not None and amount < 0:
            raise InvalidCandidateError("A price cannot be below zero.", part)
    if quote.kind == PriceKind.MACHINE_TIME:
        if quote.per_hour is None:
            raise InvalidCandidateError("Give the price of an hour of machine time.", "per_hour")
    elif quote.input_per_million is None and quote.output_per_million is None and quote.per_request is None:
        raise InvalidCandidateError(
            "Give at least one price. To leave the price unknown, add none.", "input_per_million"
        )
    if len(quote.currency) != 3 or not quote.currency.isalpha():
        raise InvalidCandidateError("Write the currency as three letters, such as USD or EUR.", "currency")
    if not quote.source:
        raise InvalidCandidateError("Say where the price comes from, so that others can check it.", "source")
