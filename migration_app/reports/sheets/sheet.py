"""What a table of a workbook is: a title, headings, rows. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
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


def picked(rows: Sequence[Json], keys: Sequence[str]) -> tuple[Row, ...]:
    """The same keys of each row; what an older report does not have is empty."""
    return tuple(tuple(row.get(key) for key in keys) for row in rows)
