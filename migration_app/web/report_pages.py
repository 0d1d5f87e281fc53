"""What the pages of a report show of it: the same for the team and for whoever holds a link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migration_app.reports.charts.plotly import figure
from migration_app.reports.models import Report
from migration_app.reports.ranking import ranked, weights_from

MOST_ACROSS = 8  # categories beside each other in the heatmap; the PDF's is the same


def summary_context(report: Report, given: Mapping[str, Any]) -> dict[str, Any]:
    """`given`: the address's parameters, for the reader's weights."""
    chart = report.shown["charts"]["quality_cost"] or report.shown["charts"]["quality_change"]
    return {"chart": chart, "figure": figure(chart) if chart else None, "ranking": _ranking(report, given)}


def _ranking(report: Report, given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The options by the reader's weights; None in reports of before there were weights."""
    frozen = report.shown.get("ranking")
    return ranked(frozen, weights_from(given, frozen)) if frozen else None


def evidence_context(report: Report) -> dict[str, Any]:
    """The summary has quality against cost; here stands what it rests on."""
    heatmap = report.shown["heatmap"]
    crossings = [(each, figure(each["chart"])) for each in report.shown.get("break_even", ())]
    asks_payback = any(row["payback"]["value"] for row in report.shown.get("changes", ()))
    return {
        "of_quality": _drawn(report, "quality_change"),
        "of_time_and_money": _drawn(report, "latency", "payback"),
        "crossings": crossings,
        "asks_payback": asks_payback,
        "heat_lines": _upright(heatmap),
    }


def _drawn(report: Report, *names: str) -> list[tuple[Any, Any]]:
    """Those of the charts that there are, each with its figure."""
    charts = report.shown["charts"]
    return [(chart, figure(chart)) for name in names if (chart := charts.get(name))]


def _upright(heatmap: Mapping[str, Any] | None) -> list[tuple[Any, tuple[Any, ...]]]:
    """A category and its cells for each line, where they are too many to stand side by side; else none."""
    if heatmap is None or len(heatmap["categories"]) <= MOST_ACROSS:
        return []
    return list(
        zip(heatmap["categories"], zip(*(row["cells"] for row in heatmap["rows"]), strict=True), strict=True)
    )
