"""A model at one host, and its listed prices. The same for every team; seeded, never typed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

OWN_SERVERS = "own-servers"  # the host of weights that anybody may run


class Weights(models.TextChoices):
    OPEN = "open", _("Open weights")
    CLOSED = "closed", _("Closed")
    UNKNOWN = "unknown", _("Unknown")


CAPABILITIES = {
    "tools": _("Calls tools"),
    "vision": _("Reads images"),
    "json_schema": _("Keeps to a JSON schema"),
    "reasoning": _("Reasons first"),
}


class CatalogueModel(models.Model):
    """One model at one host. Empty and null are unknown."""

    host = models.CharField(max_length=60)
    host_label = models.CharField(max_length=120)
    model = models.CharField(max_length=200)  # the name that the host knows it by
    name = models.CharField(max_length=200)
    maker = models.CharField(max_length=80, blank=True)
    family = models.CharField(max_length=200)  # the same at every host of one model
    context_window = models.PositiveIntegerField(null=True)
    output_limit = models.PositiveIntegerField(null=True)
    capabilities = models.CharField(max_length=80, blank=True)  # of CAPABILITIES, with a space between
    licence = models.CharField(max_length=80, blank=True)
    weights = models.CharField(max_length=8, choices=Weights, default=Weights.UNKNOWN)
    parameters = models.BigIntegerField(null=True)
    active_parameters = models.BigIntegerField(null=True)
    # {"layers", "hidden", "kv_heads", "head_dim", …}: what open_models.toml says of its attention.
    architecture = models.JSONField(null=True)
    deprecated = models.BooleanField(default=False)
    retires_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=200)
    source_url = models.CharField(max_length=300, blank=True)
    as_of = models.DateField()
    # The present price's ends, for sorting; the whole of it is in CataloguePrice.
    input_per_million = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    output_per_million = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    search_text = models.CharField(max_length=700)  # lower case
    listed = models.BooleanField(default=True)  # still in what it was seeded from

    class Meta:
        ordering = ["name", "host"]
        constraints = [models.UniqueConstraint(fields=["host", "model"], name="one_entry_per_host")]
        indexes = [
            models.Index(fields=["listed", "name", "host"], name="catalogue_by_name"),
            models.Index(fields=["listed", "input_per_million"], name="catalogue_by_input"),
            models.Index(fields=["listed", "output_per_million"], name="catalogue_by_output"),
            models.Index(fields=["family"], name="catalogue_family"),
        ]

    def __str__(self) -> str:
        return f"{self.name} at {self.host_label}"

    @property
    def on_own_servers(self) -> bool:
        return self.host == OWN_SERVERS

    @property
    def can(self) -> list[str]:
        """What it can do, in words; empty where nobody says."""
        return [str(CAPABILITIES[name]) for name in self.capabilities.split() if name in CAPABILITIES]


class CataloguePrice(models.Model):
    """A listed price and the day from which the host asks it; null is since always."""

    model = models.ForeignKey(CatalogueModel, on_delete=models.CASCADE, related_name="prices")
    effective_from = models.DateField(null=True)
    terms = models.JSONField()  # as candidates.prices.freeze() keeps a token price
    source = models.CharField(max_length=200)
    source_url = models.CharField(max_length=300, blank=True)
    as_of = models.DateField()

    class Meta:
        ordering = [models.F("effective_from").desc(nulls_last=True)]
        constraints = [
            models.UniqueConstraint(fields=["model", "effective_from"], name="one_price_per_day"),
            models.UniqueConstraint(
                fields=["model"],
                condition=models.Q(effective_from__isnull=True),
                name="one_price_since_always",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} from {self.effective_from or 'the beginning'}"


class CatalogueSeed(models.Model):
    """One row: what the catalogue was last written from, so that a launch can pass over it."""

    digest = models.CharField(max_length=64)
    seeded_on = models.DateField()

    def __str__(self) -> str:
        return f"seeded on {self.seeded_on}"
