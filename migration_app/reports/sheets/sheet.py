"""What a table of a workbook is: a title, headings, rows. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..option import Json

Cell = str | int | float | datetime | None
Row = tuple[Cell, ...]

# How spreadsheets show the numbers of a column; each writes the marks of its own language.
SHARE, POINTS, SECONDS, MONEY, SAVED = "0.0%", "+0.0;-0.0;0.0", "0.000", "#,##0.00", "0%"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, the columns' headings, and rows of as many cells.

    formats: the number format of a column, by its place; the others hold text.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    formats: dict[int, str] = field(default_factory=dict)


def day(iso: str | None) -> Cell:
    """A day as a date, from ISO 8601 text; where it is not known, nothing."""
    return datetime.fromisoformat(iso[:10]) if iso else None


def dated(rows: Sequence[Json], key: str) -> list[Json]:
    """The rows with the day under `key` as a date; in reports of before it was kept as one, as text."""
    return [{**row, key: day(row.get("iso_day")) or row[key]} for row in rows]


def table(title: str, rows: Sequence[Json], headings: Mapping[str, str]) -> Sheet:
    """A column for each key of `headings`; where an older report has no such key, the cell is empty."""
    cells = (tuple(row.get(key) for key in headings) for row in rows)
    return Sheet(title, tuple(headings.values()), tuple(cells))
