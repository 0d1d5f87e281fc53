"""A file's columns, confirmed by a person before anything of it is stored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from migration_app.pipeline.imports import go_on
from migration_app.workloads import importing, queries
from migration_app.workloads.errors import WorkloadError
from migration_app.workloads.models import WORKING, Upload, UploadState
from migration_app.workloads.readers import FORMATS
from migration_app.workloads.sources import COLUMNS, SOURCES
from migration_app.workloads.uploads import mapping_of, reading_of

from .access import only_writers, team_object_or_404, writer_required
from .import_pages import page_of, steps, working
from .refusals import refusals_on
from .turns import turns_of
from .upload_forms import ColumnsForm, SourceForm


@never_cache
@writer_required
def upload_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm what each column is. A small file is counted again at every change, a large one at the end."""
    found = team_object_or_404(request, Upload, pk)
    only_writers(request)
    if found.state in WORKING:
        return working(request, found)
    if found.state == UploadState.REFUSED:
        return render(request, "workloads/refused.html", {"upload": found, "steps": steps(found)})
    if found.state == UploadState.IMPORTED:
        return redirect(page_of(found) if found.workload_id else "workloads")
    if request.method == "POST" and request.POST.get("action") == "source":
        return _choose_source(request, found)
    form = _columns_form(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        onwards = request.POST.get("action") == "import"
        answer = _confirm(request, found, form) if onwards else _choose(found, form)
        if answer is not None and not _by_htmx(request):
            return answer
    template = "workloads/_checked_live.html" if _by_htmx(request) else "workloads/columns.html"
    return render(request, template, _describe(found, form), status=422 if form.errors else 200)


def _columns_form(found: Upload, data: Any) -> ColumnsForm:
    name = found.decision.get("name") or queries.suggested_name(found)
    return ColumnsForm(reading_of(found), data, initial={"name": name} | mapping_of(found))


def _choose_source(request: HttpRequest, found: Upload) -> HttpResponse:
    """Read the file as the kind that the person says it is."""
    try:
        importing.choose_source(upload=found, source=request.POST.get("source", ""))
    except WorkloadError as refusal:
        messages.error(request, str(refusal))
    return redirect("upload-columns", found.pk)


def _choose(found: Upload, form: ColumnsForm) -> HttpResponse | None:
    with refusals_on(form):
        if found.size <= settings.IMPORT_AT_ONCE_BYTES:
            importing.choose_columns(upload=found, mapping=form.mapping())
        else:
            importing.keep_columns(upload=found, mapping=form.mapping())
        return redirect("upload-columns", found.pk)
    return None


def _confirm(request: HttpRequest, found: Upload, form: ColumnsForm) -> HttpResponse | None:
    """On to privacy and size; what is not counted yet is counted on the way."""
    name = form.cleaned_data["name"].strip() or queries.suggested_name(found)
    with refusals_on(form):
        importing.keep_columns(upload=found, mapping=form.mapping())
        if not importing.confirm_columns(upload=found, name=name):
            go_on(found)
        if found.state == UploadState.RECEIVED:  # nothing in it can become a sample
            form.add_error(None, found.note)
            return None
        return redirect(page_of(found))
    return None


def _describe(found: Upload, form: ColumnsForm) -> dict[str, Any]:
    """Everything that the columns page shows."""
    try:
        preview, gone = queries.preview(found), None
    except WorkloadError as refusal:
        preview, gone = None, str(refusal)
    reading, refused = reading_of(found), form.non_field_errors()
    return {
        "upload": found,
        "form": form,
        "reading": reading,
        "format_label": FORMATS[found.format].label,
        "source_form": SourceForm(reading),
        "source": SOURCES.get(reading.source, SOURCES[COLUMNS]),
        "is_table": reading.source == COLUMNS,
        "delimiter": {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("bars")}.get(
            reading.delimiter or ""
        ),
        "preview": preview,
        "gone": gone,
        "turns": [] if refused or not preview or not preview.sample else turns_of(preview.sample),
        "summary": {"samples": 0, "refusal": refused[0]} if refused else found.reading.get("summary", {}),
        "large": found.size > settings.IMPORT_AT_ONCE_BYTES,
        "names": queries.newest_workloads(found.team).values_list("name", flat=True)[:200],
        "steps": steps(found),
        "twin": queries.same_file(found),
    }


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


urlpatterns = [path("workloads/upload/<uuid:pk>/", upload_columns, name="upload-columns")]
