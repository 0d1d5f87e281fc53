"""Money in another currency: exact where it can be, good both ways, never about a third."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from migration_app.evaluation.exchange import Exchange

RATE = Exchange("EUR", "USD", Decimal("1.0834"), date(2026, 11, 24), "ECB")


def test_euros_become_dollars_to_the_last_digit() -> None:
    assert RATE.convert(Decimal("2.5"), "USD") == Decimal("2.7085")
    assert RATE.convert(Decimal("0.000075"), "USD") == Decimal("0.000081255")


def test_the_same_rate_leads_back_rounded_to_a_nano() -> None:
    assert RATE.convert(Decimal("2.7085"), "EUR") == Decimal("2.5")
    assert RATE.convert(Decimal(1), "EUR") == Decimal("0.923020122")
    assert RATE.convert(Decimal(1), "EUR", places=12) == Decimal("0.923020121839")


def test_a_rate_says_nothing_of_a_third_currency() -> None:
    assert RATE.links("USD", "EUR") and not RATE.links("EUR", "GBP")
    with pytest.raises(ValueError, match="nothing of GBP"):
        RATE.convert(Decimal(1), "GBP")
