"""A run's plain log, and the last look at the database's clock."""

from __future__ import annotations

from django.db import models

from .lanes import RunCandidate
from .runs import Run


class RunEvent(models.Model):
    """A line of the run's plain log."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    run_candidate = models.ForeignKey(RunCandidate, on_delete=models.CASCADE, null=True)
    at = models.DateTimeField(auto_now_add=True)
    message = models.CharField(max_length=500)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["run", "-at"])]

    def __str__(self) -> str:
        return self.message


class ClockReading(models.Model):
    """The one row with the moment at which the database's clock was last looked at."""

    moment = models.FloatField()

    def __str__(self) -> str:
        return f"{self.moment}"
