"""Uploads: a file comes in, its columns are confirmed, a workload comes out."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migration_app.pipeline.imports import go_on
from migration_app.said import said
from migration_app.workloads import importing, queries
from migration_app.workloads.conversations import text_of
from migration_app.workloads.drafts import Draft
from migration_app.workloads.errors import WorkloadError
from migration_app.workloads.gathering import gathered
from migration_app.workloads.models import WORKING, Upload, UploadState
from migration_app.workloads.readers import FORMATS
from migration_app.workloads.sources import COLUMNS, SOURCES
from migration_app.workloads.sources.guide import GUIDE
from migration_app.workloads.uploads import mapping_of, reading_of

from .access import TeamRequest, team_object_or_404, team_of, user_of, writer_required
from .import_pages import first_steps, page_of, steps, working
from .import_pages import urlpatterns as import_patterns
from .refusals import refusals_on
from .speakers import speaker
from .upload_forms import ColumnsForm, SourceForm, UploadForm
from .upload_limits import MAX_FILES, over_limit, too_many

_TURN = 4_000  # characters of a message that the preview shows


@writer_required
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file. A script that sends it gets JSON or the form again, a browser gets pages."""
    _only_writers(request)
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


@never_cache
@writer_required
def upload_columns(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm what each column is. A small file is counted again at every change, a large one at the end."""
    found = team_object_or_404(request, Upload, pk)
    _only_writers(request)
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


def turns_of(sample: Draft | Any) -> list[dict[str, str]]:
    """The messages of a sample as a page shows them: who speaks, and what, cut where it is long."""
    return [
        {"role": speaker(message["role"]), "text": queries.shown(_words(message), _TURN)}
        for message in sample.messages
    ]


def _words(message: dict[str, Any]) -> str:
    calls = [
        f"{call['function']['name']}({call['function']['arguments']})"
        for call in message.get("tool_calls", ())
    ]
    images = (
        "" if isinstance(message.get("content"), str) else ("\n" + _("[with an image]")) * _images(message)
    )
    return "\n".join(part for part in (text_of(message) + images, *calls) if part)


def _images(message: dict[str, Any]) -> int:
    return sum(1 for part in message.get("content") or () if part.get("type") == "image_url")


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


def _only_writers(request: HttpRequest) -> None:
    """These pages are nothing but a form: a viewer has no use for them even unsent."""
    membership = cast(TeamRequest, request).membership
    if membership is None or not membership.may_write:
        raise PermissionDenied(_("You may look at this team's workloads but not add to them."))


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


urlpatterns = [
    *import_patterns,
    path("workloads/upload/", upload, name="upload"),
    path("workloads/sources/", upload_sources, name="upload-sources"),
    path("workloads/upload/<uuid:pk>/", upload_columns, name="upload-columns"),
    path("workloads/upload/<uuid:pk>/problems.csv", upload_problems, name="upload-problems"),
    path("workloads/upload/<uuid:pk>/discard/", upload_discard, name="upload-discard"),
]
