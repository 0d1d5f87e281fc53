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
    Scorer,
    ScorerError,
    build,
    is_judged,
)
from migration_app.runs import drafts
from migration_app.workloads.models import Workload
from migration_app.workloads.profiles import category_label
from migration_app.workloads.scoring import set_scorer

from .access import team_object_or_404, writer_required
from .refusals import refusals_on
from .scorer_choices import scorer_choices
from .scorer_forms import ScorerForm, TryForm
from .scorer_preview import judges_question, preview_of


@writer_required
def scorer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows the settings of `?scorer=` (else the stored one); POST saves them, or only shows them."""
    found = team_object_or_404(request, Workload, pk)
    category = _category(request, found)
    stored = _stored(found, category)
    name = _asked(request.POST.get("scorer") or request.GET.get("scorer"), stored)
    initial = stored.get("parameters", {}) if stored.get("name") == name else {}
    form = ScorerForm(name, request.POST or None, initial=initial, more="more" in request.POST)
    trial, score = TryForm(request.POST or None), None
    looks = bool({"try", "show", "more"} & request.POST.keys())
    if request.method == "POST" and form.is_valid() and trial.is_valid():
        if "try" in request.POST:
            score = _tried(form, trial)
        elif not looks:
            with refusals_on(form):
                chosen: dict[str, Any] = {"category": category, "name": name, "parameters": form.parameters()}
                set_scorer(workload=found, **chosen)
                drafts.adopt_scorer(workload=found, **chosen)
                messages.success(
                    request, _("New assessments with this workload will score answers this way.")
                )
                return redirect(f"{reverse('workload', args=[pk])}#scoring")
    return render(
        request,
        "workloads/scorer.html",
        _describe(found, category, form, trial, score),
        status=422 if (form.errors or trial.errors) and not looks else 200,
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


def _made(form: ScorerForm) -> Scorer | None:
    """The scorer with the settings on the page; None while they cannot be used."""
    try:
        if form.is_bound:
            return build(form.scorer, **form.parameters()) if form.is_valid() else None
        return build(form.scorer, **form.initial)
    except ScorerError:
        return None


def _describe(
    workload: Workload, category: str | None, form: ScorerForm, trial: TryForm, score: Score | None
) -> dict[str, Any]:
    made = _made(form)
    return {
        "preview": preview_of(made, workload, category) if made and not is_judged(made.name) else None,
        "question": judges_question(made, workload, category) if made else [],
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
