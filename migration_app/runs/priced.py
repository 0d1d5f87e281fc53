"""What a model costs today, in the currency of a question; or why nobody can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from migration_app.candidates.exchange.queries import Rates
from migration_app.candidates.models import Candidate
from migration_app.candidates.prices import freeze, in_currency, thaw
from migration_app.candidates.queries import current_price
from migration_app.evaluation.price_lists import MachineTimePrice, Price


@dataclass(frozen=True, slots=True)
class Priced:
    """`why_unknown`: a sentence where the price is not known in that currency, else "".

    exchange: the rate that it was converted at, as `candidates.prices.frozen_rate` has it.
    """

    price: Price | None
    why_unknown: str
    exchange: Mapping[str, Any] | None

    @property
    def is_by_time(self) -> bool:
        """Whether what a call costs is known only once it was timed."""
        return isinstance(self.price, MachineTimePrice)


def price_today(candidate: Candidate, currency: str, rates: Rates) -> Priced:
    """Today's price of a model, converted where the team wrote a rate down."""
    stated = freeze(current_price(candidate))
    frozen = in_currency(stated, currency, rates)
    exchange = None if frozen is None else frozen.get("exchange")
    return Priced(thaw(frozen), _why_unknown(stated, frozen, currency), exchange)


def _why_unknown(
    stated: Mapping[str, Any] | None, frozen: Mapping[str, Any] | None, currency: str
) -> str:
    if stated is None:
        return _("Its price is unknown.")
    if frozen is None:
        return _(
            "It is priced in {currency}, this assessment counts in {counted}. Write down an exchange rate "
            "under Our prices."
        ).format(currency=stated["currency"], counted=currency)
    return ""


def untimed() -> str:
    """The sentence for a price by time of a model that was never timed."""
    return _("It is priced by time, and how long it takes is known once it has answered.")


def partly_unknown() -> str:
    """The sentence for a price that lacks a part which a call would be charged."""
    return _("Part of its price is unknown.")
