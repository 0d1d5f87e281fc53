"""The traffic that an assessment's projections are for: the workload's own, unless the question says else.

Its shape is that of `workloads.traffic`. It is frozen with the question when a run starts, so a
projection is told for what was asked, whatever the workload's profile says later.
"""

from __future__ import annotations

from typing import Any

from migration_app.workloads.traffic import nothing_known, peak_of, typed, volumes_of

from .models import Assessment


def traffic_of(assessment: Assessment) -> dict[str, Any]:
    """The profile as it was frozen; before that, as it would be now."""
    if assessment.traffic:
        return dict(assessment.traffic)
    known = nothing_known() | dict(assessment.workload.traffic or {})
    asked = assessment.requests_per_month
    if asked is None or asked == known["requests_per_month"]:
        return known
    return typed(known, requests_per_month=asked)


def volumes_for(assessment: Assessment) -> dict[str, float] | None:
    """Requests a month by category, for the categories of the workload; None where nobody knows them."""
    return volumes_of(traffic_of(assessment), assessment.workload.profile.get("categories") or {})


def peak_for(assessment: Assessment) -> int | None:
    """Requests in the busiest minute; None where it is not known."""
    return peak_of(traffic_of(assessment))
