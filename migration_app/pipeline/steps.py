"""What the stages of a run after its replay do, and those of an upload.

A run's step does its stage to the end; it returns None, or, where the stage goes on
later, the feeds to wake for it. Each loads what it needs itself: together they bring every scorer,
chart and file format, 150 MB that a worker which only replays and repairs goes without.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from migration_app.runs.models import Run, RunState
from migration_app.runs.stages import keep_stage


def score(run: Run) -> None:
    from migration_app.runs.token_counts import estimate_missing_usage
    from migration_app.scoring.actions import score_run

    estimate_missing_usage(run, keep=lambda: keep_stage(run.pk, RunState.SCORING))
    score_run(run=run)


def judge(run: Run) -> Sequence[int] | None:
    """The judges' feeds while the stage waits for them."""
    from migration_app.scoring.judging import judge_run

    step = judge_run(run=run)
    return None if step.done else step.feed_ids


def compare(run: Run) -> None:
    from migration_app.comparisons.actions import compare_run
    from migration_app.comparisons.changes import list_changes

    compare_run(run=run)
    list_changes(run)


def report(run: Run) -> None:
    from migration_app.reports.actions import make_pdf, make_report

    make_pdf(report=make_report(run=run))


def announce_ended() -> None:
    """Tell by e-mail what became of runs, where that is wished for."""
    from migration_app.reports.announcing import announce, due

    for run in due():
        announce(run)


def take_look(look_id: int) -> tuple[UUID, str] | None:
    """Compare what a running run has answered so far; the run and its next stage where that ends it."""
    from migration_app.comparisons import early

    stopped = early.take_look(look_id)
    return None if stopped is None else (stopped[0].pk, stopped[1])


def write_file(report_id: str, kind: str, language: str) -> None:
    """Make a file of a report."""
    from migration_app.reports.actions import make_file
    from migration_app.reports.models import Report

    make_file(report=Report.objects.get(pk=report_id), kind=kind, language=language)


def import_upload(upload_id: UUID) -> None:
    """Do the stage that an upload is in."""
    from migration_app.workloads.stages import work

    work(upload_id)


STEPS: dict[RunState, Callable[[Run], Sequence[int] | None]] = {
    RunState.SCORING: score,
    RunState.JUDGING: judge,
    RunState.COMPARING: compare,
    RunState.REPORTING: report,
}
