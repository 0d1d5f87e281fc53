"""Who takes part in a run, and through which lanes and seats its requests go out."""

from __future__ import annotations

from django.db import models

from migration_app.candidates.models import Candidate, Connection

from .runs import Run


class RunCandidate(models.Model):
    """A candidate as it was when the run started, with its running counts."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="candidates")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()  # 0 is the baseline; fixes colour and shape
    is_baseline = models.BooleanField(default=False)
    label = models.CharField(max_length=120)
    vendor_label = models.CharField(max_length=120)
    model = models.CharField(max_length=200)
    price = models.JSONField(null=True)  # candidates.prices.freeze(); null is unknown
    terms = models.JSONField(default=dict)  # candidates.terms.queries.facts_of()
    lane = models.ForeignKey("Lane", on_delete=models.CASCADE, related_name="run_candidates")
    items_total = models.PositiveIntegerField(default=0)
    items_done = models.PositiveIntegerField(default=0)
    items_failed = models.PositiveIntegerField(default=0)
    ended_before = models.PositiveIntegerField(default=0)  # items that had ended when the edition began
    edition = models.PositiveSmallIntegerField(default=1)  # the one it joined in
    retries = models.PositiveIntegerField(default=0)
    spent_nanos = models.BigIntegerField(default=0)
    unpriced_calls = models.PositiveIntegerField(default=0)
    late_calls = models.PositiveIntegerField(default=0)  # of an open load, sent noticeably after due
    uncounted_calls = models.PositiveIntegerField(default=0)  # answers whose vendor counted no tokens
    parked_reason = models.CharField(max_length=500, blank=True)  # not called until a person acts
    waiting_until = models.FloatField(default=0)  # not asked before: database's clock
    waiting_reason = models.CharField(max_length=16, blank=True)  # one of those in retries.py
    is_out = models.BooleanField(default=False)  # its connection is out: asked by one probe at a time
    unanswered_since = models.FloatField(default=0)  # only turned away since; 0: it answered last
    last_settle_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_candidate_per_position"),
            models.UniqueConstraint(fields=["run", "candidate"], name="one_entry_per_candidate"),
            models.UniqueConstraint(
                fields=["run"], condition=models.Q(is_baseline=True), name="one_baseline_per_run"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def items_ended(self) -> int:
        return self.items_done + self.items_failed


class Lane(models.Model):
    """Candidates of a run that share a connection or a machine, and how many calls at a time."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="lanes")
    key = models.CharField(max_length=160)
    concurrency = models.PositiveSmallIntegerField()
    # Of an open load, on the database's clock: where its schedule begins, and when a feed last kept it.
    schedule_zero = models.FloatField(null=True)
    schedule_seen = models.FloatField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="one_lane_per_key")]

    def __str__(self) -> str:
        return self.key


class Feed(models.Model):
    """One seat at a lane. The worker that holds its token replays; nobody else may."""

    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="feeds")
    slots = models.PositiveSmallIntegerField()
    allowed = models.PositiveSmallIntegerField(null=True)  # calls at a time that the vendor bore last
    token = models.BigIntegerField(default=0)
    expires = models.FloatField(default=0)
    hinted = models.FloatField(default=0)  # when a message was last sent for it; 0 once it is taken

    def __str__(self) -> str:
        return f"feed {self.pk} of {self.lane}"
