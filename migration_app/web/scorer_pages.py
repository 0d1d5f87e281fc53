"""One category's way of scoring: which, with which settings, and a place to try it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import (
    DEFAULT_SCORER,
    SCORERS,
    Answer,
    Expected,
    Score,
    ScorerError,
    build,
)
from migration_app.workloads.models import Workload
from migration_app.workloads.profiles import category_label
from migration_app.workloads.scoring import set_scorer

from .access import team_object_or_404, writer_required
from .refusals import refusals_on
from .scorer_choices import scorer_choices
from .scorer_forms import ScorerForm, TryForm


@writer_required
def scorer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows the settings of `?scorer=` (else the stored one); POST saves them, or tries them."""
    found = team_object_or_404(request, Workload, pk)
    category = _category(request, found)
    stored = _stored(found, category)
    name = _asked(request.POST.get("scorer") or request.GET.get("scorer"), stored)
    initial = stored.get("parameters", {}) if stored.get("name") == name else {}
    form = ScorerForm(name, request.POST or None, initial=initial)
    trial, score = TryForm(request.POST or None), None
    if request.method == "POST" and form.is_valid() and trial.is_valid():
        if "try" in request.POST:
            score = _tried(form, trial)
        else:
            with refusals_on(form):
                set_scorer(workload=found, category=category, name=name, parameters=form.parameters())
                messages.success(
                    request, _("New assessments with this workload will score answers this way.")
                )
                return redirect(f"{reverse('workload', args=[pk])}#scoring")
    return render(
        request,
        "workloads/scorer.html",
        _describe(found, category, form, trial, score),
        status=422 if form.errors or trial.errors else 200,
    )


def _category(request: HttpRequest, workload: Workload) -> str | None:
    """The category named in the address; None is whatever has no way of its own."""
    category = request.GET.get("category")
    if category is not None and category not in workload.profile.get("categories", {}):
        raise Http404(_("The workload has no such category."))
    return category


def _stored(workload: Workload, category: str | None) -> dict[str, Any]:
    default: dict[str, Any] = workload.scoring.get("default") or {}
    by_category = workload.scoring.get("by_category") or {}
    return default if category is None else by_category.get(category) or default


def _asked(name: str | None, stored: dict[str, Any]) -> str:
    for choice in (name, stored.get("name")):
        if choice in SCORERS:
            return str(choice)
    return DEFAULT_SCORER


def _tried(form: ScorerForm, trial: TryForm) -> Score | None:
    """The score of the answer that was tried; a setting that cannot be used becomes an error of the form."""
    reference = trial.cleaned_data["tried_reference"]
    expected = Expected((reference,) if reference.strip() else ())
    try:
        made = build(form.scorer, **form.parameters())
    except ScorerError as error:
        form.add_error(None, str(error))
        return None
    if made.needs_reference and not expected.references:
        return Score(None, _("This way of scoring needs an expected answer."))
    return made(Answer(trial.cleaned_data["tried_answer"]), expected)


def _describe(
    workload: Workload, category: str | None, form: ScorerForm, trial: TryForm, score: Score | None
) -> dict[str, Any]:
    return {
        "workload": workload,
        "category": category,
        "category_label": _("All others") if category is None else category_label(category),
        "form": form,
        "trial": trial,
        "score": score,
        "scorer": SCORERS[form.scorer],
        "choices": scorer_choices(),
        "scorers": SCORERS.values(),
    }


urlpatterns = [path("workloads/<uuid:pk>/scorer/", scorer, name="workload-scorer")]
