"""What becomes of data at each vendor, and what the team accepts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _

from migration_app.accounts.models import Team
from migration_app.accounts.queries import owners_of
from migration_app.candidates.models import Connection
from migration_app.candidates.queries import connections_of
from migration_app.candidates.terms import actions
from migration_app.candidates.terms.queries import connection_facts, policy_of

from .access import owner_required, team_object_or_404, team_of, user_of, writers_only
from .connections import describe, told_terms
from .refusals import refusals_on
from .terms_forms import POLICY, PolicyForm, TermsForm


@writers_only
def connection_terms(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what the vendor does with requests. Nothing is sent."""
    found = team_object_or_404(request, Connection.objects.filter(archived_at=None), pk)
    facts = connection_facts(found)
    form = TermsForm(request.POST or None, initial={name: facts[name] for name in TermsForm.base_fields})
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.state_terms(connection=found, user=user_of(request), **form.cleaned_data)
            messages.success(request, _("The terms are kept. Runs that have started keep what they had."))
            return redirect("connection", pk)
    return render(request, "connections/terms.html", {**describe(found), "form": form, "facts": facts})


@owner_required
def team_policy(request: HttpRequest) -> HttpResponse:
    """The rules that every new assessment of the team starts with: all may read them, owners set them."""
    team = team_of(request)
    form = PolicyForm(request.POST or None, initial=_initial(policy_of(team.pk), POLICY))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.set_policy(team=team, user=user_of(request), **form.cleaned_data)
            messages.success(
                request, _("The policy is kept. New assessments start with it; those that exist stay.")
            )
            return redirect("policy")
    context = {"form": form, "owners": owners_of(team), "known": _known(team)}
    return render(request, "accounts/policy.html", context)


def _known(team: Team) -> list[dict[str, Any]]:
    """What is written down of each of the team's connections, to see what the policy would meet."""
    return [{"connection": found, "terms": told_terms(found)} for found in connections_of(team)]


def _initial(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {} if row is None else {name: getattr(row, name) for name in names}


urlpatterns = [
    path("connections/<uuid:pk>/terms/", connection_terms, name="connection-terms"),
    path("team/policy/", team_policy, name="policy"),
]
