"""A report is frozen once; its PDF is made once, and a failure is kept as a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from migration_app.comparisons.models import Comparison
from migration_app.reports import files
from migration_app.reports.actions import NothingToReport, is_ready, make_pdf, make_report
from migration_app.reports.canonical import sha256_of
from migration_app.reports.models import Export, ExportState, Report
from migration_app.reports.pdf import CannotMakePdf
from migration_app.runs.models import Run
from tests import builders

from .finished import a_question, every, finished, right

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_their_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def run() -> Run:
    assessment = a_question(builders.a_team(), "Today", "Lumen 70B", samples=40)
    return finished(assessment, {"Today": right, "Lumen 70B": every(10)})


def test_a_run_has_one_report_however_often_it_is_asked_for(run: Run) -> None:
    assert make_report(run=run).pk == make_report(run=run).pk
    report = Report.objects.get()
    assert report.team_id == run.team_id
    assert report.sha256 == sha256_of(report.data)


def test_a_report_stays_as_it_was_when_the_comparison_is_made_again(run: Run) -> None:
    before = make_report(run=run).data
    comparison = Comparison.objects.get(run=run)
    comparison.data["question"]["assessment"] = "Another name"
    comparison.save()
    assert make_report(run=run).data == before


def test_a_run_without_a_comparison_has_nothing_to_report(run: Run) -> None:
    Report.objects.all().delete()
    Comparison.objects.all().delete()
    with pytest.raises(NothingToReport, match="Wait for it to finish"):
        make_report(run=run)


def test_the_pdf_is_stored_under_a_name_that_says_what_it_is(run: Run) -> None:
    report = make_report(run=run)
    export = make_pdf(report=report)
    assert export.state == ExportState.READY and is_ready(export)
    assert export.filename == f"support-desk-assessment-{report.data['identity']['iso_date']}.pdf"
    assert export.file.read(5) == b"%PDF-" and export.size == export.file.size
    assert make_pdf(report=report).pk == export.pk
    assert Export.objects.count() == 1


def test_a_pdf_whose_file_is_gone_is_made_again(run: Run) -> None:
    report = make_report(run=run)
    Path(make_pdf(report=report).file.path).unlink()
    assert is_ready(make_pdf(report=report))


def test_a_pdf_that_cannot_be_made_leaves_a_sentence_and_may_be_tried_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_kwargs: Any) -> bytes:
        raise CannotMakePdf("The PDF could not be made. Try again.")

    report = make_report(run=run)
    with monkeypatch.context() as broken:
        broken.setattr(files, "render_pdf", refuse)
        export = make_pdf(report=report)
    assert (export.state, export.error) == (ExportState.FAILED, "The PDF could not be made. Try again.")
    again = make_pdf(report=report)
    assert (again.state, again.error) == (ExportState.READY, "")
