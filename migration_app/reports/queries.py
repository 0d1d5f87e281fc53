"""Named reads about reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from migration_app.runs.models import Run

from .languages import language_of
from .models import Export, ExportState, Report


def report_of(run: Run, edition: int | None = None) -> Report | None:
    """The newest, or that of an edition."""
    reports = Report.objects.filter(run=run)
    return (reports if edition is None else reports.filter(edition=edition)).first()


def editions_of(run: Run) -> Sequence[Report]:
    """All of a run's reports without their data, the newest first."""
    return list(Report.objects.filter(run=run).defer("data"))


def file_of(report: Report, kind: str) -> Export | None:
    """The file of this kind in the reader's language, made or asked for."""
    return report.exports.filter(kind=kind, language=language_of(kind)).first()


def pdf_of(report: Report) -> Export | None:
    return file_of(report, "pdf")


def files_wanted(older_than: timedelta) -> Sequence[Export]:
    """Files that were asked for and are not made yet, because a message was lost or a worker died."""
    pending = Export.objects.filter(state=ExportState.PENDING, touched_at__lt=timezone.now() - older_than)
    return list(pending.select_related("report"))
