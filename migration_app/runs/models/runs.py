"""One replay of a question, and what was asked on top of its plan."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from migration_app.accounts.models import TeamOwned

from .assessments import Assessment
from .ledgers import TeamLedger


class RunState(models.TextChoices):
    RUNNING = "running", gettext_lazy("Running")
    PAUSED = "paused", gettext_lazy("Paused")
    BUDGET_REACHED = "budget_reached", gettext_lazy("Budget reached")
    SCORING = "scoring", gettext_lazy("Scoring answers")
    JUDGING = "judging", gettext_lazy("Judges at work")
    COMPARING = "comparing", gettext_lazy("Comparing")
    REPORTING = "reporting", gettext_lazy("Writing the report")
    FINISHED = "finished", gettext_lazy("Finished")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    FAILED = "failed", pgettext_lazy("state", "Failed")


# The stages after the replay, in order; each is claimed by a conditional update.
STAGES = (RunState.SCORING, RunState.JUDGING, RunState.COMPARING, RunState.REPORTING)
WAITING = (RunState.PAUSED, RunState.BUDGET_REACHED)
ENDED = (RunState.FINISHED, RunState.CANCELLED, RunState.FAILED)


class Run(TeamOwned):
    """One replay of an assessment; or, with a parent, what judges are asked about that run's answers.

    A run of judges is planned, paced, capped and repaired like any other. Its candidates are the
    judges, its items bring requests of their own, its number is 0.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="runs")
    parent = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="judging")
    number = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=16, choices=RunState, default=RunState.RUNNING)
    ledger = models.ForeignKey(TeamLedger, on_delete=models.PROTECT, null=True, related_name="runs")
    state_note = models.CharField(max_length=500, blank=True)  # why it waits or failed, as a sentence
    currency = models.CharField(max_length=3, default="USD")
    cap_nanos = models.BigIntegerField(null=True)
    spent_nanos = models.BigIntegerField(default=0)
    reserved_nanos = models.BigIntegerField(default=0)
    items_total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    replayed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    edition = models.PositiveSmallIntegerField(default=1)  # of its report; asking more makes a new one
    reopened_at = models.DateTimeField(null=True)  # when this edition's replay began, if it is not the first
    stage_expires = models.FloatField(default=0)  # lease of the stage that works on it now
    environment = models.JSONField(default=dict)  # versions, machine, notes for the method page
    # Who sent requests against a rule on data or licences, and why: [conflicts.acceptance()]
    accepted = models.JSONField(default=list)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"], condition=models.Q(parent=None), name="one_run_per_number"
            ),
            # Double-clicking start makes one run.
            models.UniqueConstraint(
                fields=["assessment"],
                condition=~models.Q(state__in=["finished", "cancelled", "failed"]) & models.Q(parent=None),
                name="one_open_run_per_assessment",
            ),
            models.CheckConstraint(condition=models.Q(reserved_nanos__gte=0), name="reserved_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment} #{self.number}"

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED


class ExtensionKind(models.TextChoices):
    FAILURES = "failures", gettext_lazy("What failed")
    SAMPLES = "samples", gettext_lazy("More samples")
    CANDIDATE = "candidate", gettext_lazy("One more model")
    REVIEWS = "reviews", gettext_lazy("Reviews by people")


class Extension(models.Model):
    """What was asked on top of a run's plan, and whether a report had been seen before."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="extensions")
    kind = models.CharField(max_length=10, choices=ExtensionKind)
    requests = models.PositiveIntegerField()  # how many items were added or sent back
    subject = models.CharField(max_length=120, blank=True)  # the model that was added
    edition = models.PositiveSmallIntegerField()  # of the report that will show it
    after_report = models.BooleanField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.run}"
