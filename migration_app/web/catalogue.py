"""The catalogue: every model we know, at every host, with its listed price."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from migration_app.candidates.catalogue import queries
from migration_app.candidates.catalogue.models import CAPABILITIES, CatalogueModel, Weights
from migration_app.candidates.catalogue.queries import SORTS, Wish

from .access import team_of
from .asked import plain_text, whole_number
from .navigation import market_tabs

PER_PAGE = 25  # a phone shows each as a card
CONTEXTS = (8_192, 32_768, 131_072, 200_000, 1_000_000)


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Search, filters, order and page are all in the address."""
    team_of(request)  # the list is the same for every team, and for nobody outside of one
    wish = _wish(request)
    page = Paginator(queries.search(wish), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": market_tabs("catalogue"),
        "wish": wish,
        "page": page,
        "rows": _rows(page),
        "is_empty": not page.paginator.count and not CatalogueModel.objects.exists(),
        "hosts": queries.hosts(),
        "weights": Weights.choices,
        "capabilities": CAPABILITIES.items(),
        "contexts": CONTEXTS,
        "sorts": _sorts(),
    }
    return render(request, "catalogue/list.html", context)


@require_safe
def catalogue_model(request: HttpRequest, pk: int) -> HttpResponse:
    """One model at one host: facts, its listed prices over time, where else it runs."""
    team_of(request)
    entry = get_object_or_404(CatalogueModel, pk=pk)
    today = timezone.localdate()
    price = queries.listed_price(entry, today)
    context = {
        "entry": entry,
        "price": price,
        "history": [{"price": each, "current": each == price} for each in entry.prices.all()],
        "elsewhere": queries.same_model(entry)[:40],
        "retired": entry.retires_on is not None and entry.retires_on <= today,
        "size": _billions(entry.parameters),
        "active": _billions(entry.active_parameters),
    }
    return render(request, "catalogue/model.html", context)


def _billions(parameters: int | None) -> str:
    """Three significant digits, in the reader's language."""
    return "" if parameters is None else number_format(f"{parameters / 1e9:.3g}")


def _wish(request: HttpRequest) -> Wish:
    asked = {
        name: plain_text(request.GET.get(name, ""))[:120] for name in ("q", "host", "weights", "can", "sort")
    }
    return Wish(
        words=asked["q"],
        host=asked["host"],
        weights=asked["weights"],
        capability=asked["can"],
        context=whole_number(request.GET.get("context", "")[:12]),
        sort=asked["sort"] if asked["sort"] in SORTS else "name",
    )


def _rows(page: Page[CatalogueModel]) -> list[dict[str, Any]]:
    hosts = queries.hosts_per_family(entry.family for entry in page)
    today = timezone.localdate()
    return [
        {
            "entry": entry,
            "hosts": hosts.get(entry.family, 0),
            "retired": entry.retires_on is not None and entry.retires_on <= today,
        }
        for entry in page
    ]


def _sorts() -> list[tuple[str, str]]:
    return [
        ("name", _("Name")),
        ("input", _("Input price, lowest first")),
        ("output", _("Output price, lowest first")),
        ("context", _("Context, longest first")),
        ("size", _("Size, smallest first")),
    ]


urlpatterns = [
    path("catalogue/", catalogue, name="catalogue"),
    path("catalogue/<int:pk>/", catalogue_model, name="catalogue-model"),
]
