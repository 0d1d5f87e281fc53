"""A trial before the test: a few requests to each model, asked for by hand, at a cost that is said."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from migration_app.accounts.errors import Refusal
from migration_app.pipeline import control
from migration_app.runs.models import Assessment

from .access import team_object_or_404, user_of, writer_required


@require_POST
@writer_required
def assessment_trial(request: HttpRequest, pk: UUID) -> HttpResponse:
    drafts = Assessment.objects.select_related("workload", "baseline").filter(frozen_at=None)
    draft = team_object_or_404(request, drafts, pk)
    reason = request.POST.get("accepts_conflicts", "")
    try:
        run = control.start_trial(draft=draft, user=user_of(request), accepts_conflicts=reason)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("assessment-check", pk)
    text = _("The trial runs. Once it has ended, the estimate of {name} rests on it.")
    messages.success(request, text.format(name=draft.name))
    return redirect("run", run.pk)


urlpatterns = [path("assessments/<uuid:pk>/trial/", assessment_trial, name="assessment-trial")]
