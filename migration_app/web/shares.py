"""Share links, as the team makes and revokes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from migration_app.pipeline import control
from migration_app.reports.files import PUBLIC_PDF
from migration_app.reports.models import ShareLink
from migration_app.reports.queries import report_of
from migration_app.reports.sharing import CannotShare, make_link, revoke_link
from migration_app.runs.models import Run

from .access import may_write, team_object_or_404, user_of, writer_required
from .edition import edition_wanted
from .fields import TextField
from .navigation import result_tabs

_DAYS = (1, 7, 30, 90, 365)


class ShareForm(forms.Form):
    """A new link."""

    note = TextField(max_length=120, required=False)
    days = forms.TypedChoiceField(coerce=int, initial=30)
    password = TextField(
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    shows_samples = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        words = {
            "note": (_("For whom"), _("Only your team sees this.")),
            "days": (_("Ends after"), ""),
            "password": (
                _("Password"),
                _("8 characters or more. Send it separately from the link."),
            ),
            "shows_samples": (
                _("Show the worst answers, with their requests"),
                _("Hidden unless you tick this, and with them what you set scorers to, such as a rubric."),
            ),
        }
        for name, (label, text) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, text
        days = self.fields["days"]
        assert isinstance(days, forms.ChoiceField)
        days.choices = [
            (count, _("1 day") if count == 1 else _("{n} days").format(n=count)) for count in _DAYS
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writer_required
def shares(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report's links, and a new one. Its address is shown once, on the answer that made it."""
    run = team_object_or_404(request, Run.objects.select_related("assessment"), pk)
    report = report_of(run, edition_wanted(request)) or report_of(run)
    if report is None:
        raise Http404(_("This run has no report yet."))
    form, address = ShareForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _link, token = make_link(
                report=report, user=user_of(request), lasts=timedelta(days=values.pop("days")), **values
            )
            address = request.build_absolute_uri(reverse("shared", args=[token]))
            control.ask_for_file(report=report, kind=PUBLIC_PDF, user=user_of(request))
            form = ShareForm()
        except CannotShare as refusal:
            form.add_error(None, str(refusal))
    context = {
        "run": run,
        "report": report,
        "form": form,
        "address": address,
        "links": ShareLink.objects.of(run.team)
        .filter(report__run=run)
        .select_related("created_by", "report"),
        "tabs": result_tabs(run.pk, "results"),
        "may_share": may_write(request),
    }
    return render(request, "results/shares.html", context, status=422 if form.errors else 200)


@require_POST
@writer_required
def share_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    link = team_object_or_404(request, ShareLink.objects.select_related("report__run", "team"), pk)
    revoke_link(link=link, user=user_of(request))
    messages.success(request, _("The link opens nothing any more."))
    return redirect("shares", link.report.run_id)


urlpatterns = [
    path("runs/<uuid:pk>/share/", shares, name="shares"),
    path("share/<uuid:pk>/revoke/", share_revoke, name="share-revoke"),
]
