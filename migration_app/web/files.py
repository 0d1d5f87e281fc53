"""The files of a report: asked for, made in the background, kept, and fetched."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migration_app.comparisons.models import Projection
from migration_app.pipeline import control
from migration_app.reports.actions import delete_file, is_ready
from migration_app.reports.files import KINDS
from migration_app.reports.models import Export, ExportState, Report
from migration_app.reports.queries import file_of, report_of
from migration_app.reports.scores import scores_csv
from migration_app.runs.models import Run

from .access import may_write, team_object_or_404, user_of, writer_required
from .edition import edition_query, edition_wanted
from .navigation import result_tabs


@require_safe
@never_cache
def files(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All kinds with their state; the list alone for the live part."""
    run, report = _report(request, pk)
    page = "results/_files.html" if request.headers.get("HX-Request") else "results/files.html"
    context = files_context(run, report) | _frame(run, report) | {"may_write": may_write(request)}
    return render(request, page, context)


@require_POST
def file_make(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    run, report = _report(request, pk)
    if kind not in KINDS:
        raise Http404(_("Reports have no file of that kind."))
    control.ask_for_file(report=report, kind=kind, user=user_of(request))
    return redirect(reverse("files", args=[run.pk]) + edition_query(run, report))


@require_POST
@writer_required
def file_delete(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    run, report = _report(request, pk)
    if kind not in KINDS:
        raise Http404(_("Reports have no file of that kind."))
    delete_file(report=report, kind=kind, user=user_of(request))
    messages.success(request, _("The file is deleted. It can be made again from the same report."))
    return redirect(reverse("files", args=[run.pk]) + edition_query(run, report))


@require_safe
def file_fetch(request: HttpRequest, pk: UUID, kind: str) -> HttpResponseBase:
    """The file when it is there; else the list, where it can be asked for."""
    run, report = _report(request, pk)
    export = file_of(report, kind) if kind in KINDS else None
    if export is None or not is_ready(export):
        return redirect(reverse("files", args=[run.pk]) + edition_query(run, report))
    return sent(export)


def sent(export: Export) -> FileResponse:
    """A file as a download that no cache keeps and no browser guesses at."""
    response = FileResponse(
        export.file.open("rb"),
        as_attachment=True,
        filename=export.filename,
        content_type=KINDS[export.kind].content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def scores(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """What the newest report's test was made of: a line for each candidate and sample."""
    run, report = _report(request, pk)
    if not Projection.objects.filter(run=run).exists():
        raise Http404(_("The scores of this run are not kept any more. Compare it again to have them."))
    response = StreamingHttpResponse(scores_csv(run), content_type="text/csv; charset=utf-8")
    name = f"scores-{run.pk.hex[:8]}-{report.edition}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def files_context(run: Run, report: Report) -> dict[str, Any]:
    rows = [_row(kind, file_of(report, name)) for name, kind in KINDS.items()]
    return {
        "run": run,
        "report": report,
        "rows": rows,
        "is_making": any(row["is_pending"] for row in rows),
        "edition_query": edition_query(run, report),
    }


def _row(kind: Any, export: Export | None) -> dict[str, Any]:
    ready = export is not None and is_ready(export)
    return {
        "kind": kind,
        "export": export,
        "is_ready": ready,
        "is_pending": export is not None and not ready and export.state == ExportState.PENDING,
        "error": export.error if export is not None and export.state == ExportState.FAILED else "",
    }


def _report(request: HttpRequest, pk: UUID) -> tuple[Run, Report]:
    run = team_object_or_404(request, Run.objects.select_related("assessment"), pk)
    report = report_of(run, edition_wanted(request)) or report_of(run)
    if report is None:
        raise Http404(_("This run has no report yet."))
    return run, report


def _frame(run: Run, report: Report) -> dict[str, Any]:
    query = edition_query(run, report)
    return {"tabs": [tab | {"url": tab["url"] + query} for tab in result_tabs(run.pk, "results")]}


urlpatterns = [
    path("runs/<uuid:pk>/files/", files, name="files"),
    path("runs/<uuid:pk>/scores.csv", scores, name="scores"),
    path("runs/<uuid:pk>/files/<slug:kind>/", file_fetch, name="file"),
    path("runs/<uuid:pk>/files/<slug:kind>/make/", file_make, name="file-make"),
    path("runs/<uuid:pk>/files/<slug:kind>/delete/", file_delete, name="file-delete"),
]
