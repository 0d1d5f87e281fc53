"""Exchange rates, on the page of the team's prices: written down by a person, with a day and a source."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from migration_app.candidates.exchange import actions
from migration_app.candidates.exchange.models import ExchangeRate

from .access import team_object_or_404, team_of, user_of, writer_required
from .prices import prices_page
from .rate_forms import RateForm
from .refusals import refusals_on


@require_POST
@writer_required
def exchange_rate_new(request: HttpRequest) -> HttpResponse:
    """Write a rate down; what is wrong with it is said on the page of prices."""
    form = RateForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.add_rate(team=team_of(request), user=user_of(request), **form.cleaned_data)
            messages.success(request, _("The rate is kept. Runs that have started keep the one they had."))
            return _back()
    return prices_page(request, form)


@require_POST
@writer_required
def exchange_rate_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.remove_rate(rate=team_object_or_404(request, ExchangeRate, pk), user=user_of(request))
    messages.success(request, _("The rate is removed. What was converted with it stays as it was."))
    return _back()


def _back() -> HttpResponse:
    return redirect(f"{reverse('prices')}#rates")


urlpatterns = [
    path("prices/rates/", exchange_rate_new, name="prices-rate-new"),
    path("prices/rates/<uuid:pk>/remove/", exchange_rate_remove, name="prices-rate-remove"),
]
