"""Which edition of a report a page is about."""

from __future__ import annotations

from django.http import HttpRequest

from migration_app.reports.models import Report
from migration_app.reports.queries import editions_of
from migration_app.runs.models import Run


def edition_wanted(request: HttpRequest) -> int | None:
    """An earlier edition that was asked for by its number; None for the newest."""
    text = request.GET.get("edition", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


def edition_query(run: Run, report: Report) -> str:
    """What keeps the pages of an earlier edition together; "" for the newest."""
    return "" if report.edition == editions_of(run)[0].edition else f"?edition={report.edition}"
