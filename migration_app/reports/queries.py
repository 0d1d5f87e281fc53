"""Named reads about reports."""

from __future__ import annotations

from migration_app.runs.models import Run

from .models import Export, Report


def report_of(run: Run) -> Report | None:
    return Report.objects.filter(run=run).first()


def pdf_of(report: Report) -> Export | None:
    return report.exports.filter(kind="pdf").first()
