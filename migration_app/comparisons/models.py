"""The comparison of a run's candidates with its baseline, stored once."""

from __future__ import annotations

from django.db import models

from migration_app.runs.models import Run, RunCandidate
from migration_app.workloads.models import Sample


class Comparison(models.Model):
    """Everything that was computed from a run. Pages and reports read it and compute nothing."""

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="comparison")
    created_at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField()

    def __str__(self) -> str:
        return f"comparison of {self.run}"


class Projection(models.Model):
    """A run's answers as columns of numbers; `projection.py` says what is in `data` and when it is made."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="projections")
    run_candidate = models.OneToOneField(  # null: what the run's candidates share, its samples
        RunCandidate, on_delete=models.CASCADE, null=True, related_name="projection"
    )
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=models.Q(run_candidate__isnull=True),
                name="one_projection_of_samples",
            )
        ]

    def __str__(self) -> str:
        return f"columns of {self.run_candidate or self.run}"


class Verdict(models.Model):
    """The verdict on one candidate, for lists and filters; the evidence is in `Comparison.data`."""

    comparison = models.ForeignKey(Comparison, on_delete=models.CASCADE, related_name="verdicts")
    run_candidate = models.OneToOneField(RunCandidate, on_delete=models.CASCADE, related_name="verdict")
    kind = models.CharField(max_length=24)
    p_adjusted = models.FloatField(null=True)

    def __str__(self) -> str:
        return f"{self.run_candidate}: {self.kind}"


class Look(models.Model):
    """A planned look at a running run: the first `samples` of its plan, compared once they are all in.

    Taken once, by whoever claims it. `settled`: every candidate was decided; `stopped`: the run
    ended there.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="looks")
    number = models.PositiveSmallIntegerField()
    share = models.FloatField()  # of the planned samples
    samples = models.PositiveIntegerField()
    last_order = models.PositiveIntegerField()  # its items come no later in the plan than this
    claimed_until = models.FloatField(default=0)  # database's clock
    taken_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=False)
    stopped = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_look_per_number")]

    def __str__(self) -> str:
        return f"look {self.number} at {self.run}"


class SampleTitle(models.Model):
    """A sample's question in short, once for a run: what lists show of it and searches look in."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=240)
    folded = models.CharField(max_length=460)  # name and title without case, for searches

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "sample"], name="one_title_per_sample")]
        # A search reads every title of a run: from the index alone, half as long.
        indexes = [models.Index(fields=["run", "sample", "folded"], name="title_searched")]

    def __str__(self) -> str:
        return self.title


class SampleChange(models.Model):
    """One sample of one candidate beside the baseline: what the samples' list filters and sorts by.

    Scores are means over repetitions; null is unscored. `failure` is the kind of the candidate's own
    failure, where an answer failed.
    """

    run_candidate = models.ForeignKey(RunCandidate, on_delete=models.CASCADE, related_name="changes")
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=200, blank=True)
    baseline_score = models.FloatField(null=True)
    candidate_score = models.FloatField(null=True)
    difference = models.FloatField(null=True)
    failure = models.CharField(max_length=24, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_candidate", "sample"], name="one_change_per_sample")
        ]
        indexes = [
            models.Index(fields=["run_candidate", "difference", "sample"], name="change_by_size"),
            models.Index(fields=["run_candidate", "candidate_score", "sample"], name="change_by_score"),
        ]

    def __str__(self) -> str:
        return f"{self.run_candidate} on sample {self.sample_id}: {self.difference}"
