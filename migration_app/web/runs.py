"""The run page: progress that moves by itself, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from migration_app.pipeline import control
from migration_app.reports.formatting import NO_BREAK
from migration_app.runs.actions import CannotChange
from migration_app.runs.models import STAGES, Run, RunState
from migration_app.runs.queries import progress

from .access import team_object_or_404, user_of, writer_required
from .navigation import result_tabs
from .run_more import more_context
from .run_rules import rules_context

PAUSABLE = (RunState.RUNNING,)
RESUMABLE = (RunState.PAUSED, RunState.BUDGET_REACHED)


class CapForm(forms.Form):
    cap = forms.DecimalField(
        label=gettext_lazy("New spending cap"), min_value=Decimal("0.000001"), max_digits=14, decimal_places=6
    )


@require_safe
@never_cache
def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _run(request, pk)
    if found.parent_id is not None:
        return redirect("run", found.parent_id)
    return render(request, "runs/progress.html", _page_context(request, found))


@require_safe
@login_not_required
@never_cache
def run_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The live part alone; with the buttons when the state is not the one the page knows.

    Once the run has ended the part no longer asks to be refreshed. A visitor whose session
    ended is sent to sign in as a whole page, not inside the part.
    """
    if not request.user.is_authenticated:
        response = redirect_to_login(reverse("run", args=[pk]))
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
        return response
    found = _run(request, pk)
    changed = request.GET.get("state") not in (None, found.state)
    context = _page_context(request, found) if changed else _context(request, found)
    context["changed"] = changed
    return render(request, "runs/_progress.html", context)


@require_POST
@writer_required
def run_pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, control.pause, _("Paused. Requests on their way are still stored."))


@require_POST
@writer_required
def run_resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("accepts_conflicts", "")

    def resume(*, run: Run, user: Any) -> None:
        control.resume(run=run, user=user, accepts_conflicts=reason)

    return _do(request, pk, resume, _("Going on."))


@require_POST
@writer_required
def run_cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, control.cancel, _("Cancelled. What was measured is kept."))


@require_POST
@writer_required
def run_finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _do(request, pk, control.finish_early, _("Judging with the answers there are."))


@require_POST
@writer_required
def run_cap(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = CapForm(request.POST)

    def raise_cap(*, run: Run, user: Any) -> None:
        if not form.is_valid():
            raise CannotChange(
                _("The cap was not changed. {problems}").format(
                    problems=" ".join(map(str, form.errors["cap"]))
                )
            )
        control.raise_cap(run=run, user=user, cap=form.cleaned_data["cap"])

    return _do(request, pk, raise_cap, _("The spending cap is raised."))


def _do(request: HttpRequest, pk: UUID, verb: Callable[..., None], done: str) -> HttpResponse:
    """One of the verbs on a run, then the run page; a refusal is shown there as its sentence."""
    found = _run(request, pk)
    try:
        verb(run=found, user=user_of(request))
        messages.success(request, done)
    except CannotChange as refusal:
        messages.error(request, str(refusal))
    return redirect("run", found.parent_id or pk)


def _run(request: HttpRequest, pk: UUID) -> Run:
    rows = Run.objects.select_related("assessment__workload", "assessment__baseline", "created_by")
    return team_object_or_404(request, rows, pk)


def _context(request: HttpRequest, found: Run) -> dict[str, Any]:
    now = progress(found)
    state = RunState(found.state)
    stopped = [option for option in now.options if option.note]
    return {
        "run": found,
        "assessment": found.assessment,
        "progress": now,
        "others": max(0, len(now.options) - 1),
        "baseline": next((option for option in now.options if option.is_baseline), None),
        "rows": [
            {"option": option, "ended": option.done + option.failed, "left": _left(option.seconds_left)}
            for option in now.options
        ],
        "headline": headline(now),
        "is_stage": state in STAGES,
        "finished": state == RunState.FINISHED,
        "tabs": result_tabs(found.pk, "run") if state == RunState.FINISHED else [],
        "may_pause": state in PAUSABLE,
        "may_resume": state in RESUMABLE or (state == RunState.RUNNING and bool(stopped)),
        "may_end": state in (*PAUSABLE, *RESUMABLE),
        "stopped": stopped,
        "judging": _judging(found),
    }


def _judging(found: Run) -> dict[str, Any] | None:
    """How far the judges are, where there are any."""
    judging = Run.objects.filter(parent=found).first()
    if judging is None:
        return None
    now = progress(judging)
    return {
        "run": judging,
        "progress": now,
        "rows": [{"option": option, "ended": option.done + option.failed} for option in now.options],
        "may_pause": judging.state in PAUSABLE,
        "may_resume": judging.state in RESUMABLE,
        "may_end": judging.state in (*PAUSABLE, *RESUMABLE),
    }


def _page_context(request: HttpRequest, found: Run) -> dict[str, Any]:
    """The whole page's: with what more may be asked, and what rules stand against going on."""
    context = _context(request, found)
    judging = context["judging"]
    waiting = judging["run"] if judging and judging["may_resume"] else None
    rules = rules_context(found, waiting, may_resume=context["may_resume"])
    return context | more_context(request, found) | rules


def headline(now: Any) -> str:
    """The state of the run as a short sentence."""
    if now.state != RunState.RUNNING:
        return str(_HEADLINES[RunState(now.state)])
    if now.seconds_left is None:
        return _("Collecting the first answers")
    return _("{seconds_left} left").format(seconds_left=_about(now.seconds_left))


_HEADLINES = {
    RunState.PAUSED: gettext_lazy("Paused"),
    RunState.BUDGET_REACHED: gettext_lazy("Stopped at the spending cap"),
    RunState.SCORING: gettext_lazy("All answers are in; scoring them"),
    RunState.JUDGING: gettext_lazy("Judges are marking the answers"),
    RunState.COMPARING: gettext_lazy("Comparing the models"),
    RunState.REPORTING: gettext_lazy("Writing the report"),
    RunState.FINISHED: gettext_lazy("Finished"),
    RunState.CANCELLED: gettext_lazy("Cancelled"),
    RunState.FAILED: gettext_lazy("This run failed"),
}


def _about(seconds: float) -> str:
    if seconds < 50:
        return _("Less than a minute")
    minutes = round(seconds / 60)
    if minutes < 90:
        return _("About a minute") if minutes <= 1 else _("About {minutes} minutes").format(minutes=minutes)
    return _("About {hours} hours").format(hours=round(minutes / 60))


def _left(seconds: float | None) -> str:
    """Time left of one model, no more exact than it can be known; "" when it cannot."""
    if seconds is None:
        return ""
    if seconds < 50:
        return _("under 1 min")
    minutes = round(seconds / 60)
    text = _("{minutes} min").format(minutes=minutes) if minutes < 90 else f"{round(minutes / 60)} h"
    return text.replace(" ", NO_BREAK)


urlpatterns = [
    path("runs/<uuid:pk>/", run, name="run"),
    path("runs/<uuid:pk>/progress/", run_progress, name="run-progress"),
    path("runs/<uuid:pk>/pause/", run_pause, name="run-pause"),
    path("runs/<uuid:pk>/resume/", run_resume, name="run-resume"),
    path("runs/<uuid:pk>/cancel/", run_cancel, name="run-cancel"),
    path("runs/<uuid:pk>/finish/", run_finish, name="run-finish"),
    path("runs/<uuid:pk>/cap/", run_cap, name="run-cap"),
]
