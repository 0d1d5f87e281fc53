"""What a team spends in a month."""

from __future__ import annotations

from django.db import models

from migration_app.accounts.models import Team


class TeamLedger(models.Model):
    """What a team spends in one currency in a month, over all its runs, and how much it may."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="ledgers")
    currency = models.CharField(max_length=3)
    cap_nanos = models.BigIntegerField(null=True)  # a month; empty means none
    month = models.PositiveIntegerField(default=0)  # 202611; in UTC
    spent_nanos = models.BigIntegerField(default=0)  # in that month
    reserved_nanos = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "currency"], name="one_ledger_per_currency"),
            models.CheckConstraint(
                condition=models.Q(reserved_nanos__gte=0), name="team_reserved_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} in {self.currency}"
