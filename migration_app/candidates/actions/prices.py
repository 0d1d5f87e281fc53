"""Writes about prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.evaluation.price_lists import InvalidPriceError, LengthTier, TokenPrice
from migration_app.evaluation.wording import english

from ..currencies import currency_code
from ..errors import InvalidCandidateError
from ..models import AMOUNTS, Candidate, CataloguePrice, PriceKind, PriceOrigin, PriceQuote
from ..prices import frozen_tier, thaw

# Without one of these there is nothing to charge.
_ENOUGH = ("input_per_million", "output_per_million", "per_request", "per_image")
LONGEST_PROMPT = 100_000_000


def add_price(
    *,
    candidate: Candidate,
    user: User | None,
    kind: str,
    origin: str = PriceOrigin.LIST,
    currency: str = "USD",
    source: str,
    as_of: date,
    valid_until: date | None = None,
    batch_share: Decimal | None = None,
    tiers: Sequence[LengthTier] = (),
    states_free: bool = False,
    **amounts: Decimal | None,
) -> PriceQuote:
    """Add a quote; older ones stay as history. Raises InvalidCandidateError.

    amounts: those of `models.AMOUNTS`; one that is missing or None is unknown.
    states_free: the person says that what costs 0 is free. Without it a 0 is taken for a slip.
    """
    if unknown := set(amounts) - set(AMOUNTS):
        raise TypeError(f"No price has an amount called {', '.join(sorted(unknown))}.")
    quote = PriceQuote(
        candidate=candidate,
        created_by=user,
        kind=kind,
        origin=origin,
        currency=currency.strip().upper(),
        source=source.strip(),
        as_of=as_of,
        valid_until=valid_until,
        batch_share=batch_share,
        tiers=[frozen_tier(tier) for tier in tiers],
        **amounts,
    )
    _check_amounts(quote, states_free)
    _check_terms(quote, tiers)
    quote.save()
    record(team=candidate.team, user=user, verb=english("added price of"), subject=candidate.label)
    return quote


def adopt_listed_price(*, candidate: Candidate, user: User | None, listed: CataloguePrice) -> PriceQuote:
    """Take a host's public price for a model of the team's. Raises InvalidCandidateError."""
    terms = listed.terms
    amounts = {name: Decimal(terms[name]) for name in AMOUNTS if terms.get(name) is not None}
    share = terms.get("batch_share")
    quote = PriceQuote(
        candidate=candidate,
        created_by=user,
        kind=PriceKind.TOKENS,
        origin=PriceOrigin.LIST,
        currency=terms["currency"],
        source=f"{listed.model.host_label}, {listed.model.model}, {listed.source} {listed.source_url}"[:300],
        as_of=listed.as_of,
        batch_share=None if share is None else Decimal(share),
        tiers=terms["tiers"],
        **amounts,
    )
    # The list itself says what is free: it states the 0.
    _check_amounts(quote, states_free=True)
    _check_terms(quote, _listed_tiers(terms))
    quote.save()
    record(team=candidate.team, user=user, verb=english("took listed price of"), subject=candidate.label)
    return quote


def _listed_tiers(terms: dict[str, Any]) -> Sequence[LengthTier]:
    try:
        price = thaw(terms)
    except InvalidPriceError as error:
        raise InvalidCandidateError(str(error)) from None
    return price.tiers if isinstance(price, TokenPrice) else ()


def _check_amounts(quote: PriceQuote, states_free: bool) -> None:
    given = {name: amount for name in AMOUNTS if (amount := getattr(quote, name)) is not None}
    for name, amount in given.items():
        check_amount(name, amount)
        if amount == 0 and name in (*_ENOUGH, "per_hour") and not states_free:
            raise InvalidCandidateError(
                _("This price is 0. If it really costs nothing, say so below; else leave it empty."), name
            )
    if quote.kind == PriceKind.MACHINE_TIME:
        if quote.per_hour is None:
            raise InvalidCandidateError(_("Give the price of an hour of machine time."), "per_hour")
    elif not any(name in given for name in _ENOUGH):
        raise InvalidCandidateError(
            _("Give at least one price. To leave the price unknown, add none."), "input_per_million"
        )


def check_amount(name: str, amount: Decimal) -> None:
    """Raises InvalidCandidateError where no vendor could ask that much, or less than nothing."""
    if not amount.is_finite() or amount < 0:
        raise InvalidCandidateError(_("A price cannot be below zero."), name)
    if amount > AMOUNTS[name]:
        raise InvalidCandidateError(
            _("No vendor asks more than {most} here. Check the decimal point.").format(
                most=number_format(AMOUNTS[name], force_grouping=True)
            ),
            name,
        )


def _check_terms(quote: PriceQuote, tiers: Sequence[LengthTier]) -> None:
    currency_code(quote.currency)
    if not quote.source:
        raise InvalidCandidateError(
            _("Say where the price comes from, so that others can check it."), "source"
        )
    if quote.batch_share is not None and not 0 < quote.batch_share <= 1:
        raise InvalidCandidateError(_("A batch discount lies between 0 and 100%."), "batch_share")
    if quote.valid_until and quote.valid_until < quote.as_of:
        raise InvalidCandidateError(_("A price cannot end before it begins."), "valid_until")
    try:
        TokenPrice(quote.currency, tiers=tuple(tiers))
    except InvalidPriceError as error:
        raise InvalidCandidateError(str(error), "tier_above") from None
    for tier in tiers:
        if tier.above > LONGEST_PROMPT:
            raise InvalidCandidateError(_("No prompt is that long. Check the number."), "tier_above")
        for name in AMOUNTS:
            if (amount := getattr(tier, name, None)) is not None:
                check_amount(name, amount)
