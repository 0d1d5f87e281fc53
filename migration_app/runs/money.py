"""Money between `Decimal` and the whole nanos that the ledger keeps."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from migration_app.accounts.errors import Refusal

NANO = Decimal("1e-9")
LARGEST = 2**63 - 1  # nanos that a column of the ledger can hold: some nine thousand million


class BeyondLedger(Refusal):
    """More money than a column of the ledger holds."""


def to_nanos(amount: Decimal) -> int:
    """Nanos (10⁻⁹ of the currency), rounded up: the ledger is never below the bill."""
    return int((amount / NANO).to_integral_value(rounding=ROUND_CEILING))


def from_nanos(nanos: int) -> Decimal:
    return Decimal(nanos) * NANO


def check_ledger_holds(nanos: int, currency: str) -> None:
    """Raises BeyondLedger where so much cannot be reserved: with what is spent already it must still fit."""
    if nanos > LARGEST // 4:
        raise BeyondLedger(
            _(
                "At its dearest this would cost {amount} {currency}, more than a ledger can hold. Check the "
                "prices and exchange rates of its models, or allow shorter answers."
            ).format(amount=number_format(from_nanos(nanos), 0, force_grouping=True), currency=currency)
        )
