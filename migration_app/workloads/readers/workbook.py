"""Excel workbooks (.xlsx): the first sheet with data, row by row. A formula is kept as its text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import defusedxml
from django.utils.translation import gettext as _

from ..errors import UnreadableFile
from .headers import columns_of
from .packing import refuse_bomb, with_random_access
from .rows import MAX_LINE_CHARACTERS, Problem, Reading, Row

_MOST_UNPACKED = 400_000_000  # a workbook's shared texts are held in memory
_MOST_ROWS = 1_048_576  # of a sheet, as Excel has it: what claims a later place is not looked for
_MOST_CELLS = 50_000_000  # more than so many bytes can hold, unless they are empty
# What openpyxl lets through when a workbook is not what it says.
_DAMAGED: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    OSError,
    ParseError,
    EOFError,
    IndexError,
    AttributeError,
    RecursionError,
    defusedxml.DefusedXmlException,
    zlib.error,
    NotImplementedError,
    RuntimeError,
)


def is_workbook(file: BinaryIO) -> bool:
    """Whether a zip archive is a workbook: by what it holds, not by its name."""
    file.seek(0)
    try:
        return "xl/workbook.xml" in zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def recognises(head: str, filename: str) -> bool:
    """Never by its text: `begin` has looked inside."""
    return False


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Find the sheet and its columns. Raises UnreadableFile."""
    _refuse_large(file)
    try:
        book = _opened(file)
        names = book.sheetnames
        for name in names:
            for number, cells in _lines(book[name]):
                return _described(reading, names, name, number, cells)
    except _DAMAGED as error:
        raise UnreadableFile(
            _("The workbook cannot be read. Open it, save it again, and upload it.")
        ) from error
    raise UnreadableFile(_("The workbook has no sheet with data in it."))


def _described(reading: Reading, names: list[str], name: str, number: int, cells: list[Any]) -> Reading:
    columns, notes = columns_of([_text(cell) for cell in cells], number)
    if len(names) > 1:
        notes += (
            _("The workbook has %(count)s sheets; “%(name)s” is read.") % {"count": len(names), "name": name},
        )
    return replace(reading, columns=columns, header_line=number, sheet=name, notes=reading.notes + notes)


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    last = reading.header_line
    try:
        book = _opened(file)
        for number, cells in _lines(book[reading.sheet]):
            last = number
            if number > reading.header_line:
                yield _row(number, cells, reading.columns)
    except _DAMAGED:
        yield Problem(last + 1, _("The workbook is damaged from here on; the rows before are kept."))


def _refuse_large(file: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(with_random_access(file)) as archive:
            listed = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile(
            _("The workbook cannot be read. Open it, save it again, and upload it.")
        ) from error
    for member in listed:
        refuse_bomb(member.file_size, member.compress_size)
    if sum(member.file_size for member in listed) > _MOST_UNPACKED:
        raise UnreadableFile(
            _("The workbook is too large to be read as one. Save the sheet as CSV and upload that.")
        )


def _opened(file: BinaryIO) -> Any:
    import openpyxl  # slow to load and seldom needed

    source = with_random_access(file)
    source.seek(0)
    return openpyxl.load_workbook(source, read_only=True, data_only=False, keep_links=False)


def _lines(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Rows with content and their numbers as the spreadsheet shows them."""
    sheet.reset_dimensions()  # what a file says of its size need not be so
    told = 0  # cells, those included that a row only claims to leave empty
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_row=_MOST_ROWS), start=1):
        told += len(cells)
        if told > _MOST_CELLS:
            raise ValueError("more empty cells than a sheet is read for")
        kept = list(cells)
        while kept and kept[-1] in (None, ""):
            kept.pop()
        if kept:
            yield number, kept


def _row(number: int, cells: list[Any], columns: tuple[str, ...]) -> Row | Problem:
    if len(cells) > len(columns):
        counts = _("It has %(cells)s cells; the header names %(columns)s columns.")
        return Problem(number, counts % {"cells": len(cells), "columns": len(columns)})
    values = {name: _plain(cell) for name, cell in zip(columns, cells, strict=False)}
    if any(isinstance(value, str) and "\0" in value for value in values.values()):
        return Problem(number, _("It holds a NUL character, which text does not have."))
    if sum(len(value) for value in values.values() if isinstance(value, str)) > MAX_LINE_CHARACTERS:
        return Problem(number, _("It is longer than 8 million characters, the most for a line."))
    return Row(number, values)


def _plain(cell: Any) -> Any:
    """A cell as a JSON value."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return int(cell)
    if isinstance(cell, int) and abs(cell) >= 1 << 63:
        return float(cell)
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    return str(getattr(cell, "text", cell))  # an array formula keeps its text


def _text(cell: Any) -> str:
    value = _plain(cell)
    return "" if value is None else str(value)
