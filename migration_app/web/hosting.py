"""Own servers: what it takes to run an open model oneself, and from which volume that pays."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from migration_app.candidates import queries
from migration_app.candidates.actions import InvalidCandidateError
from migration_app.candidates.hosting import actions
from migration_app.candidates.hosting.models import HostingPlan
from migration_app.candidates.hosting.working import model_named
from migration_app.candidates.models import Candidate

from .access import team_object_or_404, team_of, user_of, writer_required
from .hosting_forms import HostingForm, typed
from .hosting_measured import measured_in_runs
from .hosting_results import results_of, row_of
from .navigation import market_tabs
from .refusals import refusals_on

# What the form begins with: a size that one small processor holds, under a name that many know.
USUAL_MODEL = "meta-llama/Llama-3.1-8B-Instruct"


@require_safe
def hosting(request: HttpRequest) -> HttpResponse:
    """The team's plans, the newest first."""
    plans = HostingPlan.objects.of(team_of(request)).filter(archived_at=None)
    context = {"tabs": market_tabs("hosting"), "rows": [row_of(plan) for plan in plans]}
    return render(request, "hosting/list.html", context)


@writer_required
def hosting_new(request: HttpRequest) -> HttpResponse:
    """By address: what would follow, nothing kept. By post: keep it."""
    form = HostingForm(request.POST or _asked(request) or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            plan = actions.add_plan(team=team_of(request), user=user_of(request), **form.fields_of_plan())
            messages.success(request, _("The plan is kept. It can now price a model of yours."))
            return redirect("hosting-plan", plan.pk)
    return render(request, "hosting/new.html", {"form": form} | _preview(request, form))


@require_safe
def hosting_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = team_object_or_404(request, _in_use(), pk)
    worked = actions.checked(plan)
    candidates = queries.candidates_of(team_of(request))
    context = {
        "plan": plan,
        "candidates": candidates,
        "measured": measured_in_runs(team_of(request)),
        "users": [one for one in candidates if _is_priced_by(one, plan)],
        **results_of(worked, team_of(request)),
    }
    return render(request, "hosting/plan.html", context)


@writer_required
def hosting_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = team_object_or_404(request, _in_use(), pk)
    form = HostingForm(request.POST or _asked(request) or typed(plan))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.change_plan(plan=plan, user=user_of(request), **form.fields_of_plan())
            messages.success(request, _("The plan is changed. Prices made of it before keep what they had."))
            return redirect("hosting-plan", pk)
    return render(request, "hosting/new.html", {"form": form, "plan": plan} | _preview(request, form))


@require_POST
@writer_required
def hosting_price(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Price one of the team's models by the plan."""
    plan = team_object_or_404(request, _in_use(), pk)
    try:
        wanted = UUID(request.POST.get("candidate", ""))
    except ValueError:
        messages.error(request, _("Choose one of your models first."))
        return redirect("hosting-plan", pk)
    found = team_object_or_404(request, Candidate.objects.filter(archived_at=None), wanted)
    try:
        actions.price_by_plan(candidate=found, user=user_of(request), plan=plan)
    except InvalidCandidateError as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("{label} is now priced by this plan. Runs that have started keep the price they had.")
        messages.success(request, text.format(label=found.label))
    return redirect("hosting-plan", pk)


@require_POST
@writer_required
def hosting_measured(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rest the plan on what a test under load measured on a server of the team's."""
    plan = team_object_or_404(request, _in_use(), pk)
    key = request.POST.get("measured", "")
    measured = next((one for one in measured_in_runs(team_of(request)) if one.key == key), None)
    if measured is None:
        messages.error(request, _("This test is not there any more. Choose another."))
    else:
        actions.change_plan(plan=plan, user=user_of(request), **measured.fields())
        messages.success(request, _("The plan now rests on the measured speed."))
    return redirect("hosting-plan", pk)


@require_POST
@writer_required
def hosting_archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = team_object_or_404(request, _in_use(), pk)
    actions.archive_plan(plan=plan, user=user_of(request))
    messages.success(request, _("The plan is archived. Prices made of it stay."))
    return redirect("hosting")


def _in_use() -> Any:
    return HostingPlan.objects.filter(archived_at=None)


def _asked(request: HttpRequest) -> Any:
    """The address' own values, once the form was sent by it; not when only a model is named."""
    return request.GET if "precision" in request.GET else None


def _initial(request: HttpRequest) -> dict[str, Any]:
    model = model_named(request.GET.get("model", "")[:200])
    initial: dict[str, Any] = {"gpu": "L4", "model": USUAL_MODEL}
    return initial if model is None else initial | {"model": model.model}


def _preview(request: HttpRequest, form: HostingForm) -> dict[str, Any]:
    """What follows from a form that is filled in; nothing where it is not, or makes no sense.

    asked: whether somebody asked for it, and so may keep it; a kept plan is shown as it stands.
    """
    if not form.is_bound or not form.is_valid():
        return {}
    plan = HostingPlan(team=team_of(request), **form.fields_of_plan())
    with refusals_on(form):
        kept = [(name, form.data.get(name, "")) for name in form.fields]
        return results_of(actions.checked(plan), team_of(request)) | {
            "kept": kept,
            "asked": bool(_asked(request)),
        }
    return {}


def _is_priced_by(candidate: Candidate, plan: HostingPlan) -> bool:
    quote = queries.current_price(candidate)
    return quote is not None and quote.hosting_plan_id == plan.pk


urlpatterns = [
    path("hosting/", hosting, name="hosting"),
    path("hosting/new/", hosting_new, name="hosting-new"),
    path("hosting/<uuid:pk>/", hosting_plan, name="hosting-plan"),
    path("hosting/<uuid:pk>/edit/", hosting_edit, name="hosting-edit"),
    path("hosting/<uuid:pk>/price/", hosting_price, name="hosting-price"),
    path("hosting/<uuid:pk>/measured/", hosting_measured, name="hosting-measured"),
    path("hosting/<uuid:pk>/archive/", hosting_archive, name="hosting-archive"),
]
