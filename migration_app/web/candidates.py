"""Candidates: the models behind a connection, and what they cost."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from migration_app.candidates import actions, queries
from migration_app.candidates.catalogue import queries as catalogue
from migration_app.candidates.models import Candidate, CatalogueModel, CataloguePrice, Connection

from .access import team_object_or_404, team_of, user_of, writer_required, writers_only
from .asked import whole_number
from .candidate_forms import CandidateForm
from .connections import describe
from .price_forms import PriceForm
from .refusals import refusals_on


@writers_only
def candidate_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a model, typed or chosen from what the vendor listed when the connection was tested."""
    connection = team_object_or_404(request, Connection.objects.filter(archived_at=None), pk)
    initial = {"model": request.GET.get("model", "")[:200]}
    form = CandidateForm(connection.vendor, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            candidate = actions.add_candidate(
                team=team_of(request), user=user_of(request), connection=connection, **form.cleaned_data
            )
            messages.success(
                request,
                _("{label} is added. Its price is unknown until you add one.").format(label=candidate.label),
            )
            return redirect("candidate", candidate.pk)
    context = {**describe(connection), "form": form, "listed": queries.listed_models(connection)}
    return render(request, "candidates/new.html", context)


@writer_required
def candidate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A model, its price and its price history; a POST adds a price."""
    found = team_object_or_404(request, _in_use(), pk)
    form = PriceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.add_price(candidate=found, user=user_of(request), **form.quote())
            messages.success(request, _("The price is added. Runs that have started keep the one they had."))
            return redirect("candidate", pk)
    context = {
        **describe(found.connection),
        "candidate": found,
        "form": form,
        "price": queries.current_price(found),
        "history": queries.price_history(found),
        "listed_prices": _listed_prices(found),
    }
    return render(request, "candidates/detail.html", context)


@require_POST
@writer_required
def candidate_listed_price(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the public price of a catalogue entry that this model may be."""
    found = team_object_or_404(request, _in_use(), pk)
    wanted = whole_number(request.POST.get("entry", ""))
    price = next((price for entry, price in _listed_prices(found) if entry.pk == wanted), None)
    if price is None:
        raise Http404(_("The catalogue has no such price for this model."))
    try:
        actions.adopt_listed_price(candidate=found, user=user_of(request), listed=price)
    except actions.InvalidCandidateError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("The listed price is added. Runs that have started keep the one they had.")
        )
    return redirect("candidate", pk)


def _listed_prices(found: Candidate) -> list[tuple[CatalogueModel, CataloguePrice]]:
    """What the catalogue says of this model at its vendor today."""
    today = timezone.localdate()
    entries = catalogue.listed_for(found.connection.vendor, found.model)
    pairs = [(entry, catalogue.listed_price(entry, today)) for entry in entries]
    return [(entry, price) for entry, price in pairs if price is not None]


@writers_only
def candidate_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    initial = {name: getattr(found, name) for name in CandidateForm.base_fields}
    form = CandidateForm(found.connection.vendor, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_candidate(candidate=found, user=user_of(request), **form.cleaned_data)
            messages.success(
                request,
                _("{label} is changed. Runs that have started keep what they had.").format(label=found.label),
            )
            return redirect("candidate", pk)
    context = {
        **describe(found.connection),
        "candidate": found,
        "form": form,
        "listed": queries.listed_models(found.connection),
    }
    return render(request, "candidates/edit.html", context)


@require_POST
@writer_required
def candidate_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, _in_use(), pk)
    label, connection = found.label, found.connection_id
    actions.archive_candidate(candidate=found, user=user_of(request))
    messages.success(
        request, _("{label} is archived. Finished results stay as they are.").format(label=label)
    )
    return redirect("connection", connection)


def _in_use() -> Any:
    return Candidate.objects.filter(archived_at=None).select_related("connection")


urlpatterns = [
    path("connections/<uuid:pk>/models/new/", candidate_new, name="candidate-new"),
    path("models/<uuid:pk>/", candidate, name="candidate"),
    path("models/<uuid:pk>/edit/", candidate_edit, name="candidate-edit"),
    path("models/<uuid:pk>/listed-price/", candidate_listed_price, name="candidate-listed-price"),
    path("models/<uuid:pk>/archive/", candidate_archive, name="candidate-archive"),
]
