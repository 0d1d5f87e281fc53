"""Ask more in a run: what failed, more requests, one more model. First what it would take, then the wish."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from migration_app.candidates.addresses import host_of
from migration_app.candidates.models import Candidate
from migration_app.candidates.queries import candidates_of
from migration_app.pipeline import control
from migration_app.runs.actions import MAX_CANDIDATES, CannotChange
from migration_app.runs.actions.reopening import EXTENDABLE
from migration_app.runs.conflicts import conflicts_asking, to_accept
from migration_app.runs.models import ExtensionKind, Run, RunState
from migration_app.runs.wishes import (
    More,
    failures_again,
    more_samples,
    one_more_model,
    samples_asked,
    to_ask_again,
)

from .access import team_object_or_404, team_of, user_of, writer_required
from .assessment_conflicts import conflict_rows


class MoreForm(forms.Form):
    """The wish, as the run page's links and forms put it."""

    what = forms.ChoiceField(
        choices=[choice for choice in ExtensionKind.choices if choice[0] != ExtensionKind.REVIEWS]
    )
    to = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=10**9,
        error_messages={"invalid": gettext_lazy("Enter how many requests there should be in all.")},
    )
    model = forms.UUIDField(required=False)


def more_context(request: HttpRequest, run: Run) -> dict[str, Any]:
    """For the run page: what may be wished for."""
    if run.state not in EXTENDABLE or run.parent_id is not None:
        return {"may_extend": False}
    asked, there = samples_asked(run), run.assessment.workload.sample_count
    taking_part = set(run.candidates.values_list("candidate_id", flat=True))
    full = len(taking_part) >= MAX_CANDIDATES
    return {
        "may_extend": True,
        "to_ask_again": sum(to_ask_again(run).values()),
        "asked": asked,
        "there": there,
        "next_size": min(there, 2 * asked),
        "least_size": asked + 1,
        "others_to_add": []
        if full
        else [model for model in candidates_of(team_of(request)) if model.pk not in taking_part],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@writer_required
def run_more(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET shows what it would take and sends nothing; POST does it. Both for the same wish."""
    rows = Run.objects.select_related("assessment__workload", "ledger")
    run = team_object_or_404(request, rows, pk)
    form = MoreForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        messages.error(request, _("Choose what to ask more. {why}").format(why=_first_error(form)))
        return redirect("run", pk)
    wish = _wish(request, run, form.cleaned_data)
    if request.method == "POST":
        return _do(request, run, wish)
    if not wish.requests:
        messages.info(request, _("There is nothing more to ask for that wish."))
        return redirect("run", pk)
    return render(request, "runs/more.html", _context(run, wish))


def _first_error(form: forms.Form) -> str:
    return next((str(errors[0]) for errors in form.errors.values()), "")


def _wish(request: HttpRequest, run: Run, values: dict[str, Any]) -> More:
    if values["what"] == ExtensionKind.FAILURES:
        return failures_again(run)
    if values["what"] == ExtensionKind.SAMPLES:
        return more_samples(run, values["to"] or 0)
    if values["model"] is None:
        raise Http404(_("Choose a model."))
    rows = Candidate.objects.select_related("connection")
    return one_more_model(run, team_object_or_404(request, rows, values["model"]))


def _do(request: HttpRequest, run: Run, wish: More) -> HttpResponse:
    who, reason = user_of(request), request.POST.get("accepts_conflicts", "")
    try:
        if wish.kind == ExtensionKind.FAILURES:
            control.ask_failed_again(run=run, user=who, accepts_conflicts=reason)
        elif wish.kind == ExtensionKind.SAMPLES:
            control.extend_samples(run=run, user=who, to=wish.to, accepts_conflicts=reason)
        else:
            assert wish.candidate is not None
            control.add_candidate(run=run, user=who, candidate=wish.candidate, accepts_conflicts=reason)
        messages.success(request, _("Asking. What was answered before is kept and not asked again."))
        return redirect("run", run.pk)
    except CannotChange as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(run, wish))


def _address(run: Run, wish: More) -> str:
    """Where the wish is shown with all that stands against it."""
    model = wish.candidate.pk if wish.candidate else ""
    asked = {"what": wish.kind.value, "to": wish.to or "", "model": model}
    return f"{reverse('run-more', args=[run.pk])}?{urlencode(asked)}"


def _context(run: Run, wish: More) -> dict[str, Any]:
    return {
        "run": run,
        "assessment": run.assessment,
        "wish": wish,
        "title": _TITLES[wish.kind],
        "estimate": wish,
        **_conflicts(run, wish),
        "has_report": run.state == RunState.FINISHED,
        "rows": [
            {
                "part": part,
                "host": host_of(part.candidate.connection.base_url),
                "position": position,
            }
            for part, position in zip(wish.parts, _positions(run, wish), strict=True)
        ],
    }


def _conflicts(run: Run, wish: More) -> dict[str, Any]:
    """As the rules are now: what was accepted for the run is shown, and needs no second sentence."""
    found = conflicts_asking([part.candidate for part in wish.parts], run.assessment)
    return {
        "conflicts": conflict_rows(found, run.currency),
        "is_broken": bool(to_accept(found, run.assessment)),
    }


_TITLES = {
    ExtensionKind.FAILURES: gettext_lazy("Ask again what failed"),
    ExtensionKind.SAMPLES: gettext_lazy("Ask more requests"),
    ExtensionKind.CANDIDATE: gettext_lazy("Add one more model"),
}


def _positions(run: Run, wish: More) -> list[int]:
    """Colour and shape of each model: those of the run, the next one for a model that joins."""
    taken = dict(run.candidates.values_list("candidate_id", "position"))
    following = max(taken.values(), default=-1) + 1
    return [taken.get(part.candidate.pk, following) for part in wish.parts]


urlpatterns = [path("runs/<uuid:pk>/more/", run_more, name="run-more")]
