"""A report's tables as an Excel workbook, ready to read and to print."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from .option import Json
from .sheets import Cell, Sheet, sheets
from .storable import runs, storable

_NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]]")
_NARROWEST, _WIDEST = 9, 60  # characters; longer texts wrap
_HEADING = Font(bold=True)
_SHADE = PatternFill("solid", fgColor="F1F0EC")
_RULE = Border(bottom=Side("thin", color="D9D6CD"))


def render_xlsx(report: Json, sha256: str) -> bytes:
    """A workbook, a sheet for each table. Texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    book.properties.title = storable(report["title"])[:200]
    book.properties.creator = "Crossover"
    for sheet in sheets(report, sha256=sha256):
        _write(book, sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _write(book: Workbook, sheet: Sheet) -> None:
    page = book.create_sheet(_NOT_IN_TITLES.sub(" ", sheet.title)[:31])
    _set_up(page, sheet)
    page.append([_heading(page, heading) for heading in sheet.columns])
    for row in sheet.rows:
        page.append([_cell(page, value, sheet.formats.get(place)) for place, value in enumerate(row)])


def _set_up(page: Any, sheet: Sheet) -> None:
    """What it is and what heads it stay in sight, on the screen and on every printed page."""
    page.freeze_panes = "B2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    for place, heading in enumerate(sheet.columns):
        width = _width(heading, [row[place] for row in sheet.rows], sheet.formats.get(place))
        page.column_dimensions[get_column_letter(place + 1)].width = width


def _width(heading: str, values: Sequence[Cell], number_format: str | None) -> int:
    """Room for the longest line, and for the heading on two."""
    texts = [] if number_format else [value for value in values if not isinstance(value, datetime)]
    lines = [line for text in texts for line in str(text or "").splitlines()]
    widest = max(map(_columns, lines), default=_NARROWEST)
    words = max(map(_columns, heading.split()), default=0)
    return min(_WIDEST, max(_NARROWEST, widest + 2, words + 4, _columns(heading) // 2 + 4))


def _columns(text: str) -> int:
    """How many characters wide a text is: those of Chinese, Japanese and Korean count two."""
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def _heading(page: Any, heading: str) -> Any:
    cell = _cell(page, heading)
    cell.font, cell.fill, cell.border = _HEADING, _SHADE, _RULE
    return cell


def _cell(page: Any, value: Cell, number_format: str | None = None) -> Any:
    cell = WriteOnlyCell(page, value=storable(value) if isinstance(value, str) else value)
    cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
        cell.quotePrefix = runs(value)  # nor once somebody edits the cell
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd"
    elif number_format:
        cell.number_format = number_format
    return cell
