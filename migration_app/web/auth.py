"""Sign-in, sign-out, one's own account, and the health of the server."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from migration_app.accounts.models import Membership, User

from .access import user_of
from .asked import whole_number


class SignInForm(AuthenticationForm):
    """Sign-in that takes every name there is: a browser counts an emoji twice against `maxlength`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].widget.attrs.pop("maxlength", None)


class MailForm(forms.ModelForm):
    """One's own address, and whether anything is sent to it."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the messages"), choices=lambda: settings.LANGUAGES
    )

    class Meta:
        model = User
        fields = ("email", "wants_mail", "language")
        labels = {
            "email": gettext_lazy("Your e-mail address"),
            "wants_mail": gettext_lazy("Tell me when a test that I started is over, or waits for me"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["language"] = self.instance.language or get_language() or settings.LANGUAGE_CODE


def account(request: HttpRequest) -> HttpResponse:
    """One's own name, password and teams."""
    user = user_of(request)
    form = PasswordChangeForm(user, request.POST or None)
    form.fields["old_password"].widget.attrs.pop(
        "autofocus", None
    )  # the page is about more than the password
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Other browsers are signed out."))
        return redirect("account")
    memberships = Membership.objects.filter(user=user).select_related("team").order_by("team__name")
    context = {"form": form, "memberships": memberships, "mail": MailForm(instance=user)}
    return render(request, "accounts/account.html", context | {"mail_is_set_up": bool(settings.EMAIL_HOST)})


@require_POST
def account_mail(request: HttpRequest) -> HttpResponse:
    """Where and in which language one wants to be told what became of one's tests."""
    form = MailForm(request.POST, instance=user_of(request))
    if form.is_valid():
        form.save()
        messages.success(request, _("Your choice is kept."))
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    return redirect("account")


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
        LoginView.as_view(
            template_name="accounts/login.html",
            authentication_form=SignInForm,
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("language/", choose_language, name="choose-language"),
    path("account/", account, name="account"),
    path("account/mail/", account_mail, name="account-mail"),
    path("account/team/", switch_team, name="switch-team"),
    path("healthz", healthz, name="healthz"),
]
