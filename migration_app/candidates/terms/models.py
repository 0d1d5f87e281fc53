"""What a person wrote down about a vendor's terms, and what the team accepts."""

from __future__ import annotations

from typing import Any

from django.db import models

from migration_app.accounts.models import Team, TeamOwned
from migration_app.evaluation.stated_rules import asks

from ..models import Connection


class DataTerms(TeamOwned):
    """What happens to the requests behind a connection. Empty and null are unknown."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="terms")
    place = models.CharField(max_length=8, blank=True)  # of PLACES
    retention_days = models.PositiveIntegerField(null=True)  # 0: nothing is kept
    training = models.CharField(max_length=3, blank=True)  # of TRAINING
    source = models.CharField(max_length=300, blank=True)
    as_of = models.DateField()

    def __str__(self) -> str:
        return f"terms of {self.connection}"


class TeamPolicy(models.Model):
    """What a team accepts; every new assessment starts with it as its must-have rules."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="policy")
    places = models.JSONField(default=list)  # of PLACES; empty: any
    max_retention_days = models.PositiveIntegerField(null=True)
    no_training = models.BooleanField(default=False)
    licences = models.JSONField(default=list)  # of LICENCES; empty: any
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"policy of {self.team}"

    @property
    def rules(self) -> dict[str, Any]:
        """As must-have rules of an assessment; what asks for nothing is left out."""
        names = ("places", "max_retention_days", "no_training", "licences")
        asked = {name: getattr(self, name) for name in names}
        return {name: value for name, value in asked.items() if asks(value)}
