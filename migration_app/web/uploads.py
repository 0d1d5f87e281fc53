"""Uploads: a file comes in; its lines that were left out; the tools that it may come from."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from migration_app.pipeline.imports import go_on
from migration_app.said import said
from migration_app.workloads import importing, queries
from migration_app.workloads.gathering import gathered
from migration_app.workloads.models import Upload, UploadState
from migration_app.workloads.sources import SOURCES
from migration_app.workloads.sources.guide import GUIDE

from .access import only_writers, team_object_or_404, team_of, user_of, writer_required
from .import_pages import first_steps
from .refusals import refusals_on
from .upload_forms import UploadForm
from .upload_limits import MAX_FILES, over_limit, too_many


@writer_required
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file. A script that sends it gets JSON or the form again, a browser gets pages."""
    only_writers(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound:
        received = _receive(request, form)
        if received:
            return _onwards(request, reverse("upload-columns", args=[received.pk]))
    tools = sorted({str(source.maker) for source in SOURCES.values() if source.maker}, key=str.casefold)
    context = {"form": form, "tools": tools, "limit": settings.UPLOAD_MAX_BYTES}
    context |= {"limit_text": importing.upload_limit(), "steps": first_steps()}
    template = "workloads/_upload_form.html" if _by_script(request) else "workloads/upload.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _receive(request: HttpRequest, form: UploadForm) -> Upload | None:
    """Keep the file, and read it when that is quick; None when it is refused, which the form says."""
    valid = form.is_valid()
    if over_limit(request):
        form.errors.pop("file", None)  # that it is missing: it was thrown away
        form.add_error("file", importing.too_large())
        return None
    if too_many(request):
        sentence = _(
            "At most %(most)s files are taken at once. Pack them into a zip archive and upload that."
        )
        form.add_error("file", sentence % {"most": MAX_FILES})
        return None
    if not valid:
        return None
    with refusals_on(form, "file"):
        received = importing.keep_upload(
            team=team_of(request), user=user_of(request), file=gathered(form.cleaned_data["file"])
        )
        go_on(received)
        if received.state != UploadState.REFUSED:
            return received
        form.add_error("file", received.note)
        importing.forget_upload(received)
    return None


@require_safe
def upload_sources(request: HttpRequest) -> HttpResponse:
    """What can be uploaded, and how to get it out of each tool."""
    team_of(request)
    rows = [(source.label, GUIDE[key].how, GUIDE[key].gives) for key, source in SOURCES.items()]
    rows = [rows[-1], *sorted(rows[:-1], key=lambda row: str(row[0]).casefold())]
    return render(request, "workloads/sources.html", {"rows": rows})


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def _onwards(request: HttpRequest, address: str) -> HttpResponse:
    return JsonResponse({"location": address}, status=201) if _by_script(request) else redirect(address)


@require_safe
def upload_problems(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """Every line that is left out, as CSV."""
    return problems_response(team_object_or_404(request, Upload, pk))


def problems_response(found: Upload) -> StreamingHttpResponse:
    """The problems as a file to save; made line by line, however many there are."""
    lines = queries.problems_as_csv(found, said)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lines-left-out.csv"'
    return response


@require_POST
@writer_required
def upload_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, Upload, pk)
    if found.state == UploadState.IMPORTED:
        messages.info(request, _("This file is part of a workload. Delete the workload to remove it."))
        return redirect("workloads")
    importing.discard_upload(upload=found, user=user_of(request))
    messages.success(request, _("{filename} is discarded.").format(filename=found.filename))
    return redirect("workloads")


urlpatterns = [
    path("workloads/upload/", upload, name="upload"),
    path("workloads/sources/", upload_sources, name="upload-sources"),
    path("workloads/upload/<uuid:pk>/problems.csv", upload_problems, name="upload-problems"),
    path("workloads/upload/<uuid:pk>/discard/", upload_discard, name="upload-discard"),
]
