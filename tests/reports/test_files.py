"""Files of a report: all from the frozen object, safe to open, the same numbers everywhere."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from django.utils import translation
from pypdf import PdfReader

from migration_app.accounts.models import AuditEvent
from migration_app.reports.actions import (
    MOST_TRIES,
    ask_for_file,
    delete_file,
    filename_of,
    is_ready,
    make_file,
)
from migration_app.reports.canonical import sha256_of
from migration_app.reports.files import KINDS, PUBLIC_PDF, disarmed
from migration_app.reports.models import Export, ExportState, Report
from migration_app.reports.public import public
from migration_app.reports.queries import files_wanted
from migration_app.reports.workbook import render_xlsx
from tests import builders
from tests.reports.finished import a_question, every, finished, wrong_on

pytestmark = pytest.mark.django_db
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())
HOSTILE = '=HYPERLINK("http://evil.example","x") 🎉 שלום 東京 \u202e'


@pytest.fixture(scope="module")
def kept_report(kept_rows):
    speech = {"Today": wrong_on(0), "=Lumen+1": every(10, text=HOSTILE), "Tern": wrong_on(3, 4)}
    with kept_rows:
        question = a_question(builders.a_team(), *speech, samples=60, requests_per_month=100_000)
        return finished(question, speech).reports.get()


@pytest.fixture
def report(kept_report, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Report.objects.get(pk=kept_report.pk)


def made(report, kind) -> bytes:
    export = make_file(report=report, kind=kind)
    assert export.state == ExportState.READY, export.error
    return export.file.read()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made_once_and_named_for_what_it_is(report, kind):
    export = make_file(report=report, kind=kind)
    assert is_ready(export)
    assert export.size > 0
    assert export.filename.startswith("support-desk-assessment")
    assert export.filename.endswith(f".{KINDS[kind].extension}")
    assert make_file(report=report, kind=kind).pk == export.pk
    assert Export.objects.filter(kind=kind).count() == 1


def test_the_workbook_shows_the_report_s_own_figures_and_runs_no_formula(report):
    book = openpyxl.load_workbook(io.BytesIO(made(report, "xlsx")))
    rows = list(book["Options"].values)
    for shown, frozen in zip(rows[1:], report.data["table"]["rows"], strict=True):
        named = dict(zip(rows[0], shown, strict=True))
        assert named["Option"] == frozen["label"]
        assert named["Quality"] == frozen["quality"]
        assert named["Slowest 5%"] == frozen["slowest"]
    _headings, *figures = book["Numbers"].iter_rows()
    for cells, frozen in zip(figures, report.data["table"]["rows"], strict=True):
        assert cells[1].value == pytest.approx(frozen["interval"]["mean"])
        assert cells[1].number_format == "0.0%"
        assert cells[10].value == pytest.approx(frozen["numbers"]["cost"])
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert "Method" in book.sheetnames


def test_the_workbook_can_be_read_and_printed_as_it_comes(report):
    book = openpyxl.load_workbook(io.BytesIO(made(report, "xlsx")))
    for sheet in book:
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1"), sheet.title
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(9 <= column.width <= 60 for column in sheet.column_dimensions.values())


def test_a_report_of_before_there_were_numbers_still_has_its_files(report):
    rows = [{k: v for k, v in row.items() if k != "numbers"} for row in report.data["table"]["rows"]]
    older = report.data | {"table": report.data["table"] | {"rows": rows}}
    assert "Numbers" not in openpyxl.load_workbook(io.BytesIO(render_xlsx(older, report.sha256))).sheetnames
    assert KINDS["csv"].render(older, report.sha256).count(b"\n") == 4


def test_a_title_with_a_control_sign_leaves_the_workbook_readable(report):
    content = render_xlsx(report.data | {"title": "Desk\x0b 1"}, report.sha256)
    assert openpyxl.load_workbook(io.BytesIO(content)).properties.title == "Desk\ufffd 1"


def test_the_csv_disarms_what_a_spreadsheet_would_run(report):
    content = made(report, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert "'=Lumen+1" in [row[0] for row in rows]
    assert all(len(row) == len(rows[0]) for row in rows)
    named = dict(zip(rows[0], rows[1], strict=True))
    assert float(named["Quality, number"]) == report.data["table"]["rows"][0]["numbers"]["quality"]


@pytest.mark.parametrize(
    ("value", "safe"),
    [("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), ("\r\n=1", "'\r\n=1"),
     ("＝1+1", "'＝1+1"), ("＠a", "'＠a"), ("\ufeff=1", "'\ufeff=1"), ("\u200b\t=1", "'\u200b\t=1"),
     ("Lumen;=1+1", "Lumen;'=1+1"), ("Lumen\n@a", "Lumen\n'@a"),
     ("plain", "plain"), (-0.5, -0.5), (None, None), ("−3.3 points", "−3.3 points")],
)  # fmt: skip
def test_texts_are_disarmed_and_numbers_left_alone(value, safe):
    assert disarmed(value) == safe


def test_the_json_follows_its_published_schema_and_its_hash(report):
    document = json.loads(made(report, "json"))
    jsonschema.validate(document, SCHEMA)
    assert document["sha256"] == report.sha256 == sha256_of(document["report"])


def test_the_pdf_without_samples_holds_no_request_and_no_answer(report):
    def text(kind: str) -> str:
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made(report, kind))).pages)

    question = report.data["worst"][0]["question"][:10]
    assert question in text("pdf")
    assert question not in text(PUBLIC_PDF)
    assert report.data["table"]["rows"][0]["quality"] in text(PUBLIC_PDF)


def test_a_file_that_was_asked_for_and_lost_is_made_later(report):
    from datetime import timedelta

    export = ask_for_file(report=report, kind="xlsx", user=None)
    assert export.state == ExportState.PENDING
    assert not files_wanted(timedelta(minutes=1))
    assert [one.pk for one in files_wanted(timedelta(0))] == [export.pk]
    make_file(report=report, kind="xlsx")
    assert not files_wanted(timedelta(0))
    assert ask_for_file(report=report, kind="xlsx", user=None) is None


def test_asking_again_for_a_file_that_is_on_its_way_wakes_nobody_and_leaves_no_line(report):
    asked = [ask_for_file(report=report, kind="xlsx", user=None) for _ in range(3)]
    assert [export is not None for export in asked] == [True, False, False]
    assert AuditEvent.objects.filter(verb__startswith="asked for the").count() == 1
    Export.objects.update(state=ExportState.FAILED, error="It broke.")
    assert ask_for_file(report=report, kind="xlsx", user=None).state == ExportState.PENDING


def test_a_renderer_that_breaks_leaves_a_sentence_and_can_be_tried_again(report, monkeypatch):
    def broken(data, sha256):
        raise RuntimeError("no")

    whole = KINDS["csv"]
    monkeypatch.setitem(KINDS, "csv", dataclasses.replace(whole, render=broken))
    export = make_file(report=report, kind="csv")
    assert export.state == ExportState.FAILED
    assert "try another kind" in export.error
    monkeypatch.setitem(KINDS, "csv", whole)
    assert make_file(report=report, kind="csv").state == ExportState.READY


def test_in_portuguese_the_csv_is_parted_as_spreadsheets_there_expect_it(report):
    with translation.override("pt-br"):
        rows = list(csv.reader(io.StringIO(made(report, "csv").decode("utf-8-sig")), delimiter=";"))
    assert all(len(row) == len(rows[0]) for row in rows)
    quality = report.data["table"]["rows"][0]["numbers"]["quality"]
    assert str(quality).replace(".", ",") in rows[1]


def test_the_workbook_s_days_are_dates_and_its_texts_stay_texts_when_they_are_edited(report):
    book = openpyxl.load_workbook(io.BytesIO(made(report, "xlsx")))
    named = {row[0].value: row[1] for row in book["Summary"].iter_rows()}
    assert isinstance(named["Finished"].value, datetime.datetime)
    assert named["Finished"].number_format == "yyyy-mm-dd"
    lumen = next(row[0] for row in book["Options"].iter_rows() if row[0].value == "=Lumen+1")
    assert lumen.data_type == "s" and lumen.quotePrefix


def test_a_file_for_outsiders_of_before_rubrics_were_hidden_is_made_anew(
    report, django_capture_on_commit_callbacks
):
    old = make_file(report=report, kind=PUBLIC_PDF)
    Export.objects.update(make=0)
    old.refresh_from_db()
    assert not is_ready(old)
    assert ask_for_file(report=report, kind=PUBLIC_PDF, user=None).state == ExportState.PENDING
    with django_capture_on_commit_callbacks(execute=True):
        new = make_file(report=report, kind=PUBLIC_PDF)
    assert is_ready(new) and new.make == KINDS[PUBLIC_PDF].make
    assert not old.file.storage.exists(old.file.name), "the old one lies about no longer"


def test_a_rubric_in_a_report_of_before_it_was_marked_is_kept_from_outsiders_too(report):
    fact = {"term": "Rubric", "value": f"Ask for Project Osprey (SHA-256 {'ab' * 6}…)"}
    method = report.data["method"] | {"sections": [{"title": "The judges", "facts": [fact]}]}
    assert "Osprey" not in json.dumps(public(report.data | {"method": method}))


def test_a_file_that_ends_its_maker_each_time_is_given_up_and_may_be_asked_for_again(report):
    ask_for_file(report=report, kind="csv", user=None)
    Export.objects.update(tries=MOST_TRIES)
    export = make_file(report=report, kind="csv")
    assert export.state == ExportState.FAILED and "3 times" in export.error
    ask_for_file(report=report, kind="csv", user=None)
    assert make_file(report=report, kind="csv").state == ExportState.READY


def test_a_maker_that_died_is_waited_for_before_another_begins(report):
    export = ask_for_file(report=report, kind="csv", user=None)
    Export.objects.update(created_at=export.created_at - datetime.timedelta(days=1))
    assert not files_wanted(datetime.timedelta(minutes=1)), "it was begun just now, though asked for long ago"


def test_a_deleted_file_is_gone_in_every_language_and_can_be_made_again(
    report, django_capture_on_commit_callbacks
):
    files = [make_file(report=report, kind="csv", language=language) for language in ("en", "pt-br")]
    with django_capture_on_commit_callbacks(execute=True):
        assert delete_file(report=report, kind="csv", user=None) == 2
    assert not any(file.file.storage.exists(file.file.name) for file in files)
    assert AuditEvent.objects.filter(verb="deleted the CSV of").count() == 1
    assert delete_file(report=report, kind="csv", user=None) == 0
    assert is_ready(make_file(report=report, kind="csv"))


def test_a_later_edition_says_so_in_the_name_of_its_files(report):
    report.edition = 2
    assert filename_of(report, "csv").endswith("-edition-2.csv")
