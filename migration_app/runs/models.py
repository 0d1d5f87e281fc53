"""Runs: a question, its plan, and every call that was made to answer it.

Money is kept as whole nanos (10⁻⁹ of the run's currency), so that sums in the database are
exact on every engine. Lease times are seconds since the epoch on the *database's* clock.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from migration_app.accounts.models import Team, TeamOwned
from migration_app.candidates.models import Candidate, Connection
from migration_app.workloads.models import Sample, Workload

MAX_TRIES = 3
SUSPECT = 2  # workers that died with an item in hand, after which it is asked alone


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


class TeamLedger(models.Model):
    """What a team spends in one currency in a month, over all its runs, and how much it may."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="ledgers")
    currency = models.CharField(max_length=3)
    cap_nanos = models.BigIntegerField(null=True)  # a month; empty means none
    month = models.PositiveIntegerField(default=0)  # 202611; in UTC
    spent_nanos = models.BigIntegerField(default=0)  # in that month
    reserved_nanos = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "currency"], name="one_ledger_per_currency"),
            models.CheckConstraint(
                condition=models.Q(reserved_nanos__gte=0), name="team_reserved_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} in {self.currency}"


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
    first_call_at = models.DateTimeField(null=True)
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
