"""Names of hundreds of signs: charts shorten them, tables and files have them whole, nothing is covered."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from pypdf import PdfReader

from migration_app.reports.actions import filename_of
from migration_app.reports.build import freeze
from migration_app.reports.charts.boxes import Box
from migration_app.reports.charts.lettering import shortened, text_width
from migration_app.reports.charts.picture import picture
from migration_app.reports.files import KINDS
from migration_app.reports.models import Report
from migration_app.reports.pdf import render_pdf
from migration_app.reports.printable import printable
from migration_app.reports.sheets import sheets
from migration_app.reports.workbook import render_xlsx
from migration_app.web.report_pages import evidence_context

from . import factories
from .factories import baseline, candidate, comparison_data
from .test_charts import boxes

LONG = ("🦜" + "W" * 60) * 5
LABELS = [f"{n}{LONG}"[:120] for n in range(8)]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    others = [
        candidate(n, LABELS[n], "switch", -0.004 * n, cost=f"{1.8 + 0.07 * n:.2f}", vendor=LONG[:120])
        for n in range(1, 8)
    ]
    data = comparison_data(baseline(LABELS[0]), *others, question={"assessment": LONG[:200]})
    renamed = json.dumps(data).replace('"Billing"', json.dumps(LONG[:200]))
    return freeze(json.loads(renamed))


def test_a_chart_shortens_a_name_and_its_table_has_it_whole(report: dict[str, Any]) -> None:
    for chart in filter(None, report["charts"].values()):
        drawn = re.findall(r"<text[^>]*>([^<]*)</text>", picture(chart))
        assert max(text_width(words, 13) for words in drawn) < 390, chart["id"]
        assert LABELS[1] in [row[0] for row in chart["rows"]], chart["id"]


@pytest.mark.parametrize("canvas", ["wide", "narrow", "print"])
def test_eight_long_names_do_not_cover_each_other_in_a_chart(report: dict[str, Any], canvas: str) -> None:
    for name in ("quality_cost", "quality_change"):
        pairs = combinations(boxes(report["charts"][name], canvas), 2)
        assert max(a.overlap(b) / min(a.area, b.area) for a, b in pairs) < 0.15, name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Aurora Large", "Aurora Large"),
        ("W" * 20, "WWWWWW…WWW"),
        ("👩‍💻" * 9, "👩‍💻👩‍💻👩‍💻…👩‍💻"),
        ("e\u0301" * 30, "e\u0301" * 9 + "…" + "e\u0301" * 5),
        ("meta-llama/Llama-3.3-70B-Instruct", "meta-llam…nstruct"),
        ("", ""),
    ],
)
def test_a_name_is_cut_between_characters_and_says_so(name: str, kept: str) -> None:
    assert shortened(name, 10.0) == kept


def test_a_word_without_an_end_may_be_broken_but_no_emoji_in_it() -> None:
    word = "👩‍💻" * 10 + "e\u0301" * 10 + "W" * 30
    shown = printable(word)
    assert shown.replace("\u200b", "") == word
    assert max(len(part) for part in shown.split("\u200b")) <= 11
    assert not re.search("\u200b[\u200d\u0301]|\u200d\u200b", shown)
    assert printable("Llama-3.1-8B") == "Llama-3.1-8B", "short ones stay as they are"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not installed")
def test_no_word_of_the_pdf_leaves_its_page_or_lies_on_another(
    report: dict[str, Any], tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(render_pdf(report, sha256="a" * 64))
    told = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True).stdout
    pages = [WORD.findall(page) for page in told.decode(errors="replace").split("<page ")[1:]]
    boxes = [[Box(*map(float, found[:4])) for found in page] for page in pages]
    assert sum(map(len, boxes)) > 1_000
    assert [box for page in boxes for box in page if box.left < 40 or box.right > A4_WIDTH - 36] == []
    assert [pair for page in boxes for pair in combinations(page, 2) if _covers(*pair)] == []


A4_WIDTH = 595
WORD = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">')


def _covers(one: Box, other: Box) -> bool:
    """More than the lines of a paragraph touch."""
    return one.overlap(other) > 0.3 * min(one.area, other.area)


def test_many_categories_stand_below_each_other_on_the_page_and_in_the_pdf(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = [f"Topic{n}" for n in range(12)]
    monkeypatch.setattr(factories, "CATEGORIES", [(name, 8) for name in names])
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen"), candidate(2, "Tern")))
    lines = evidence_context(Report(data=report))["heat_lines"]
    assert [(category["name"], len(cells)) for category, cells in lines] == [(name, 2) for name in names]
    assert lines[11][1][1] == report["heatmap"]["rows"][1]["cells"][11]
    pages = PdfReader(io.BytesIO(render_pdf(report, sha256="a" * 64))).pages
    written = "".join(page.extract_text() for page in pages)
    assert all(name in written for name in names), "none is parted by a narrow column"


@pytest.mark.parametrize("language", ["en", "pt-br"])
def test_a_workbook_has_a_name_for_each_sheet_that_a_spreadsheet_takes(
    report: dict[str, Any], language: str
) -> None:
    with translation.override(language):
        titles = [sheet.title for sheet in sheets(report, sha256="a")]
        book = openpyxl.load_workbook(io.BytesIO(render_xlsx(report, "a" * 64)))
    assert book.sheetnames == titles, "none is cut, and no two are the same"
    assert all(len(title) <= 31 for title in titles)
    assert LABELS[7] in [row[0] for row in book.worksheets[1].values]


@pytest.mark.parametrize(
    "title",
    [LONG, "🦜" * 300, 'a"; filename="evil.exe\r\nX: y', "../../etc/passwd", "支持", "Süße Träume"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_called_by_letters_that_every_disk_and_browser_takes(title: str, kind: str) -> None:
    name = filename_of(Report(data={"title": title, "identity": {"iso_date": "2026-11-23"}}), kind)
    assert re.fullmatch(r"[a-z0-9_-]+\.[a-z]+", name) and len(name) < 130, name
    assert "2026-11-23" in name
