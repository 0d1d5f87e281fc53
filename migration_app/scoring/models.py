"""What each answer is worth."""

from __future__ import annotations

from django.db import models

from migration_app.runs.models import Item


class SampleScore(models.Model):
    """The score of one item by one scorer: a value in [0, 1], or unscored with a reason."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="scores")
    scorer = models.CharField(max_length=60)
    value = models.FloatField(null=True)
    unscored = models.CharField(max_length=300, blank=True, default="")
    explanation = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "scorer"], name="one_score_per_scorer"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__gte=0, value__lte=1),
                name="score_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | ~models.Q(unscored=""), name="unscored_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorer} of {self.item}: {self.value}"
