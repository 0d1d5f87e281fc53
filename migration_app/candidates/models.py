"""Candidates: models that could serve the workload, and the connections that reach them."""

from __future__ import annotations

from django.db import models

from migration_app.accounts.models import TeamOwned, User

from .secrets import EncryptedTextField


class Connection(TeamOwned):
    """A vendor's endpoint, with its secrets. They can be replaced, never read back."""

    name = models.CharField(max_length=120)
    vendor = models.CharField(max_length=40)  # a key of providers.vendors.VENDORS
    base_url = models.CharField(max_length=500)
    api_key = EncryptedTextField(blank=True, default="")
    key_hint = models.CharField(max_length=4, blank=True)  # the last 4 characters
    # How a call proves who sends it: one of the vendor's `auth`; empty for its usual one.
    auth = models.CharField(max_length=20, blank=True)
    # What some vendors' addresses are made of.
    region = models.CharField(max_length=60, blank=True)
    project = models.CharField(max_length=120, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    # Who signs in, where a sign-in service gives tokens; `token_url` only where it is not the usual one.
    tenant_id = models.CharField(max_length=120, blank=True)
    client_id = models.CharField(max_length=200, blank=True)
    token_url = models.CharField(max_length=500, blank=True)
    # {name: secret} as encrypted JSON, where one key is not enough; the last 4 characters of each.
    credentials = EncryptedTextField(blank=True, default="")
    credential_hints = models.JSONField(default=dict)
    # Further authorities to trust, as PEM: for servers with a certificate of the company's own.
    ca_bundle = models.TextField(blank=True)
    max_concurrency = models.PositiveSmallIntegerField(default=8)
    # What the vendor allows this key; empty means that no limit is known, and none is kept.
    requests_per_minute = models.PositiveIntegerField(null=True)
    tokens_per_minute = models.PositiveIntegerField(null=True)
    # Connections that share a machine are replayed one call at a time, in turn, so that
    # they do not slow each other down.
    machine = models.CharField(max_length=120, blank=True)
    # [{"name", "label", "passed": true|false|null, "detail"}] of the last test, and when; and since
    # when one is under way.
    checks = models.JSONField(default=list)
    testing_since = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="one_connection_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def lane(self) -> str:
        """What must not run side by side shares a lane."""
        return f"machine:{self.machine}" if self.machine else f"connection:{self.pk}"

    @property
    def works(self) -> bool | None:
        """Whether the last test passed; `None` when there was none."""
        if not self.checks:
            return None
        return all(check["passed"] is not False for check in self.checks)


class Candidate(TeamOwned):
    """A model behind a connection."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="candidates")
    label = models.CharField(max_length=120)
    model = models.CharField(max_length=200)  # the name that the vendor knows it by
    is_incumbent = models.BooleanField(default=False)  # serves the workload today
    notes = models.CharField(max_length=500, blank=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-is_incumbent", "label"]
        constraints = [models.UniqueConstraint(fields=["team", "label"], name="one_candidate_per_label")]

    def __str__(self) -> str:
        return self.label


class PriceKind(models.TextChoices):
    TOKENS = "tokens", "Per token"
    MACHINE_TIME = "machine_time", "Per hour of machine time"


class PriceQuote(models.Model):
    """What a candidate costs, from when, and who says so. The newest one counts."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="prices")
    kind = models.CharField(max_length=14, choices=PriceKind)
    currency = models.CharField(max_length=3, default="USD")
    # Per 1,000,000 tokens; empty means unknown, never free.
    input_per_million = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    cached_input_per_million = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    cache_write_per_million = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    output_per_million = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    per_request = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    per_hour = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    source = models.CharField(max_length=300)
    as_of = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-as_of", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="machine_time") | models.Q(per_hour__isnull=False),
                name="machine_time_has_a_rate",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} price of {self.candidate} as of {self.as_of}"
