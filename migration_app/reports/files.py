"""Files made of a frozen report: one renderer for each kind, and nothing is computed in any.

A new kind is a function here and a line in `KINDS`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import formatting
from .option import Json
from .pdf import render_pdf
from .public import public
from .sheets import Cell, side_by_side
from .storable import made_harmless, storable
from .workbook import render_xlsx

JSON_FORMAT = "crossover-report/1"  # described by docs/report.schema.json


def render_csv(report: Json, sha256: str) -> bytes:
    """The table of options. UTF-8 with a mark, so that spreadsheets read every script.

    Where a comma is the decimal mark, spreadsheets part cells at semicolons: so does the file then.
    """
    sheet, made = side_by_side(report), io.StringIO()
    writer = csv.writer(made, delimiter=";" if _decimal_comma() else ",", lineterminator="\r\n")
    writer.writerow([disarmed(heading) for heading in sheet.columns])
    writer.writerows([[_marked(disarmed(value)) for value in row] for row in sheet.rows])
    return b"\xef\xbb\xbf" + made.getvalue().encode("utf-8")


def _decimal_comma() -> bool:
    return formatting.separators().startswith(",")


def _marked(value: Cell) -> Cell:
    """A number with the decimal mark of the language."""
    return str(value).replace(".", ",") if isinstance(value, float) and _decimal_comma() else value


def disarmed(value: Cell) -> Cell:
    """A text that a spreadsheet would run gets an apostrophe before it; a number is left alone.

    So does what would become a cell of its own, where a spreadsheet parts cells at another sign.
    """
    if not isinstance(value, str):
        return value
    return made_harmless(storable(value))


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
    """One kind of file: how it is made, and what a person is told of it.

    make: raised whenever files of before must not be given out any more.
    """

    name: str
    label: str | Promise
    text: str | Promise
    content_type: str
    render: Callable[[Json, str], bytes]
    suffix: str = ""  # of the file's name, where it is not the kind's
    make: int = 0

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
        make=1,  # before it, rubrics were in it
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
