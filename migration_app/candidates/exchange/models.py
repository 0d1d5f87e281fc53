"""What one currency was worth in another, as somebody of the team wrote it down."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from migration_app.accounts.models import TeamOwned

LEAST_RATE, MOST_RATE = Decimal("0.000001"), Decimal(1_000_000)


class ExchangeRate(TeamOwned):
    """One unit of `currency` is worth `rate` of `into`. The newest of a pair counts, both ways."""

    currency = models.CharField(max_length=3)
    into = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=9)
    source = models.CharField(max_length=300)
    as_of = models.DateField()

    class Meta:
        ordering = ["-as_of", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__gte=LEAST_RATE, rate__lte=MOST_RATE), name="rate_in_bounds"
            ),
            models.CheckConstraint(
                condition=~models.Q(currency=models.F("into")), name="rate_between_two_currencies"
            ),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.into} as of {self.as_of}"
