"""The question: put before any result is seen."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from migration_app.accounts.models import TeamOwned
from migration_app.candidates.models import Candidate
from migration_app.workloads.models import Workload


class Load(models.TextChoices):
    """How requests are sent: a fixed number at a time, or at their own times whatever the answers do."""

    CLOSED = "closed", gettext_lazy("A fixed number at a time")
    POISSON = "poisson", gettext_lazy("At the peak rate, at random moments")
    UNIFORM = "uniform", gettext_lazy("At the peak rate, evenly spaced")


class Assessment(TeamOwned):
    """A question put before any result is seen. Frozen when its first run starts."""

    name = models.CharField(max_length=200)
    workload = models.ForeignKey(Workload, on_delete=models.PROTECT, related_name="assessments")
    baseline = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    candidates = models.ManyToManyField(Candidate, related_name="assessments")  # without the baseline
    margin = models.FloatField(default=0.05)
    category_margin = models.FloatField(default=0.10)
    critical_categories = models.JSONField(default=list)
    alpha = models.FloatField(default=0.05)
    # {"default": {"name", "parameters"}, "by_category": {category: {"name", "parameters"}}}
    scoring = models.JSONField(default=dict)
    # Must-have rules, each a limit or null: max_cost_per_1000, max_p95_seconds, max_error_rate; and
    # on what is stated: places, licences (lists of codes), max_retention_days, no_training.
    rules = models.JSONField(default=dict)
    # {"max_output_tokens", "temperature", "top_p", "seed"}
    settings = models.JSONField(default=dict)
    repetitions = models.PositiveSmallIntegerField(default=1)
    seed = models.BigIntegerField(default=0)
    requests_per_month = models.PositiveBigIntegerField(null=True)
    traffic = models.JSONField(default=dict)  # frozen; read it through `traffic.traffic_of`
    budget_nanos = models.BigIntegerField(null=True)  # the cap; empty means none
    currency = models.CharField(max_length=3, default="USD")
    sample_limit = models.PositiveIntegerField(null=True)  # a seeded subset, when set
    # Who judges where the scoring asks for it: {"judges": [candidate's key], "cap_nanos": int or null}
    judging = models.JSONField(default=dict)
    warm_up_calls = models.PositiveSmallIntegerField(default=2)  # to each model, in no figure
    load = models.CharField(max_length=8, choices=Load, default=Load.CLOSED)
    peak_per_minute = models.PositiveIntegerField(null=True)  # to each model, when the load is open
    slo_ttft = models.FloatField(null=True)  # seconds within which the first token should come
    slo_total = models.FloatField(null=True)  # seconds within which the answer should be complete
    looks = models.BooleanField(default=False)  # compare at 25/50/75% too, and stop where that settles it
    migration_cost_nanos = models.BigIntegerField(null=True)  # one-off, for the payback; empty is unknown
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(margin__gt=0, margin__lt=1), name="margin_in_range"),
            models.CheckConstraint(condition=models.Q(repetitions__gte=1), name="at_least_one_repetition"),
            models.CheckConstraint(
                condition=models.Q(load="closed") | models.Q(peak_per_minute__gte=1),
                name="open_load_has_a_rate",
            ),
        ]

    def __str__(self) -> str:
        return self.name
