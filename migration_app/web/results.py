"""What a run found: summary, evidence, samples, method, PDF. All but samples show the frozen report."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from migration_app.pipeline import control
from migration_app.reports.actions import is_ready
from migration_app.reports.models import Export, ExportState, Report
from migration_app.reports.queries import editions_of, pdf_of, report_of
from migration_app.runs.models import Run, RunState

from .access import team_object_or_404, user_of
from .edition import edition_query, edition_wanted
from .files import sent
from .navigation import address, result_tabs
from .report_pages import evidence_context, summary_context
from .samples import NothingToCompare, samples_context

ReportView = Callable[[HttpRequest, Run, Report], HttpResponseBase]


def of_a_report(tab: str) -> Callable[[ReportView], Callable[..., HttpResponseBase]]:
    """Give the view the team's run and its report; without a report, say what the run waits for.

    `tab` is the one that is marked meanwhile.
    """

    def decorate(view: ReportView) -> Callable[..., HttpResponseBase]:
        @require_safe
        @wraps(view)
        def found(request: HttpRequest, pk: UUID) -> HttpResponseBase:
            run = team_object_or_404(request, Run.objects.select_related("assessment"), pk)
            report = report_of(run, edition_wanted(request)) or report_of(run)
            return waiting(request, run, tab) if report is None else view(request, run, report)

        return found

    return decorate


@of_a_report("results")
def results(request: HttpRequest, run: Run, report: Report) -> HttpResponse:
    context = summary_context(report, request.GET)
    if context["ranking"] and request.headers.get("HX-Request"):
        return render(request, "results/_ranking.html", context | {"live": True})
    context |= {"risks": _risks(run, report)}
    return render(request, "results/summary.html", _context(run, report, "results") | context)


@of_a_report("evidence")
def evidence(request: HttpRequest, run: Run, report: Report) -> HttpResponse:
    context = _context(run, report, "evidence") | evidence_context(report)
    return render(request, "results/evidence.html", context)


@of_a_report("samples")
def samples(request: HttpRequest, run: Run, report: Report) -> HttpResponse:
    featured = report.data["verdict"]["featured"]
    try:
        shown = samples_context(request, run, featured)
    except NothingToCompare:
        text = _("Today's model alone was asked, so there are no answers to set side by side.")
        return _empty(request, run, "samples", _("Nothing to compare"), text, ended=True)
    context = _context(run, report, "samples") | shown
    return render(request, "results/samples.html", context)


@of_a_report("method")
def method(request: HttpRequest, run: Run, report: Report) -> HttpResponse:
    return render(request, "results/method.html", _context(run, report, "method"))


@of_a_report("results")
def report_pdf(request: HttpRequest, run: Run, report: Report) -> HttpResponseBase:
    """The file when it is there; else it is asked for, and the list of files shows how it comes about."""
    export = pdf_of(report)
    if export is None or not is_ready(export):
        control.ask_for_file(report=report, kind="pdf", user=user_of(request))
        messages.info(request, _pdf_note(export))
        return redirect(reverse("files", args=[run.pk]) + edition_query(run, report))
    return sent(export)


def _pdf_note(export: Export | None) -> str:
    if export is not None and export.state == ExportState.FAILED:
        return f"{export.error} {_('It is being tried again.')}"
    return _("The PDF is being made. Its download appears below as soon as it is ready.")


def waiting(request: HttpRequest, run: Run, current: str) -> HttpResponse:
    """There is nothing to show yet, or there never will be: say which, and where to look."""
    ended = run.state in (RunState.CANCELLED, RunState.FAILED)
    if run.state == RunState.CANCELLED:
        title, text = (
            _("This run was cancelled"),
            _("It has no results. What was measured is on the run page."),
        )
    elif run.state == RunState.FAILED:
        title, text = _("This run failed"), run.state_note or _("It has no results. The run page says more.")
    else:
        title, text = _("No results yet"), _("This run is not finished. Its results will be here when it is.")
    return _empty(request, run, current, title, text, ended=ended)


def _empty(
    request: HttpRequest, run: Run, current: str, title: str, text: str, *, ended: bool
) -> HttpResponse:
    """A tab with nothing on it but the reason."""
    context = {"run": run, "waiting_title": title, "waiting_text": text, "ended": ended}
    return render(request, "results/waiting.html", _frame(run, current) | context)


def _context(run: Run, report: Report, current: str) -> dict[str, Any]:
    export, editions = pdf_of(report), editions_of(run)
    is_newest = report.edition == editions[0].edition
    query = "" if is_newest else f"?edition={report.edition}"
    return _frame(run, current, query) | {
        "pdf_url": reverse("report-pdf", args=[run.pk]) + query,
        "method_url": reverse("method", args=[run.pk]) + query,
        "run": run,
        "editions": editions,
        "is_newest": is_newest,
        "is_extended": run.state != RunState.FINISHED,
        "report": report,
        "data": report.shown,
        "pdf_ready": export is not None and is_ready(export),
    }


def _frame(run: Run, current: str, query: str = "") -> dict[str, Any]:
    """query: what keeps the pages of an earlier edition together."""
    name = run.assessment.name
    return {
        "edition_query": query,
        "crumbs": [{"label": _("Assessments"), "url": address("assessments")}, {"label": name}],
        "tabs": [tab | {"url": tab["url"] + query} for tab in result_tabs(run.pk, current)],
    }


def _risks(run: Run, report: Report) -> list[dict[str, Any]]:
    """Each risk with the address of its evidence."""
    return [risk | {"url": _evidence_of(risk, run)} for risk in report.shown["risks"]]


def _evidence_of(risk: dict[str, Any], run: Run) -> str:
    query, anchor = risk["query"], risk.get("anchor")
    address = reverse(risk["page"], args=[run.pk]) + (f"?{query}" if query else "")
    return f"{address}#{anchor}" if anchor else address


urlpatterns = [
    path("runs/<uuid:pk>/results/", results, name="results"),
    path("runs/<uuid:pk>/evidence/", evidence, name="evidence"),
    path("runs/<uuid:pk>/samples/", samples, name="samples"),
    path("runs/<uuid:pk>/method/", method, name="method"),
    path("runs/<uuid:pk>/report.pdf", report_pdf, name="report-pdf"),
]
