"""What is asked of whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from migration_app.workloads.models import Sample

from .lanes import Lane, RunCandidate
from .runs import Run

MAX_TRIES = 3
SUSPECT = 2  # workers that died with an item in hand, after which it is asked alone


class ItemState(models.TextChoices):
    PENDING = "pending", gettext_lazy("Waiting")
    LEASED = "leased", gettext_lazy("Being asked")
    DONE = "done", gettext_lazy("Answered")
    FAILED = "failed", pgettext_lazy("state", "Failed")


class Item(models.Model):
    """One sample to ask of one candidate, once per repetition."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="items")
    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="items")
    run_candidate = models.ForeignKey(RunCandidate, on_delete=models.CASCADE, related_name="items")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="+")
    repetition = models.PositiveSmallIntegerField(default=0)
    order = models.PositiveIntegerField()  # shuffled, so that candidates interleave in time
    due = models.FloatField(null=True)  # of an open load: seconds after the schedule's beginning
    state = models.CharField(max_length=8, choices=ItemState, default=ItemState.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)  # calls made; the number of the last attempt
    refusals = models.PositiveSmallIntegerField(default=0)  # of them, those that do not count (retries.py)
    lost = models.PositiveSmallIntegerField(default=0)  # of the tries, those whose worker died
    reserve_nanos = models.BigIntegerField(default=0)  # the most that one call can cost
    lease_token = models.BigIntegerField(null=True)
    lease_expires = models.FloatField(null=True)
    not_before = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run_candidate", "sample", "repetition"], name="one_item_per_ask"
            ),
            models.CheckConstraint(
                condition=models.Q(state="leased", lease_token__isnull=False, lease_expires__isnull=False)
                | (~models.Q(state="leased") & models.Q(lease_token__isnull=True)),
                name="leased_items_have_a_lease",
            ),
        ]
        indexes = [
            models.Index(fields=["lane", "state", "order"], name="item_claim"),
            models.Index(
                fields=["lane", "state", "due"], condition=models.Q(due__isnull=False), name="item_due"
            ),
            models.Index(
                fields=["lease_expires"], condition=models.Q(state="leased"), name="item_expired_leases"
            ),
            models.Index(fields=["run", "state"], name="item_run_state"),
            models.Index(
                fields=["lane", "state", "order"], condition=models.Q(lost__gte=SUSPECT), name="item_suspects"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class OwnRequest(models.Model):
    """What an item asks instead of its sample: {"messages", "max_output_tokens"} of a judge's question."""

    item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True, related_name="own_request")
    request = models.JSONField()

    def __str__(self) -> str:
        return f"request of {self.item}"
