"""Names of hundreds of signs: charts shorten them, tables and files have them whole, nothing is covered."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from migration_app.reports.actions import filename_of
from migration_app.reports.build import freeze
from migration_app.reports.charts.lettering import shortened, text_width
from migration_app.reports.charts.picture import picture
from migration_app.reports.files import KINDS
from migration_app.reports.models import Report
from migration_app.reports.printable import printable
from migration_app.reports.sheets import sheets
from migration_app.reports.workbook import render_xlsx

from .factories import baseline, candidate, comparison_data

LONG = ("🦜" + "W" * 60) * 5
LABELS = [f"{n}{LONG}"[:120] for n in range(8)]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    others = [
        candidate(n, LABELS[n], "switch", -0.004 * n, cost=f"{1.8 + 0.07 * n:.2f}", vendor=LONG[:120])
        for n in range(1, 8)
    ]
    data = comparison_data(baseline(LABELS[0]), *others, question={"assessment": LONG[:200]})
    return freeze(data)


def test_a_chart_shortens_a_name_and_its_table_has_it_whole(report: dict[str, Any]) -> None:
    for chart in filter(None, report["charts"].values()):
        drawn = re.findall(r"<text[^>]*>([^<]*)</text>", picture(chart))
        assert max(text_width(words, 13) for words in drawn) < 390, chart["id"]
        assert LABELS[1] in [row[0] for row in chart["rows"]], chart["id"]


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
    assert printable("meta-llama/Llama-3.1") == "meta-llama/Llama-3.1", "short ones stay as they are"


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
