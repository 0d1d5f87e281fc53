"""Candidates: models that could serve the workload, and the connections that reach them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from migration_app.accounts.models import TeamOwned, User
from migration_app.providers.checks import NEEDED
from migration_app.providers.vendors import vendor_named

from .secrets import EncryptedTextField
from .ways import API_KEY, Way, way_in

# Longer than a test can take: nobody works on it any more.
TEST_TAKES_AT_MOST = timedelta(minutes=3)


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
    # Mark what requests have in common for the vendor's cache, where it waits for such a mark.
    prompt_caching = models.BooleanField(default=False)
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
    def way(self) -> Way:
        """What its way in asks for."""
        return way_in(vendor_named(self.vendor), self.auth)

    @property
    def secret_names(self) -> list[str]:
        """Which secrets it holds, without looking into them."""
        return [*([API_KEY] if self.api_key else []), *self.credential_hints]

    @property
    def is_being_tested(self) -> bool:
        """Whether a test is under way; one that came to no end is no longer waited for."""
        since = self.testing_since
        return since is not None and timezone.now() - since < TEST_TAKES_AT_MOST

    @property
    def works(self) -> bool | None:
        """Whether the last test found all that a run needs; `None` when there was none."""
        if not self.checks:
            return None
        return not self.failed_checks

    @property
    def is_partly_tested(self) -> bool:
        """Whether the last test could not tell all that a run needs, as without a model to ask."""
        return any(check["passed"] is None and check["name"] in NEEDED for check in self.checks)

    @property
    def failed_checks(self) -> list[dict[str, Any]]:
        """What the last test found broken. What a vendor merely lacks is no failure."""
        return [check for check in self.checks if check["passed"] is False and check["name"] in NEEDED]


class Candidate(TeamOwned):
    """A model behind a connection."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="candidates")
    label = models.CharField(max_length=120)
    model = models.CharField(max_length=200)  # the name that the vendor knows it by
    is_incumbent = models.BooleanField(default=False)  # serves the workload today
    notes = models.CharField(max_length=500, blank=True)
    licence_kind = models.CharField(max_length=12, blank=True)  # of terms.LICENCES; empty: as catalogued
    archived_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-is_incumbent", "label"]
        constraints = [models.UniqueConstraint(fields=["team", "label"], name="one_candidate_per_label")]

    def __str__(self) -> str:
        return self.label


class PriceKind(models.TextChoices):
    TOKENS = "tokens", _("Per token")
    MACHINE_TIME = "machine_time", _("Per hour of machine time")
    PLAN = "plan", _("By a plan for own servers")


class PriceOrigin(models.TextChoices):
    LIST = "list", _("Public price list")
    CONTRACT = "contract", _("Our own contract")
    PLAN = "plan", _("Our own servers")


def _amount() -> models.DecimalField[Decimal | None, Decimal | None]:
    """An amount of money; empty means unknown, never free."""
    return models.DecimalField(max_digits=14, decimal_places=6, null=True)


# No vendor asks a tenth of it; a slip of the keyboard is found before it fills a ledger.
MOST_PER_MILLION = Decimal(1_000_000)
MOST_PER_CALL = Decimal(10_000)
MOST_PER_HOUR = Decimal(1_000_000)
# Each amount of a quote, and the most it may be.
AMOUNTS = {
    "input_per_million": MOST_PER_MILLION,
    "cached_input_per_million": MOST_PER_MILLION,
    "cache_write_per_million": MOST_PER_MILLION,
    "cache_write_1h_per_million": MOST_PER_MILLION,
    "image_input_per_million": MOST_PER_MILLION,
    "output_per_million": MOST_PER_MILLION,
    "reasoning_per_million": MOST_PER_MILLION,
    "per_image": MOST_PER_CALL,
    "per_request": MOST_PER_CALL,
    "per_hour": MOST_PER_HOUR,
}


def _in_bounds() -> models.Q:
    bounds = models.Q()
    for name, most in AMOUNTS.items():
        bounds &= models.Q(**{f"{name}__isnull": True}) | models.Q(
            **{f"{name}__gte": 0, f"{name}__lte": most}
        )
    return bounds


class PriceQuote(models.Model):
    """What a candidate costs, from when, and who says so. `queries.ruling` says which one counts."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="prices")
    kind = models.CharField(max_length=14, choices=PriceKind)
    origin = models.CharField(max_length=10, choices=PriceOrigin, default=PriceOrigin.LIST)
    currency = models.CharField(max_length=3, default="USD")
    # Per 1,000,000 tokens.
    input_per_million = _amount()
    cached_input_per_million = _amount()
    cache_write_per_million = _amount()
    cache_write_1h_per_million = _amount()
    image_input_per_million = _amount()
    output_per_million = _amount()
    reasoning_per_million = _amount()
    per_image = _amount()
    per_request = _amount()
    per_hour = _amount()
    # What the token prices are multiplied by in the vendor's batch queue: 0.5 for half price.
    batch_share = models.DecimalField(max_digits=6, decimal_places=5, null=True)
    # [{"above": tokens, "whole_call": bool, "input_per_million": "1.25", …}], lowest first.
    tiers = models.JSONField(default=list)
    source = models.CharField(max_length=300)
    as_of = models.DateField()
    valid_until = models.DateField(null=True)  # the last day of a contract's price
    # A price made of a plan: which one, and what it said then (hosting.working.frozen).
    hosting_plan = models.ForeignKey("HostingPlan", on_delete=models.SET_NULL, null=True, related_name="+")
    plan = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-as_of", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="machine_time") | models.Q(per_hour__isnull=False),
                name="machine_time_has_a_rate",
            ),
            models.CheckConstraint(condition=_in_bounds(), name="prices_in_bounds"),
            models.CheckConstraint(
                condition=~models.Q(kind="plan") | models.Q(plan__isnull=False, per_request__isnull=False),
                name="a_plan_has_a_price",
            ),
            models.CheckConstraint(
                condition=models.Q(batch_share__isnull=True)
                | models.Q(batch_share__gt=0, batch_share__lte=1),
                name="batch_share_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} price of {self.candidate} as of {self.as_of}"


# Django finds an app's models here.
from .catalogue.models import CatalogueModel, CataloguePrice, CatalogueSeed  # noqa: E402, F401
from .exchange.models import ExchangeRate  # noqa: E402, F401
from .hosting.models import HostingPlan  # noqa: E402, F401
from .terms.models import DataTerms, TeamPolicy  # noqa: E402, F401
