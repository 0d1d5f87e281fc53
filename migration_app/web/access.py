"""Who may see, who may write and who decides for the team: every page goes through these.

Another team's object is a 404, never a 403: that it exists is not for strangers to know.
A write by somebody who may only look is a 403 with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from migration_app.accounts.models import Membership, Team, TeamOwned, TeamQuerySet, User

Owned = TypeVar("Owned", bound=TeamOwned)
View = Callable[..., HttpResponse]


class TeamRequest(HttpRequest):
    """What a view gets once the middleware has run: a signed-in person and the team they act for."""

    user: User
    team: Team
    membership: Membership


def team_object_or_404(request: HttpRequest, source: type[Owned] | QuerySet[Owned], pk: UUID) -> Owned:
    """The team's object with this key; a 404 for anybody else's.

    source: a team-owned model, or a queryset of one (with the joins the page needs).
    """
    rows = source if isinstance(source, QuerySet) else source._default_manager.all()
    return get_object_or_404(cast(TeamQuerySet, rows).of(team_of(request)), pk=pk)


def team_of(request: HttpRequest) -> Team:
    """The team the request acts for. Raises Http404 for a person who belongs to none."""
    team = cast(TeamRequest, request).team
    if team is None:
        raise Http404(_("You are in no team yet. Ask whoever runs this installation to add you to one."))
    return team


def user_of(request: HttpRequest) -> User:
    """The signed-in person."""
    return cast(TeamRequest, request).user


def may_write(request: HttpRequest) -> bool:
    """Whether the person may change the team's work, not only look at it."""
    membership = cast(TeamRequest, request).membership
    return bool(membership and membership.may_write)


def is_owner(request: HttpRequest) -> bool:
    """Whether the person may say what the team accepts, and not only do its work."""
    membership = cast(TeamRequest, request).membership
    return bool(membership and membership.is_owner)


_LOOKS_ONLY = gettext_lazy(
    "You may look at this team's work but not change it. Ask an owner of the team to make you an editor."
)


def writer_required(view: View) -> View:
    """Let only members who may write send something; reading is left to the view."""
    return _needs(may_write, _LOOKS_ONLY, view)


def writers_only(view: View) -> View:
    """For a page that is nothing but a form: nobody fills it in who may not send it."""
    return _needs(may_write, _LOOKS_ONLY, view, even_to_read=True)


def only_writers(request: HttpRequest) -> None:
    """For pages that are nothing but a form, of which a viewer has no use even unsent."""
    if not may_write(request):
        raise PermissionDenied(_("You may look at this team's workloads but not add to them."))


def owner_required(view: View) -> View:
    """Let only owners of the team send something; reading is left to the view."""
    return _needs(is_owner, gettext_lazy("Only an owner of the team may change this. Ask one."), view)


def _needs(
    allowed: Callable[[HttpRequest], bool], sentence: Promise, view: View, *, even_to_read: bool = False
) -> View:
    free = () if even_to_read else ("GET", "HEAD")

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in free and not allowed(request):
            raise PermissionDenied(sentence)
        return view(request, *args, **kwargs)

    return guarded
