"""Money between `Decimal` and the whole nanos that the ledger keeps."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

NANO = Decimal("1e-9")
LARGEST = 2**63 - 1  # nanos that a column of the ledger can hold: some nine thousand million


def to_nanos(amount: Decimal) -> int:
    """Nanos (10⁻⁹ of the currency), rounded up: the ledger is never below the bill."""
    return int((amount / NANO).to_integral_value(rounding=ROUND_CEILING))


def from_nanos(nanos: int) -> Decimal:
    return Decimal(nanos) * NANO
