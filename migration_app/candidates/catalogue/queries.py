"""Named reads of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable

from .families import family_of
from .models import CAPABILITIES, OWN_SERVERS, CatalogueModel, CataloguePrice, Weights

# What a table may be sorted by; unknown prices and sizes come last, whichever way it is turned.
SORTS = {
    "name": ("name", "host_label"),
    "input": ("input_per_million", "name"),
    "output": ("output_per_million", "name"),
    "context": ("-context_window", "name"),
    "size": ("parameters", "name"),
}
_PLATFORMS = {  # our vendors, and the hosts of the price data that are the same
    "openai": ("openai",), "azure": ("azure", "openai"), "bedrock": ("aws",), "anthropic": ("anthropic",),
    "gemini": ("google",), "vertex": ("google",), "cohere": ("cohere",), "mistral": ("mistral",),
    "together": ("together",), "fireworks": ("fireworks",), "groq": ("groq",), "deepinfra": (),
    "azure_foundry": ("azure",), "bedrock_openai": ("aws",), "vertex_openai": ("google",),
    "vertex_anthropic": ("google",), "openrouter": ("openrouter",), "deepseek": ("deepseek",),
    "xai": ("x-ai",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks of the list; "" where they do not care."""

    words: str = ""
    host: str = ""
    weights: str = ""
    capability: str = ""
    context: int | None = None
    sort: str = "name"


def search(wish: Wish) -> QuerySet[CatalogueModel]:
    """The models that fit, sorted. Every word must be somewhere in its names."""
    rows = CatalogueModel.objects.filter(listed=True)
    for word in wish.words.lower().split()[:8]:
        rows = rows.filter(search_text__contains=word)
    if wish.host:
        rows = rows.filter(host=wish.host)
    if wish.weights in Weights.values:
        rows = rows.filter(weights=wish.weights)
    if wish.capability in CAPABILITIES:
        rows = rows.filter(capabilities__contains=wish.capability)
    if wish.context:
        rows = rows.filter(context_window__gte=wish.context)
    return rows.order_by(*_order(wish.sort)).defer("note", "architecture", "search_text")


def _order(sort: str) -> list[Combinable]:
    names = SORTS.get(sort, SORTS["name"])
    return [
        F(name.lstrip("-")).desc(nulls_last=True) if name.startswith("-") else F(name).asc(nulls_last=True)
        for name in names
    ]


def hosts() -> Sequence[tuple[str, str]]:
    """(name, label) of everybody who hosts a model, by label."""
    rows = CatalogueModel.objects.filter(listed=True).order_by("host_label")
    return list(rows.values_list("host", "host_label").distinct())


def hosts_per_family(families: Iterable[str]) -> dict[str, int]:
    """At how many hosts each of these models runs, one's own servers apart."""
    rows = CatalogueModel.objects.filter(listed=True, family__in=set(families)).exclude(host=OWN_SERVERS)
    return dict(rows.values_list("family").annotate(n=Count("host", distinct=True)))


def same_model(entry: CatalogueModel) -> QuerySet[CatalogueModel]:
    """The other places where this model runs, the cheapest output first."""
    rows = CatalogueModel.objects.filter(listed=True, family=entry.family).exclude(pk=entry.pk)
    return rows.order_by(F("output_per_million").asc(nulls_last=True), "host_label")


def listed_price(entry: CatalogueModel, day: date) -> CataloguePrice | None:
    """The price that the host asks on a day; None where none is known."""
    begun = entry.prices.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=day))
    return begun.order_by(F("effective_from").desc(nulls_last=True)).first()


def listed_for(vendor: str, model: str) -> Sequence[CatalogueModel]:
    """The entries that a team's model may be: of its vendor by the same name, else of the same family.

    At a vendor we have no list of, and on own servers, nothing is suggested.
    """
    names = _PLATFORMS.get(vendor, ())
    rows = CatalogueModel.objects.filter(listed=True, host__in=names, prices__isnull=False).distinct()
    exact = list(rows.filter(model__iexact=model))
    return exact or list(rows.filter(family=family_of(model)).order_by("model")[:5])


def licence_of(model: str) -> tuple[str, bool]:
    """The licence of the weights that the catalogue knows by this name, and whether they are closed.

    ("", False) where it does not know: a licence is never guessed.
    """
    rows = CatalogueModel.objects.filter(listed=True, family=family_of(model))
    open_entry = rows.exclude(licence="").first()
    if open_entry is not None:
        return open_entry.licence, False
    kinds = set(rows.values_list("weights", flat=True))
    return "", kinds == {Weights.CLOSED}
