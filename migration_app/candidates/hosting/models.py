"""A plan to run an open model on own machines."""

from __future__ import annotations

from django.db import models

from migration_app.accounts.models import TeamOwned


class HostingPlan(TeamOwned):
    """What is run, on what, for which traffic, at which prices. `working.work_out` says what follows."""

    name = models.CharField(max_length=120)
    model = models.CharField(max_length=200)  # the id of a row in open_models.toml
    precision = models.CharField(max_length=10)  # a key of evaluation.hosting.memory.PRECISIONS
    cache_bits = models.PositiveSmallIntegerField(default=16)
    adapters = models.PositiveSmallIntegerField(default=0)
    adapter_rank = models.PositiveSmallIntegerField(default=16)
    context = models.PositiveIntegerField()  # tokens of a request, question and answer
    concurrency = models.PositiveSmallIntegerField()  # requests at a time on one replica
    gpu = models.CharField(max_length=20)  # a key of gpus.toml

    requests_per_month = models.PositiveBigIntegerField()
    peak = models.FloatField(default=3.0)  # the busiest moments' rate, as a multiple of the average
    input_tokens = models.PositiveIntegerField()  # of the mean request
    output_tokens = models.PositiveIntegerField()

    currency = models.CharField(max_length=3, default="USD")
    gpu_hour = models.DecimalField(max_digits=14, decimal_places=6, null=True)  # of one processor
    price_source = models.CharField(max_length=300, blank=True)
    price_as_of = models.DateField(null=True)
    utilisation = models.FloatField(default=0.7)  # how full a replica may be at the peak
    spare = models.PositiveSmallIntegerField(default=0)  # replicas beyond what the peak needs
    staff_hours = models.DecimalField(max_digits=8, decimal_places=2, default=0)  # a month
    staff_rate = models.DecimalField(max_digits=10, decimal_places=2, default=0)  # an hour of it
    other_monthly = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    # Requests a second that one replica bore within the limits, in a test under load; empty: estimated.
    measured_rate = models.FloatField(null=True)
    measured_low = models.FloatField(null=True)
    measured_high = models.FloatField(null=True)
    measured_source = models.CharField(max_length=300, blank=True)
    measured_on = models.DateField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(utilisation__gt=0, utilisation__lte=1), name="utilisation_is_a_share"
            ),
            models.CheckConstraint(condition=models.Q(peak__gte=1), name="peak_above_average"),
            models.CheckConstraint(
                condition=models.Q(measured_rate__isnull=True) | models.Q(measured_rate__gt=0),
                name="measured_rate_above_zero",
            ),
        ]

    def __str__(self) -> str:
        return self.name
