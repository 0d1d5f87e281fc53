"""What whoever holds a share link sees: the frozen report, in a frame of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from migration_app.pipeline import control
from migration_app.reports.actions import is_ready
from migration_app.reports.files import PUBLIC_PDF
from migration_app.reports.models import ExportState, ShareLink
from migration_app.reports.public import public
from migration_app.reports.queries import file_of
from migration_app.reports.sharing import count_view, note_download, open_link, password_opens

from .files import sent
from .report_pages import evidence_context, summary_context

SharedView = Callable[[HttpRequest, ShareLink, str], HttpResponseBase]
_PAGES = (
    ("shared", gettext_lazy("Summary")),
    ("shared-evidence", gettext_lazy("Evidence")),
    ("shared-method", gettext_lazy("Method")),
)


def by_link(view: SharedView) -> Callable[..., HttpResponseBase]:
    """Let in whoever holds an open link and, where one is set, knows its password."""

    @login_not_required
    @never_cache
    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponseBase:
        link = open_link(token)
        if link is None:
            return _private(render(request, "shared/closed.html", status=404))
        if link.password and not request.session.get(_key(link)):
            return _private(redirect("shared-password", token))
        return _private(view(request, link, token))

    return found


def _key(link: ShareLink) -> str:
    """The password's hash is part of it: a link that gets another one asks again."""
    return f"shared:{link.pk}:{link.password[-12:]}"


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """Not for search engines, nor for the next site's log.

    `no-referrer` would also hide where a form comes from, and the password's would be refused.
    """
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response


@by_link
def shared(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    context = summary_context(link.report, request.GET)
    if context["ranking"] and request.headers.get("HX-Request"):
        return render(request, "results/_ranking.html", context | {"live": True})
    context |= {"risks": link.report.shown["risks"]}
    return _page(request, link, token, "shared", "results/summary.html", context)


@by_link
def shared_evidence(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    context = evidence_context(link.report)
    return _page(request, link, token, "shared-evidence", "results/evidence.html", context)


@by_link
def shared_method(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    return _page(request, link, token, "shared-method", "results/method.html")


@by_link
def shared_samples(request: HttpRequest, link: ShareLink, token: str) -> HttpResponse:
    """The answers that lost most, as the report froze them; a 404 unless the link shows them."""
    if not link.shows_samples:
        raise Http404(_("This link shows no samples."))
    return _page(request, link, token, "shared-samples", "shared/samples.html")


@by_link
def shared_pdf(request: HttpRequest, link: ShareLink, token: str) -> HttpResponseBase:
    """The PDF with or without samples, as the link allows, once it is made."""
    kind = "pdf" if link.shows_samples else PUBLIC_PDF
    export = file_of(link.report, kind)
    if export is not None and is_ready(export):
        if request.method == "GET":
            note_download(link=link)
        return sent(export)
    if export is not None and export.state == ExportState.FAILED:  # only the team has it tried again
        messages.error(request, _("The PDF could not be made. Ask the person who sent you the link for it."))
    else:
        control.ask_for_file(report=link.report, kind=kind, user=None)
        messages.info(request, _("The PDF is being made. Try again in a few seconds."))
    return redirect("shared", token)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shared_password(request: HttpRequest, token: str) -> HttpResponseBase:
    link = open_link(token)
    if link is None:
        return _private(render(request, "shared/closed.html", status=404))
    wrong = False
    if request.method == "POST":
        if password_opens(link=link, password=request.POST.get("password", "")[:200]):
            request.session.cycle_key()  # whoever planted the session's key does not get in with it
            request.session[_key(link)] = True
            return _private(redirect("shared", token))
        wrong = True
    return _private(
        render(
            request, "shared/password.html", {"wrong": wrong, "shared": True}, status=403 if wrong else 200
        )
    )


def _page(
    request: HttpRequest,
    link: ShareLink,
    token: str,
    current: str,
    template: str,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """One page of the shared report; a look at it counts, whichever page it is."""
    if request.method == "GET":
        count_view(link=link)
    return render(request, template, (context or {}) | _frame(link, token, current))


def _frame(link: ShareLink, token: str, current: str) -> dict[str, Any]:
    pages = list(_PAGES)
    if link.shows_samples:
        pages.insert(2, ("shared-samples", gettext_lazy("Samples")))
    return {
        "frame": "shared/base.html",
        "shared": True,
        "link": link,
        "report": link.report,
        "data": link.report.shown if link.shows_samples else public(link.report.shown),
        "pdf_url": reverse("shared-pdf", args=[token]),
        "method_url": reverse("shared-method", args=[token]),
        "tabs": [
            {"label": label, "url": reverse(name, args=[token]), "current": name == current}
            for name, label in pages
        ],
    }


urlpatterns = [
    path("s/<str:token>/", require_safe(shared), name="shared"),
    path("s/<str:token>/evidence/", require_safe(shared_evidence), name="shared-evidence"),
    path("s/<str:token>/method/", require_safe(shared_method), name="shared-method"),
    path("s/<str:token>/samples/", require_safe(shared_samples), name="shared-samples"),
    path("s/<str:token>/report.pdf", require_safe(shared_pdf), name="shared-pdf"),
    path("s/<str:token>/password/", shared_password, name="shared-password"),
]
