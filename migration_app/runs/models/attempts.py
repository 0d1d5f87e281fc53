"""The calls that were made: those that count, and those that only woke a model up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from .items import Item
from .lanes import RunCandidate


class AttemptState(models.TextChoices):
    IN_FLIGHT = "in_flight", gettext_lazy("In flight")
    COMPLETED = "completed", gettext_lazy("Completed")
    FAILED = "failed", pgettext_lazy("state", "Failed")
    UNKNOWN = "unknown", gettext_lazy("Unknown")


class Attempt(models.Model):
    """One HTTP call. The client's own retries are off: a retry is an attempt of its own."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.IN_FLIGHT)
    reserved_nanos = models.BigIntegerField(default=0)
    cost_nanos = models.BigIntegerField(null=True)  # what the ledger was charged; null: unknown price
    # For the figures, where no vendor counted the tokens.
    estimated_cost_nanos = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)

    # The answer.
    text = models.TextField(blank=True, default="")
    reasoning = models.TextField(blank=True, default="")
    tool_calls = models.JSONField(default=list)
    refusal = models.TextField(blank=True, default="")
    finish_reason = models.CharField(max_length=40, blank=True, default="")
    served_model = models.CharField(max_length=200, blank=True, default="")
    request_id = models.CharField(max_length=200, blank=True, default="")

    # The failure.
    failure = models.CharField(max_length=24, blank=True, default="")
    message = models.CharField(max_length=1000, blank=True, default="")
    status = models.PositiveSmallIntegerField(null=True)

    # Seconds, measured at the socket.
    first_byte = models.FloatField(null=True)
    first_reasoning = models.FloatField(null=True)  # its thinking's first token, before the answer's
    ttft = models.FloatField(null=True)
    total = models.FloatField(null=True)
    token_gaps = models.JSONField(null=True)
    lateness = models.FloatField(null=True)  # of an open load: from the moment it was due to the sending

    # Tokens as the vendor counted them, or as we did where `usage_estimated`; null is unknown.
    input_tokens = models.PositiveIntegerField(null=True)
    cached_input_tokens = models.PositiveIntegerField(null=True)
    cache_write_tokens = models.PositiveIntegerField(null=True)
    output_tokens = models.PositiveIntegerField(null=True)
    reasoning_tokens = models.PositiveIntegerField(null=True)
    cache_write_1h_tokens = models.PositiveIntegerField(null=True)  # part of the cache writes
    image_input_tokens = models.PositiveIntegerField(null=True)  # part of the input
    images = models.PositiveIntegerField(null=True)  # pictures sent
    usage_estimated = models.BooleanField(default=False)
    usage_raw = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="one_attempt_per_try")]

    def __str__(self) -> str:
        return f"try {self.number} of {self.item}"


class WarmUpState(models.TextChoices):
    PENDING = "pending", gettext_lazy("Waiting")
    IN_FLIGHT = "in_flight", gettext_lazy("In flight")
    COMPLETED = "completed", gettext_lazy("Answered")
    FAILED = "failed", pgettext_lazy("state", "Failed")
    UNKNOWN = "unknown", gettext_lazy("Unknown")
    SKIPPED = "skipped", gettext_lazy("Not affordable")


class WarmUp(models.Model):
    """One call that wakes a model up before it is measured: paid for, and in no figure."""

    run_candidate = models.ForeignKey(RunCandidate, on_delete=models.CASCADE, related_name="warm_ups")
    edition = models.PositiveSmallIntegerField(default=1)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=WarmUpState, default=WarmUpState.PENDING)
    seat_token = models.BigIntegerField(null=True)  # of the feed that makes the call; lost with the seat
    reserved_nanos = models.BigIntegerField(default=0)
    cost_nanos = models.BigIntegerField(null=True)  # null: not made, or unknown price
    total = models.FloatField(null=True)  # seconds
    message = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ["run_candidate", "edition", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["run_candidate", "edition", "number"], name="one_warm_up_per_number"
            )
        ]

    def __str__(self) -> str:
        return f"warm-up {self.number} of {self.run_candidate}"
