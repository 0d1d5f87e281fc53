"""How requests were sent, and what of it the comparison keeps: goodput, lateness, warm-up calls."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from migration_app.evaluation.goodput import Goodput, Objective, goodput
from migration_app.evaluation.metrics import Calls
from migration_app.runs.models import Attempt, Load, Run, RunCandidate
from migration_app.runs.schedule import LATE_SECONDS, MOST_IN_FLIGHT, is_open
from migration_app.runs.warmth import warmth_of


def load_data(run: Run) -> dict[str, Any]:
    """The settings that decide what a latency means."""
    assessment = run.assessment
    is_open = assessment.load != Load.CLOSED
    return {
        "mode": assessment.load,
        "peak_per_minute": assessment.peak_per_minute if is_open else None,
        "most_in_flight": MOST_IN_FLIGHT if is_open else None,
        "at_a_time": None if is_open else sorted(run.lanes.values_list("concurrency", flat=True)),
        "slo_ttft": assessment.slo_ttft,
        "slo_total": assessment.slo_total,
        "warm_up_calls": assessment.warm_up_calls,
    }


def goodput_of(run: Run, calls: Calls) -> Goodput | None:
    """None where no limit for latency was set, or nothing was asked."""
    assessment = run.assessment
    objective = Objective(assessment.slo_ttft, assessment.slo_total)
    if not objective.is_set or not len(calls.failed):
        return None
    peak = None if assessment.load == Load.CLOSED else assessment.peak_per_minute
    offered = None if peak is None else peak / 60
    return goodput(calls.failed, calls.ttft, calls.total, objective, offered)


def lateness_of(entry: RunCandidate) -> dict[str, Any] | None:
    """Of an open load: how many requests left noticeably after they were due, and the latest of them."""
    if not is_open(entry.run):
        return None
    sent = Attempt.objects.filter(item__run_candidate=entry, lateness__isnull=False)
    most = sent.aggregate(most=Max("lateness"))["most"]
    if most is None:
        return None
    return {"late": entry.late_calls, "noticeable": LATE_SECONDS, "most": most}


def warm_up_of(entry: RunCandidate) -> dict[str, Any] | None:
    """Calls before the measurement, in no figure; None where there were none."""
    warmth = warmth_of(entry)
    return None if warmth is None else {"calls": warmth.calls, "failed": warmth.failed, "cost": warmth.cost}
