"""What the comparison and the report say of how requests were sent."""

from __future__ import annotations

import io

from pypdf import PdfReader

from migration_app.comparisons.actions import compare_run
from migration_app.reports.build import freeze
from migration_app.reports.pdf import render_pdf
from migration_app.scoring.actions import score_run
from tests.reports.factories import comparison_data
from tests.runs.conftest import open_loopback, started, vendor

__all__ = ["open_loopback", "started", "vendor"]


def report_of(bench):
    bench.replay()
    score_run(run=bench.run)
    return freeze(compare_run(run=bench.run).data)


def method(report) -> dict[str, str]:
    return {fact["term"]: fact["value"] for part in report["method"]["sections"] for fact in part["facts"]}


def test_an_open_load_is_told_with_its_goodput(started):
    bench = started("slow", samples=6, load="uniform", peak_per_minute=1200, slo_total=0.25, warm_up_calls=1)
    report = report_of(bench)
    rows = {row["label"]: row["goodput"]["value"] for row in report["speed"]}
    assert rows["good"] == "100.0%, 20.00 of 20.00 a second" and rows["slow"].startswith("0.0%, 0.00 of")
    told = method(report)
    assert told["How requests were sent"].startswith("1,200 a minute to each model, evenly spaced")
    assert "at most 256" in told["How requests were sent"]
    assert told["Limits for latency"] == "whole answer within 250\u00a0ms"
    assert "good: 1 call, " in told["Warm-up calls, in no figure"]
    assert "cannot hide" in report["speed_note"]
    pages = PdfReader(io.BytesIO(render_pdf(report, sha256="0" * 64))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "Within the limits" in text and "20.00 of 20.00" in text


def test_with_a_fixed_number_at_a_time_there_is_a_share_and_no_rate(started):
    report = report_of(started("slow", samples=6, slo_total=0.25))
    assert {row["goodput"]["value"] for row in report["speed"]} == {"100.0%", "0.0%"}
    assert method(report)["How requests were sent"].startswith("A fixed number at a time (4)")


def test_without_limits_nothing_is_said_of_goodput():
    report = freeze(comparison_data())
    assert all(row["goodput"]["value"] == "" for row in report["speed"]) and report["speed_note"] == ""
