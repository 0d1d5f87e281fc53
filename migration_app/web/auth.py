"""Sign-in, sign-out, one's own account, and the health of the server."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from migration_app.accounts.models import Membership

from .access import user_of
from .asked import whole_number


def account(request: HttpRequest) -> HttpResponse:
    """One's own name, password and teams."""
    user = user_of(request)
    form = PasswordChangeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Other browsers are signed out."))
        return redirect("account")
    memberships = Membership.objects.filter(user=user).select_related("team").order_by("team__name")
    return render(request, "accounts/account.html", {"form": form, "memberships": memberships})


@require_POST
def switch_team(request: HttpRequest) -> HttpResponse:
    """Act for another of one's teams from now on."""
    wanted = whole_number(request.POST.get("membership", ""))
    memberships = Membership.objects.filter(user=user_of(request)).select_related("team")
    chosen = get_object_or_404(memberships, pk=wanted or 0)
    request.session["team"] = str(chosen.team_id)
    messages.success(request, _("You now work in {name}.").format(name=chosen.team.name))
    return redirect("assessments")


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the reader's language in a cookie, and show the same page in it."""
    return set_language(request)


@login_not_required
@never_cache
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """ "ok" when the server and its database answer, else a 503 that says which part does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path(
        "sign-in/",
        LoginView.as_view(template_name="accounts/login.html", redirect_authenticated_user=True),
        name="login",
    ),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("language/", choose_language, name="choose-language"),
    path("account/", account, name="account"),
    path("account/team/", switch_team, name="switch-team"),
    path("healthz", healthz, name="healthz"),
]
