"""Workloads: what the team has, what is in each version, and how its answers are scored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migration_app.workloads import actions, log_settings, queries
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.errors import WorkloadError
from migration_app.workloads.models import Sample, Workload
from migration_app.workloads.privacy import sentence_of
from migration_app.workloads.profiles import category_label
from migration_app.workloads.redaction import BY_KEY
from migration_app.workloads.revealing import reveal
from migration_app.workloads.scoring import choose_scoring
from migration_app.workloads.traffic import nothing_known

from . import navigation
from .access import team_object_or_404, team_of, user_of, writer_required
from .import_forms import RevealForm, TrafficForm
from .import_pages import span_of
from .refusals import refusals_on
from .scorer_pages import urlpatterns as scorer_patterns
from .turns import turns_of
from .upload_forms import ScoringForm
from .uploads import problems_response

_PER_PAGE = 25
_EXCERPT = 280


@require_safe
def workloads(request: HttpRequest) -> HttpResponse:
    team = team_of(request)
    context = {"rows": queries.newest_workloads(team), "waiting": queries.waiting_uploads(team)}
    return render(request, "workloads/list.html", context)


@require_POST
@writer_required
def workload_sample(request: HttpRequest) -> HttpResponse:
    """Add the bundled workload with one click; a second click finds the first one's."""
    added = add_bundled(team=team_of(request), user=user_of(request))
    messages.success(
        request,
        _("{name} is ready, with {sample_count} samples.").format(
            name=added.name, sample_count=number_format(added.sample_count, force_grouping=True)
        ),
    )
    return redirect("workload", added.pk)


@require_safe
def workload(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, Workload, pk)
    return render(request, "workloads/detail.html", _describe(request, found, ScoringForm(found)))


@require_POST
@writer_required
def workload_scoring(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, Workload, pk)
    form = ScoringForm(found, request.POST)
    if form.is_valid():
        with refusals_on(form):
            choose_scoring(workload=found, **form.choice())
            messages.success(request, _("New assessments with this workload will score answers this way."))
            return redirect(f"{reverse('workload', args=[pk])}#scoring")
    return render(request, "workloads/detail.html", _describe(request, found, form), status=422)


@require_safe
def workload_problems(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    upload = queries.upload_of(team_object_or_404(request, Workload, pk))
    if upload is None:
        raise Http404(_("This workload did not come from an uploaded file."))
    return problems_response(upload)


@require_POST
@writer_required
def workload_traffic(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, Workload, pk)
    form = TrafficForm(found.traffic, list(found.profile.get("categories", {})), request.POST)
    if form.is_valid():
        actions.choose_traffic(workload=found, traffic=form.profile(), user=user_of(request))
        messages.success(request, _("New assessments with this workload show costs for this traffic."))
        return redirect(f"{reverse('workload', args=[pk])}#traffic")
    context = _describe(request, found, ScoringForm(found)) | {"traffic_form": form}
    return render(request, "workloads/detail.html", context, status=422)


@require_POST
@never_cache
@writer_required
def workload_reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what stands behind one placeholder, on this answer alone: it is in no message and no address."""
    found = team_object_or_404(request, Workload, pk)
    form = RevealForm(request.POST)
    context = _describe(request, found, ScoringForm(found)) | {"reveal_form": form}
    if form.is_valid():
        with refusals_on(form, "placeholder"):
            placeholder = form.cleaned_data["placeholder"]
            context["revealed"] = reveal(workload=found, placeholder=placeholder, user=user_of(request))
    return render(request, "workloads/detail.html", context, status=422 if form.errors else 200)


@require_POST
@writer_required
def workload_delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = team_object_or_404(request, Workload, pk)
    try:
        actions.delete_workload(workload=found, user=user_of(request))
    except WorkloadError as refusal:
        messages.error(request, str(refusal))
        return redirect("workload", pk)
    messages.success(request, _("{found} is deleted, with its samples and its file.").format(found=found))
    return redirect("workloads")


def _describe(request: HttpRequest, found: Workload, form: ScoringForm) -> dict[str, Any]:
    """Everything that a workload's page shows."""
    category = request.GET.get("category")
    if category not in found.profile.get("categories", {}):
        category = None
    page = Paginator(queries.samples_of(found, category=category), _PER_PAGE).get_page(
        request.GET.get("page")
    )
    versions = list(queries.versions_of(found))
    return {
        "workload": found,
        "form": form,
        "page": page,
        "rows": [_row(sample) for sample in page.object_list],
        "category": category,
        "category_choices": [
            (name, category_label(name), count) for name, count in found.profile.get("categories", {}).items()
        ],
        "versions": versions,
        "in_use": found.assessments.exists(),
        "upload": queries.upload_of(found),
        "traffic_form": TrafficForm(found.traffic, list(found.profile.get("categories", {}))),
        "traffic": nothing_known() | found.traffic,
        "span": span_of(nothing_known() | found.traffic),
        "settings": list(log_settings.shown(found.profile)),
        "kinds": _kinds(found),
        "privacy_sentence": sentence_of(found.privacy),
        "reveal_form": RevealForm(),
        "assessment_url": navigation.address("assessment-new"),
    }


def _kinds(found: Workload) -> list[dict[str, Any]]:
    """Each kind of private value: how many were in the file, and how many places are masked here."""
    masked, kept = found.privacy.get("masked") or {}, found.privacy.get("keep", ())
    counts = found.privacy.get("found") or {}
    return [
        {
            "label": BY_KEY[key].label,
            "found": (counts.get(key) or {}).get("found"),
            "masked": masked.get(key, 0),
            "kept": key in kept,
        }
        for key in dict.fromkeys([*counts, *masked])
        if key in BY_KEY
    ]


def _row(sample: Sample) -> dict[str, Any]:
    return {
        "sample": sample,
        "question": queries.shown(queries.question_of(sample), _EXCERPT),
        "expected": [queries.shown(reference, _EXCERPT) for reference in sample.references[:3]],
        "more_expected": max(0, len(sample.references) - 3),
        "turns": turns_of(sample),
        "logged": queries.shown((sample.logged or {}).get("text", ""), 2_000),
    }


urlpatterns = [
    path("workloads/", workloads, name="workloads"),
    path("workloads/sample/", workload_sample, name="workload-sample"),
    *scorer_patterns,
    path("workloads/<uuid:pk>/", workload, name="workload"),
    path("workloads/<uuid:pk>/scoring/", workload_scoring, name="workload-scoring"),
    path("workloads/<uuid:pk>/problems.csv", workload_problems, name="workload-problems"),
    path("workloads/<uuid:pk>/traffic/", workload_traffic, name="workload-traffic"),
    path("workloads/<uuid:pk>/reveal/", workload_reveal, name="workload-reveal"),
    path("workloads/<uuid:pk>/delete/", workload_delete, name="workload-delete"),
]
