"""Files made of a frozen report: one renderer for each kind, and nothing is computed in any.

A new kind is a function here and a line in `KINDS`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .option import Json
from .pdf import render_pdf
from .public import public
from .sheets import Cell, side_by_side
from .storable import storable
from .workbook import render_xlsx

JSON_FORMAT = "crossover-report/1"  # described by docs/report.schema.json
# What spreadsheets take for a formula, some of them in full-width signs too. A tab, a line break or a
# sign that nobody sees before one does not disarm it.
_FORMULA = re.compile("[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*[=+\\-@|%＝＋－＠]")


def render_csv(report: Json, sha256: str) -> bytes:
    """The table of options. UTF-8 with a mark, so that spreadsheets read every script."""
    sheet, made = side_by_side(report), io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([disarmed(heading) for heading in sheet.columns])
    writer.writerows([[disarmed(value) for value in row] for row in sheet.rows])
    return b"\xef\xbb\xbf" + made.getvalue().encode("utf-8")


def disarmed(value: Cell) -> Cell:
    """A text that a spreadsheet would run gets an apostrophe before it; a number is left alone."""
    if not isinstance(value, str):
        return value
    text = storable(value)
    return f"'{text}" if _FORMULA.match(text) else text


def render_json(report: Json, sha256: str) -> bytes:
    """The frozen report itself; `sha256` is over its canonical form."""
    document = {"format": JSON_FORMAT, "sha256": sha256, "report": report}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _pdf(report: Json, sha256: str) -> bytes:
    return render_pdf(dict(report), sha256=sha256)


def _public_pdf(report: Json, sha256: str) -> bytes:
    """The PDF of what is `public`: the report's own hash still names what it was made of."""
    return render_pdf(public(report), sha256=sha256)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: how it is made, and what a person is told of it."""

    name: str
    label: str | Promise
    text: str | Promise
    content_type: str
    render: Callable[[Json, str], bytes]
    suffix: str = ""  # of the file's name, where it is not the kind's

    @property
    def extension(self) -> str:
        return self.suffix or self.name


PUBLIC_PDF = "brief"

_TABLE = (
    Kind("pdf", _("PDF"), _("The whole report, to send round and to file."), "application/pdf", _pdf),
    Kind(
        PUBLIC_PDF,
        _("PDF without samples"),
        _("The report without anybody's requests, answers and rubrics, to send outside."),
        "application/pdf",
        _public_pdf,
        "pdf",
    ),
    Kind(
        "xlsx",
        _("Excel workbook"),
        _("Every table of the report, a sheet each."),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        render_xlsx,
    ),
    Kind(
        "csv", _("CSV"), _("The options side by side, one line each."), "text/csv; charset=utf-8", render_csv
    ),
    Kind(
        "json",
        _("JSON"),
        _("The frozen report for programs."),
        "application/json",
        render_json,
    ),
)
KINDS = {kind.name: kind for kind in _TABLE}
