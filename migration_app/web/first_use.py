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

from migration_app.accounts.models import Team
from migration_app.candidates import starters
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.models import Candidate
from migration_app.candidates.queries import candidates_of, currency_of
from migration_app.runs.actions import MAX_CANDIDATES, InvalidAssessment, create_assessment
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.samples import SUPPORT_DESK

from .access import team_of, user_of, writer_required

TWO = 2  # today's and one to compare it with


def first_use(team: Team) -> dict[str, Any]:
    """What the page of an empty account needs: whether one click is enough, and with which models."""
    own = candidates_of(team)
    models = [model.label for model in own] if len(own) >= TWO else [one.label for one in starters.offered()]
    return {"trial_models": models[:MAX_CANDIDATES], "trial_is_offered": len(own) < TWO and bool(models)}


@require_POST
@writer_required
def try_sample(request: HttpRequest) -> HttpResponse:
    """Put the sample's question together. Nothing is sent: the next page says what would be."""
    team, user = team_of(request), user_of(request)
    try:
        models = candidates_of(team)
        if len(models) < TWO:
            models = starters.take(team=team, user=user)
        today, others = _roles(models)
        draft = create_assessment(
            team=team,
            user=user,
            name=_("May we replace {model}?").format(model=today.label)[:200],
            workload=add_bundled(team=team, user=user),
            baseline=today,
            candidates=others,
            settings={
                "max_output_tokens": SUPPORT_DESK.max_output_tokens,
                "temperature": SUPPORT_DESK.temperature,
                "seed": 7,
            },
            currency=currency_of([today, *others]),
        )
    except (InvalidCandidateError, InvalidAssessment) as refusal:
        messages.error(request, str(refusal))
        return redirect("assessments")
    return redirect("assessment-check", draft.pk)


def _roles(models: Sequence[Candidate]) -> tuple[Candidate, list[Candidate]]:
    """Today's model, and as many others as a run compares."""
    today = next((model for model in models if model.is_incumbent), models[0])
    return today, [model for model in models if model != today][: MAX_CANDIDATES - 1]


urlpatterns = [path("try/", try_sample, name="try-sample")]
