"""One line of the list of assessments: where it stands and what came of it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from migration_app.reports.words import KINDS
from migration_app.runs.models import Assessment, Run, RunState

_TONES = {
    RunState.FINISHED: "neu",
    RunState.CANCELLED: "neu",
    RunState.FAILED: "bad",
    RunState.PAUSED: "warn",
    RunState.BUDGET_REACHED: "warn",
}

_ORDER = ("switch", "switch_with_conditions", "not_enough_evidence", "keep")
SHOWN = 3  # verdicts of one assessment; its own page has them all


def card(assessment: Any) -> dict[str, Any]:
    """One line of the list. `assessment` comes from `assessments_of`."""
    run = assessment.newest_runs[0] if assessment.newest_runs else None
    entries = list(run.candidates.all()) if run else []
    verdicts = sorted((entry for entry in entries if hasattr(entry, "verdict")), key=_best_first)
    return {
        "assessment": assessment,
        "run": run,
        "url": _place(assessment, run),
        "state": _state(run),
        "entries": entries,
        "verdicts": [_verdict(entry) for entry in verdicts[:SHOWN]],
        "more": max(0, len(verdicts) - SHOWN),
        "models": [model.label for model in assessment.candidates.all()],
        "ended": sum(entry.items_ended for entry in entries),
        "failed": sum(entry.items_failed for entry in entries),
    }


def _place(assessment: Assessment, run: Run | None) -> str:
    if run is None:
        return reverse("assessment-check", args=[assessment.pk])
    return reverse("results" if run.state == RunState.FINISHED else "run", args=[run.pk])


def _state(run: Run | None) -> dict[str, str]:
    if run is None:
        return {"text": _("Draft"), "tone": "neu"}
    return {"text": run.get_state_display(), "tone": _TONES.get(RunState(run.state), "acc")}


def _best_first(entry: Any) -> tuple[int, int]:
    kind = entry.verdict.kind
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), entry.position)


def _verdict(entry: Any) -> dict[str, Any]:
    tone, words = KINDS.get(entry.verdict.kind, ("neu", entry.verdict.kind))
    return {"label": entry.label, "position": entry.position, "tone": tone, "text": words}
