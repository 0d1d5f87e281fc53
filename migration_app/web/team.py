"""The team: who is in it, what each may do, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from migration_app.accounts.actions import remove_person, set_role
from migration_app.accounts.errors import CannotChangeTeam
from migration_app.accounts.models import Membership, Role
from migration_app.accounts.queries import people_of, trail_of

from .access import owner_required, team_of, user_of
from .asked import whole_number

PAGE = 50


@require_safe
def team(request: HttpRequest) -> HttpResponse:
    """Its people with their roles, and the trail of what they did: for all of them to read."""
    ours = team_of(request)
    page = Paginator(trail_of(ours), PAGE).get_page(request.GET.get("page"))
    people = list(people_of(ours))
    owners = [person for person in people if person.role == Role.OWNER]
    last_owner = owners[0] if len(owners) == 1 else None  # whom a team has to keep
    context = {"people": people, "last_owner": last_owner, "roles": Role.choices, "page": page}
    return render(request, "accounts/team.html", context)


@require_POST
@owner_required
def team_role(request: HttpRequest) -> HttpResponse:
    role = request.POST.get("role", "")
    return _change(request, _("The role is changed."), lambda **who: set_role(role=role, **who))


@require_POST
@owner_required
def team_remove(request: HttpRequest) -> HttpResponse:
    return _change(request, _("The person is out of the team. What they did stays."), remove_person)


def _change(request: HttpRequest, done: str, verb: Callable[..., Any]) -> HttpResponse:
    """One of the verbs on a person of the team, then the page; a refusal is shown there as its sentence."""
    wanted = whole_number(request.POST.get("membership", ""))
    membership = get_object_or_404(people_of(team_of(request)).select_related("team"), pk=wanted or 0)
    try:
        verb(membership=membership, user=user_of(request))
        messages.success(request, done)
    except CannotChangeTeam as refusal:
        messages.error(request, str(refusal))
    still_in = Membership.objects.filter(team=membership.team, user=user_of(request)).exists()
    return redirect("team" if still_in else "account")


urlpatterns = [
    path("team/", team, name="team"),
    path("team/role/", team_role, name="team-role"),
    path("team/remove/", team_remove, name="team-remove"),
]
