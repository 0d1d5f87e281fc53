"""The first try: a sample of requests and models that are there, put together by one click.

1. Try it with the sample  → the check page: what is sent, to whom, what it may cost
2. Start the test          → the run
3. See the results
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from migration_app.accounts.errors import Refusal
from migration_app.accounts.models import Team, User
from migration_app.candidates import starters
from migration_app.candidates.models import Candidate
from migration_app.candidates.queries import candidates_of, connections_of, currency_of
from migration_app.runs.actions import MAX_CANDIDATES, create_assessment
from migration_app.runs.models import Assessment
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.models import Workload
from migration_app.workloads.samples import SUPPORT_DESK

from .access import team_of, user_of, writer_required

TWO = 2  # today's and one to compare it with


def first_use(team: Team) -> dict[str, Any]:
    """What the page of an empty account needs: whom the sample would ask, and who offers these models."""
    own, on_offer = candidates_of(team), starters.offered()
    is_offered = len(own) < TWO and bool(on_offer)
    models = [one.label for one in on_offer] if is_offered else [model.label for model in _in_order(own)]
    return {"trial_models": models[:MAX_CANDIDATES], "trial_is_offered": is_offered}


@require_POST
@writer_required
def try_sample(request: HttpRequest) -> HttpResponse:
    """Put the sample's question together. Nothing is sent: the next page says what would be.

    Where models are missing the sample is kept all the same, and what is missing is said.
    """
    team, user = team_of(request), user_of(request)
    workload = add_bundled(team=team, user=user)
    try:
        models = candidates_of(team)
        if len(models) < TWO and starters.offered():
            models = starters.take(team=team, user=user)
        if len(models) < TWO:
            messages.warning(request, _missing(len(models)))
            return redirect("connections" if connections_of(team) else "connection-new")
        draft = _draft(team, user, workload, models)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments")
    return redirect("assessment-check", draft.pk)


def _missing(models: int) -> str:
    if models:
        return _(
            "The sample's requests are here. One model is connected, and a comparison needs two: add "
            "another one, then press “Try it with the sample” again. Everything else is filled in."
        )
    return _(
        "The sample's requests are here. No model is connected yet: add a connection and two of its "
        "models, then press “Try it with the sample” again. Everything else is filled in."
    )


def _draft(team: Team, user: User, workload: Workload, models: Sequence[Candidate]) -> Assessment:
    """The question; a draft that asks the same already is taken instead of a second one."""
    today, *others = _in_order(models)[:MAX_CANDIDATES]
    drafts = Assessment.objects.of(team).filter(workload=workload, baseline=today, frozen_at=None)
    wanted = {model.pk for model in others}
    for draft in drafts.prefetch_related("candidates"):
        if {model.pk for model in draft.candidates.all()} == wanted:
            return draft
    return create_assessment(
        team=team,
        user=user,
        name=_("May we replace {model}?").format(model=today.label)[:200],
        workload=workload,
        baseline=today,
        candidates=others,
        settings={
            "max_output_tokens": SUPPORT_DESK.max_output_tokens,
            "temperature": SUPPORT_DESK.temperature,
            "seed": 7,
        },
        currency=currency_of([today, *others]),
    )


def _in_order(models: Sequence[Candidate]) -> list[Candidate]:
    """Today's model first."""
    return sorted(models, key=lambda model: not model.is_incumbent)


urlpatterns = [path("try/", try_sample, name="try-sample")]
