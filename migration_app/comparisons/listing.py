"""The list of a team's assessments: each with its newest run and what came of it."""

from __future__ import annotations

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from migration_app.accounts.models import Team
from migration_app.runs.models import Assessment, Run, RunCandidate


def assessments_of(team: Team) -> QuerySet[Assessment]:
    """All of a team's assessments, the one that moved last first.

    Each row brings `newest_runs` (its newest run alone, or nothing for a draft), the run's
    entries with their verdicts, and `option_count`.
    """
    newest = Run.objects.filter(assessment=OuterRef("assessment")).order_by("-number").values("pk")[:1]
    entries = RunCandidate.objects.select_related("verdict")
    runs = Run.objects.filter(pk=Subquery(newest)).prefetch_related(Prefetch("candidates", entries))
    started = Run.objects.filter(assessment=OuterRef("pk")).order_by("-number").values("started_at")[:1]
    return (
        Assessment.objects.of(team)
        .annotate(last_started=Subquery(started))
        .select_related("workload", "baseline", "created_by")
        .prefetch_related(Prefetch("runs", runs, to_attr="newest_runs"), "candidates")
        .order_by(F("last_started").desc(nulls_first=True), "-created_at")
    )
