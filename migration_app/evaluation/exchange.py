"""Money of one currency in another, at a rate that somebody wrote down. Nothing is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# Of a price per million tokens: a request of a million tokens is off by less than a nano.
PLACES = 9


@dataclass(frozen=True, slots=True)
class Exchange:
    """One unit of `currency` was worth `rate` of `into` on a day, as `source` says; good both ways."""

    currency: str
    into: str
    rate: Decimal
    as_of: date
    source: str

    def links(self, currency: str, other: str) -> bool:
        """Whether it turns the one currency into the other."""
        return {self.currency, self.into} == {currency, other}

    def convert(self, amount: Decimal, into: str, places: int = PLACES) -> Decimal:
        """The amount, which is of the other currency, in `into`; rounded to so many decimals if it has more.

        Raises ValueError where the rate says nothing of `into`.
        """
        if into not in (self.currency, self.into):
            raise ValueError(f"A rate between {self.currency} and {self.into} says nothing of {into}.")
        exact = amount * self.rate if into == self.into else amount / self.rate
        exponent = exact.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            exact = exact.quantize(Decimal(1).scaleb(-places))
        return exact
