"""What the pages of a report show of it: the same for the team and for whoever holds a link."""

from __future__ import annotations

from typing import Any

from migration_app.reports.charts.plotly import figure
from migration_app.reports.models import Report


def summary_context(report: Report) -> dict[str, Any]:
    chart = report.data["charts"]["quality_cost"] or report.data["charts"]["quality_change"]
    return {"chart": chart, "figure": figure(chart) if chart else None}


def evidence_context(report: Report) -> dict[str, Any]:
    charts = [
        (chart, figure(chart), "" if name != "quality_cost" else "tall")
        for name in ("quality_change", "latency", "quality_cost")
        if (chart := report.data["charts"][name])
    ]
    crossings = [(each, figure(each["chart"])) for each in report.data.get("break_even", ())]
    return {"charts": charts, "crossings": crossings}
