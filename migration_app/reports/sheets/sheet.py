"""What a table of a workbook is: a title, headings, rows. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..option import Json

Cell = str | int | float | None
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


def table(title: str, rows: Sequence[Json], headings: Mapping[str, str]) -> Sheet:
    """A column for each key of `headings`; where an older report has no such key, the cell is empty."""
    cells = (tuple(row.get(key) for key in headings) for row in rows)
    return Sheet(title, tuple(headings.values()), tuple(cells))
