"""A run that is asked more is scored, compared and reported again; the report that was there stays."""

from __future__ import annotations

from migration_app.comparisons.actions import compare_run
from migration_app.pipeline import control
from migration_app.reports.actions import make_report
from migration_app.reports.models import Report
from migration_app.runs.models import Run, RunState
from migration_app.scoring.actions import score_run
from migration_app.scoring.models import SampleScore
from tests.builders import a_candidate
from tests.runs.conftest import brisk, open_loopback, started, vendor

__all__ = ["brisk", "open_loopback", "started", "vendor"]

FAILING = {"good": {"tokens": 4}, "weak": {"tokens": 4, "faults": {"status,status=400": 1.0}}}


def report_of(bench) -> Report:
    """Replay, then what the stages do."""
    bench.replay()
    score_run(run=bench.run)
    compare_run(run=bench.run)
    report = make_report(run=bench.run)
    Run.objects.filter(pk=bench.run.pk).update(state=RunState.FINISHED)
    bench.run.refresh_from_db()
    return report


def test_what_failed_is_asked_scored_and_reported_anew(started, vendor):
    vendor.behave(**FAILING)
    bench = started("weak", samples=6)
    first = report_of(bench)
    vendor.behave(weak={"tokens": 4})
    control.ask_failed_again(run=bench.run, user=None)
    assert SampleScore.objects.filter(item__run=bench.run).count() == 6, "those of the failures are gone"
    second = report_of(bench)
    assert (first.edition, second.edition) == (1, 2) and Report.objects.count() == 2
    weak = [
        next(row for row in report.data["table"]["rows"] if row["label"] == "weak")
        for report in (first, second)
    ]
    assert [row["quality"] for row in weak] == ["0.0%", "100.0%"]
    kept = Report.objects.get(pk=first.pk)
    assert (kept.sha256, kept.data) == (first.sha256, first.data)
    told = [statement["text"] for statement in second.data["statements"]]
    assert any("extended after a report had been seen" in text for text in told)
    assert make_report(run=bench.run).pk == second.pk, "asking again makes no third"


def test_one_more_model_takes_its_place_in_the_new_edition(started):
    bench = started("weak", samples=6)
    report_of(bench)
    newcomer = a_candidate(bench.run.candidates.first().connection, "slow")
    control.add_candidate(run=bench.run, user=None, candidate=newcomer)
    second = report_of(bench)
    assert {row["label"] for row in second.data["table"]["rows"]} == {"good", "weak", "slow"}
    told = [statement["text"] for statement in second.data["statements"]]
    assert any("slow was added later" in text for text in told)
    method = {
        fact["term"]: fact["value"] for part in second.data["method"]["sections"] for fact in part["facts"]
    }
    assert (
        method["Edition of the report"] == "2"
        and "slow added, 6 requests" in method["Asked on top of the plan"]
    )
