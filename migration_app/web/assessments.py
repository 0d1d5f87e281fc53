"""Assessments: the list, and the wizard that puts a new question.

The wizard keeps its state in a draft, one row per draft: the back button works, two tabs
never mix, and a draft can be finished tomorrow.

    choose a workload → options (makes the draft) → rules → check → start
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from migration_app.candidates.queries import candidates_of, connections_of, currency_of
from migration_app.comparisons.listing import assessments_of
from migration_app.pipeline import control
from migration_app.runs import drafts
from migration_app.runs.actions import CannotChange, CannotStart, create_assessment
from migration_app.runs.judges import judges_of, needs_judge
from migration_app.runs.models import Assessment, Run
from migration_app.workloads.models import Workload

from .access import team_object_or_404, team_of, user_of, writer_required
from .assessment_check import check_context
from .assessment_list import card
from .assessment_pages import options_context, rules_context, steps
from .first_use import first_use
from .options_form import OptionsForm
from .refusals import refusals_on
from .rules_form import RulesForm

PAGE = 20


@require_safe
def assessments(request: HttpRequest) -> HttpResponse:
    team = team_of(request)
    page = Paginator(assessments_of(team), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "cards": [card(row) for row in page]}
    if not page.paginator.count:
        context["has_workload"] = Workload.objects.of(team).exists()
        context["has_connection"] = bool(connections_of(team))
        context |= first_use(team)
    return render(request, "assessments/list.html", context)


@writer_required
def assessment_new(request: HttpRequest) -> HttpResponse:
    """Choose a workload; with one chosen, choose the models. The draft is made when that is sent."""
    if "workload" not in request.GET:
        workloads = Workload.objects.of(team_of(request)).order_by("-created_at")
        return render(
            request, "assessments/workload.html", {"workloads": workloads, "steps": steps(None, "upload")}
        )
    workload = team_object_or_404(request, Workload, _uuid(request.GET["workload"]))
    models = candidates_of(team_of(request))
    today = next((model for model in models if model.is_incumbent), None)
    month = date_format(timezone.localdate(), "YEAR_MONTH_FORMAT")
    initial: dict[str, Any] = {
        "name": f"{Truncator(workload.name).chars(180)}, {month}",
        "baseline": str(today.pk) if today else None,
        "candidates": [],
    }
    form = OptionsForm(request.POST or None, models=models, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            draft = _create(request, workload, form.cleaned_data)
            return redirect("assessment-rules", draft.pk)
    return render(request, "assessments/options.html", options_context(form, workload, None))


@writer_required
def assessment_options(request: HttpRequest, pk: UUID) -> HttpResponse:
    draft = _assessment(request, pk)
    if draft.frozen_at:
        return redirect("assessment", pk)
    initial = {
        "name": draft.name,
        "baseline": str(draft.baseline_id),
        "candidates": [str(key) for key in draft.candidates.values_list("pk", flat=True)],
    }
    form = OptionsForm(request.POST or None, models=candidates_of(team_of(request)), initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        with refusals_on(form):
            drafts.change_options(assessment=draft, currency=_currency(values), **values)
            return redirect("assessment-rules", pk)
    return render(request, "assessments/options.html", options_context(form, draft.workload, draft))


@require_safe
def assessment_estimate(request: HttpRequest) -> HttpResponse:
    """What the boxes ticked so far would cost: the live part of the options page."""
    workload = team_object_or_404(request, Workload, _uuid(request.GET.get("workload", "")))
    form = OptionsForm(request.GET, models=candidates_of(team_of(request)))
    return render(request, "assessments/_estimate_live.html", options_context(form, workload, None))


@writer_required
def assessment_rules(request: HttpRequest, pk: UUID) -> HttpResponse:
    draft = _assessment(request, pk)
    if draft.frozen_at:
        return redirect("assessment", pk)
    form = RulesForm(request.POST or None, assessment=draft)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            drafts.change_rules(assessment=draft, **form.changes())
            drafts.choose_load(assessment=draft, **form.load_changes())
            draft.refresh_from_db()
            unjudged = needs_judge(draft) and not judges_of(draft)
            return redirect("assessment-judges" if unjudged else "assessment-check", pk)
    return render(request, "assessments/rules.html", rules_context(form, draft))


@require_safe
def assessment_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What will be sent, to whom, and what it may cost, the first time or again. Looking sends nothing."""
    found = _assessment(request, pk)
    newest = _newest_run(found)
    if newest and newest.is_open:
        return redirect("assessment", pk)
    context = check_context(found) | {"runs": newest.number if newest else 0}
    return render(request, "assessments/check.html", context)


@require_POST
@writer_required
def assessment_start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a run. The form says how many runs it knew of: a second click, or an old page, starts none."""
    assessment = _assessment(request, pk)
    newest = _newest_run(assessment)
    if newest and str(newest.number) != request.POST.get("runs", "0"):
        return redirect("run", newest.pk)
    try:
        run = control.start(
            assessment=assessment,
            user=user_of(request),
            accepts_conflicts=request.POST.get("accepts_conflicts", ""),
        )
    except CannotStart as refusal:
        messages.error(request, str(refusal))
        return redirect("assessment-check", pk)
    return redirect("run", run.pk)


@require_POST
@writer_required
def assessment_copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put the same question anew, as a draft in which everything may be changed."""
    draft = drafts.copy(assessment=_assessment(request, pk), user=user_of(request))
    messages.success(request, _("This is a new question with the settings of the other. Change any of them."))
    return redirect("assessment-options", draft.pk)


@require_POST
@writer_required
def assessment_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    draft = _assessment(request, pk)
    try:
        drafts.discard(assessment=draft, user=user_of(request))
        messages.success(request, _("The draft {name} is discarded.").format(name=draft.name))
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("assessments")


@require_safe
def assessment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The place an assessment is at: its newest run's results or progress, or the draft."""
    found = _assessment(request, pk)
    newest = _newest_run(found)
    return redirect("run", newest.pk) if newest else redirect("assessment-check", pk)


def _newest_run(assessment: Assessment) -> Run | None:
    return assessment.runs.order_by("-number").first()


def _create(request: HttpRequest, workload: Workload, values: dict[str, Any]) -> Assessment:
    return create_assessment(
        team=team_of(request),
        user=user_of(request),
        workload=workload,
        currency=_currency(values),
        **values,
    )


def _currency(values: Mapping[str, Any]) -> str:
    """The currency of the first price that is known, today's model first."""
    return currency_of([values["baseline"], *values["candidates"]])


def _assessment(request: HttpRequest, pk: UUID) -> Assessment:
    rows = Assessment.objects.select_related("workload", "baseline__connection", "team")
    return team_object_or_404(request, rows, pk)


def _uuid(text: str) -> UUID:
    """A key out of an address; one that is none leads to nothing, which is a 404."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


urlpatterns = [
    path("", assessments, name="assessments"),
    path("assessments/new/", assessment_new, name="assessment-new"),
    path("assessments/estimate/", assessment_estimate, name="assessment-estimate"),
    path("assessments/<uuid:pk>/", assessment, name="assessment"),
    path("assessments/<uuid:pk>/options/", assessment_options, name="assessment-options"),
    path("assessments/<uuid:pk>/rules/", assessment_rules, name="assessment-rules"),
    path("assessments/<uuid:pk>/check/", assessment_check, name="assessment-check"),
    path("assessments/<uuid:pk>/start/", assessment_start, name="assessment-start"),
    path("assessments/<uuid:pk>/copy/", assessment_copy, name="assessment-copy"),
    path("assessments/<uuid:pk>/discard/", assessment_discard, name="assessment-discard"),
]
