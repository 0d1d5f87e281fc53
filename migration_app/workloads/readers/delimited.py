"""CSV, TSV and their cousins: a header line, then a record per line, quotes as in RFC 4180.

A record may run over several lines when a quoted cell holds line breaks. A quote that is
never closed would swallow the rest of the file; here it costs its own line only: a record
that does not fit the table is given up and reading goes on at the line after its first.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from migration_app.evaluation.wording import english

from ..errors import UnreadableFile
from .headers import columns_of
from .lines import Line, read_lines
from .rows import MAX_LINE_CHARACTERS, Problem, Reading, Row

DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_RECORDS = 50
_STRAY_QUOTE = english(
    "A quotation mark stands in the wrong place. Write two of them for one inside a quoted cell."
)
# What was read ahead in vain for a closing quote is read again. In a table full of such lines each
# of them would read all the rest: once this much was in vain, only the nearest lines are tried.
_IN_VAIN = 2 * MAX_LINE_CHARACTERS
_NEAR = 1_000
csv.field_size_limit(MAX_LINE_CHARACTERS)


def recognises(head: str, filename: str) -> bool:
    """Any text that no other format claims; `describe` says whether it is a table."""
    return True


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Find the delimiter and the columns. Raises UnreadableFile when this is not a table."""
    first = _first_lines(file, reading)
    _refuse_markup(first[0])
    delimiter = _sniff(first)
    header = next(_records(iter(first), delimiter, width=None), None)
    if not isinstance(header, _Record):
        raise UnreadableFile(
            english(
                "Line {number} cannot be read as column names. {header}",
                number=first[0].number,
                header=_fault(header),
            )
        )
    columns, notes = columns_of(header.cells, header.line)
    return replace(
        reading,
        delimiter=delimiter,
        columns=columns,
        header_line=header.line,
        notes=reading.notes + notes,
    )


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    """The records under the header, and a problem for each line that does not fit the table."""
    lines = (
        line
        for line in read_lines(file, reading.encoding, reading.newline)
        if line.number >= reading.header_line
    )
    records = _records(lines, reading.delimiter or ",", width=len(reading.columns))
    next(records, None)  # the header
    for record in records:
        if isinstance(record, Problem):
            yield record
        elif any(record.cells):
            yield Row(record.line, dict(zip(reading.columns, record.cells, strict=False)))


class _Record:
    __slots__ = ("cells", "line")

    def __init__(self, line: int, cells: list[str]) -> None:
        self.line = line
        self.cells = cells


def _records(lines: Iterator[Line], delimiter: str, width: int | None) -> Iterator[_Record | Problem]:
    """Assemble lines into records of `width` cells; any width when it is None."""
    waiting: deque[Line] = deque()  # lines given back by a record that failed
    in_vain = 0  # characters of all that were
    while line := _next(waiting, lines):
        if line.fault:
            yield Problem(line.number, line.fault)
        elif line.text.strip():
            taken = [line]
            result = _parse(line, delimiter, width)
            if result is None:  # a quoted cell goes on in the next line
                ahead = iter(lambda: _next(waiting, lines), None)
                reach = MAX_LINE_CHARACTERS if in_vain < _IN_VAIN else _NEAR
                result = _parse_over_lines(taken, ahead, delimiter, width, reach)
                if isinstance(result, Problem):
                    waiting.extendleft(reversed(taken[1:]))
                    in_vain += sum(len(part.text) + 1 for part in taken)
            yield result


def _next(waiting: deque[Line], lines: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(lines, None)


def _parse(line: Line, delimiter: str, width: int | None) -> _Record | Problem | None:
    """A record, a problem, or None when the text ends inside quotes."""
    try:
        cells = next(csv.reader([line.text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        return Problem(line.number, _STRAY_QUOTE)
    if width is not None and len(cells) > width and not any(cells[width:]):
        cells = cells[:width]  # spreadsheets leave empty cells at the end
    if width is not None and len(cells) != width:
        counts = english(
            "It has {cells}; the header names {width}.",
            cells=english("1 cell") if len(cells) == 1 else english("{n:,} cells", n=len(cells)),
            width=english("1 column") if width == 1 else english("{n:,} columns", n=width),
        )
        return Problem(line.number, counts)
    return _Record(line.number, cells)


def _parse_over_lines(
    taken: list[Line], ahead: Iterator[Line], delimiter: str, width: int | None, reach: int
) -> _Record | Problem:
    """Add lines until the quotes close, for at most `reach` characters.

    What was read stays in `taken`, to be given back on failure.
    """
    size = len(taken[0].text)
    while size <= reach and (line := next(ahead, None)):
        taken.append(line)
        size += len(line.text) + 1
        if line.fault:
            break
        if line.text.count('"') % 2:  # only an odd number of quotes can close the cell
            whole = Line(taken[0].number, "\n".join(part.text for part in taken))
            result = _parse(whole, delimiter, width)
            if isinstance(result, _Record):
                return result
            break
    return Problem(taken[0].number, english("A quotation mark opens a cell that is never closed."))


def _first_lines(file: BinaryIO, reading: Reading) -> list[Line]:
    """The first lines with content, enough to see the table's shape; no more than one line may hold."""
    first: list[Line] = []
    size = 0
    for line in read_lines(file, reading.encoding, reading.newline):
        if line.fault and not first:
            raise UnreadableFile(
                english(
                    "Line {number} should name the columns. {fault}", number=line.number, fault=line.fault
                )
            )
        if line.text.strip():
            first.append(line)
            size += len(line.text)
        if len(first) > _SNIFFED_RECORDS or size > MAX_LINE_CHARACTERS:
            break
    if not first:
        raise UnreadableFile(
            english("The file holds nothing but blank lines. Choose a file with data in it.")
        )
    return first


def _sniff(first: list[Line]) -> str:
    """The delimiter under which most records have as many cells as the header, at least two."""
    return max(DELIMITERS, key=lambda delimiter: _fit(first, delimiter))


def _fit(first: list[Line], delimiter: str) -> tuple[float, int]:
    found = _records(iter(first), delimiter, width=None)
    records = [record for record in found if isinstance(record, _Record)]
    if not records or records[0].line != first[0].number or len(records[0].cells) < 2:
        return (0.0, 0)
    width = len(records[0].cells)
    widths = Counter(len(record.cells) for record in records[1:])
    share = widths[width] / max(1, sum(widths.values())) if widths else 1.0
    return (max(share, 0.01), width)


def _refuse_markup(line: Line) -> None:
    if line.text.lstrip().lower().startswith(("<!doctype", "<html", "<?xml")):
        raise UnreadableFile(
            english(
                "Line {number} begins a web page or an XML document, not a table. Download the "
                "data itself, as CSV or JSON Lines.",
                number=line.number,
            )
        )


def _fault(problem: Problem | _Record | None) -> str:
    return problem.message if isinstance(problem, Problem) else ""
