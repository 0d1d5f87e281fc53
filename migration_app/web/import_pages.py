"""After the columns: what is private, how many samples, how much traffic; and the work in between."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migration_app.pipeline.imports import go_on
from migration_app.reports import formatting as show
from migration_app.workloads import importing, log_settings, queries
from migration_app.workloads.models import WORKING, Upload, UploadState
from migration_app.workloads.traffic import DAYS_A_MONTH

from .access import team_object_or_404, user_of, writer_required, writers_only
from .import_forms import ReviewForm
from .refusals import refusals_on


def page_of(upload: Upload) -> str:
    """The page on which an upload goes on."""
    if upload.state == UploadState.IMPORTED and upload.workload_id:
        return reverse("workload", args=[upload.workload_id])
    if upload.state in (UploadState.LOOKED, UploadState.LOOKING, UploadState.STORING):
        return reverse("upload-review", args=[upload.pk])
    return reverse("upload-columns", args=[upload.pk])


@never_cache
@writers_only
def upload_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide what is masked, how many samples are stored, and how much traffic they stand for."""
    found = team_object_or_404(request, Upload, pk)
    if found.state in WORKING:
        return working(request, found)
    if found.state != UploadState.LOOKED:
        return redirect(page_of(found))
    form = ReviewForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            importing.decide(upload=found, user=user_of(request), **form.decision())
            go_on(found)
            announce(request, found)
            return redirect(page_of(found))
    context = _review(found, form)
    return render(request, "workloads/review.html", context, status=422 if form.errors else 200)


def working(request: HttpRequest, found: Upload) -> HttpResponse:
    """The page while a worker is at it."""
    return render(request, "workloads/working.html", {"upload": found, "steps": steps(found)} | doing(found))


@require_safe
@login_not_required
@never_cache
def upload_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The moving part alone; once the work has ended, the page on which it goes on."""
    if not request.user.is_authenticated:
        login = redirect_to_login(reverse("upload-columns", args=[pk]))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": login["Location"]})
        return login
    found = team_object_or_404(request, Upload, pk)
    if found.state in WORKING:
        return render(request, "workloads/_working.html", {"upload": found} | doing(found))
    announce(request, found)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": page_of(found)})
    return redirect(page_of(found))


@require_POST
@writer_required
def upload_stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, Upload, pk)
    name = found.filename
    state = importing.stop_work(upload=found, user=user_of(request))
    if state is None:
        messages.success(
            request, _("Reading %(file)s was stopped, and nothing of it is kept.") % {"file": name}
        )
        return redirect("workloads")
    messages.success(request, _("Stopped. Nothing of it is kept."))
    return redirect(page_of(found))


def announce(request: HttpRequest, found: Upload) -> None:
    """Say how an import has ended, once it has."""
    workload = found.workload
    if found.state != UploadState.IMPORTED or workload is None:
        if found.note:
            messages.error(request, found.note)
        return
    if workload.created_at < found.created_at:
        same = _("These are the very samples of %(workload)s, so nothing was stored twice.")
        messages.info(request, same % {"workload": workload})
        return
    stored = ngettext(
        "%(workload)s is stored, with %(count)s sample.",
        "%(workload)s is stored, with %(count)s samples.",
        workload.sample_count,
    )
    messages.success(request, stored % {"workload": workload, "count": show.count(workload.sample_count)})
    if found.problem_count:
        left = ngettext(
            "%(count)s line was left out. The list says why.",
            "%(count)s lines were left out. The list says why.",
            found.problem_count,
        )
        messages.warning(request, left % {"count": show.count(found.problem_count)})


def doing(found: Upload) -> dict[str, Any]:
    """What is going on with an upload, in words and as a share."""
    waits = not found.stage_token
    return {
        "headline": _HEADLINES[UploadState(found.state)],
        "percent": show.percent(found.stage_done, 0),
        "hundredths": int(100 * found.stage_done),
        "waits": waits,
        "samples": found.stage_count,
    }


_HEADLINES = {
    UploadState.READING: gettext_lazy("Reading the file"),
    UploadState.LOOKING: gettext_lazy("Looking the file through"),
    UploadState.STORING: gettext_lazy("Storing the samples"),
}


def first_steps() -> list[dict[str, str]]:
    """The import's steps before there is a file."""
    now, *later = _words()
    return [{**now, "state": "now"}, *({**step, "state": "next"} for step in later)]


def _words() -> list[dict[str, str]]:
    return [
        {"label": _("Upload"), "note": _("Your requests")},
        {"label": _("Columns"), "note": _("What each holds")},
        {"label": _("Privacy and size"), "note": _("What is masked, how many")},
        {"label": _("Workload"), "note": _("Stored, ready to test")},
    ]


def steps(found: Upload) -> list[dict[str, str]]:
    """The import's steps, with links to those that can be gone back to."""
    order = [UploadState.READING, UploadState.RECEIVED, UploadState.LOOKING, UploadState.LOOKED]
    at = order.index(UploadState(found.state)) if found.state in order else len(order)
    columns = reverse("upload-columns", args=[found.pk])
    upload, column, size, workload = _words()
    return [
        {**upload, "note": found.filename, "state": "done", "url": reverse("upload")},
        {
            **column,
            "state": "done" if at >= 2 else "now",
            "url": columns if found.state == UploadState.LOOKED else "",
        },
        {**size, "state": "next" if at < 2 else "done" if at > 3 else "now"},
        {**workload, "state": "now" if at > 3 else "next"},
    ]


def _review(found: Upload, form: ReviewForm) -> dict[str, Any]:
    summary = found.reading.get("summary", {})
    profile = summary.get("profile", {})
    return {
        "upload": found,
        "form": form,
        "steps": steps(found),
        "summary": summary,
        "profile": profile,
        "sources": (summary.get("sizes") or [{}])[-1].get("sources"),
        "traffic": form.known,
        "span": span_of(form.known),
        "settings": list(log_settings.shown(profile)),
        "name": found.decision.get("name") or queries.suggested_name(found),
        "hidden": sum(row["found"] for row in summary.get("privacy", {}).values()),
    }


def span_of(profile: dict[str, Any]) -> str:
    """Where the volumes come from, as a sentence; "" where the log has no times."""
    span = profile.get("span")
    if not span:
        return ""
    dates = {"start": show.day(span["start"]), "end": show.day(span["end"])}
    if profile["requests_per_month"] is None:
        return (
            _("The log's times span less than an hour (%(start)s): too little to say what a month holds.")
            % dates
        )
    days = {**dates, "days": show.number(span["days"], 1), "month": show.number(DAYS_A_MONTH, 1)}
    if profile["scaled"]:
        return (
            _(
                "The log spans %(days)s days, %(start)s to %(end)s. The volumes are scaled to a month of "
                "%(month)s days, as if every day were like these."
            )
            % days
        )
    return _("Counted in the log, which spans %(days)s days, %(start)s to %(end)s.") % days


urlpatterns = [
    path("workloads/upload/<uuid:pk>/review/", upload_review, name="upload-review"),
    path("workloads/upload/<uuid:pk>/progress/", upload_progress, name="upload-progress"),
    path("workloads/upload/<uuid:pk>/stop/", upload_stop, name="upload-stop"),
]
