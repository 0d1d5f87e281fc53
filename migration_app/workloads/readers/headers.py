"""A table's header line: whether it is one, and a name for each column."""

from __future__ import annotations

from migration_app.evaluation.wording import english

from ..errors import UnreadableFile
from .rows import MAX_COLUMN_NAME, MAX_COLUMNS

_WORDS = 8  # a column's name is shorter than a sentence
_EXAMPLE = "for example: prompt, reference, category"


def columns_of(cells: list[str], line: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names for the columns, each once, and notes about those that had to be made up."""
    names = [name.strip() for name in cells]
    while len(names) > 1 and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise UnreadableFile(
            english(
                "Line {line} names {names:,} columns; the most that can be read is "
                "{max_columns}. Keep the columns that matter and upload again.",
                line=line,
                names=len(names),
                max_columns=MAX_COLUMNS,
            )
        )
    if not _is_header(names):
        raise UnreadableFile(
            english(
                "This does not look like a table: line {line} should name the columns ({example}).",
                line=line,
                example=_EXAMPLE,
            )
        )
    return _name_each_once(names, line)


def _is_header(names: list[str]) -> bool:
    """Column names are short, mostly there, and not all numbers; a lone one is a word or three."""
    if any(len(name) > MAX_COLUMN_NAME or len(name.split()) > _WORDS for name in names) or not any(names):
        return False
    if all(not name or name.replace(".", "").replace("-", "").isdigit() for name in names):
        return False
    return len(names) > 1 or (len(names[0].split()) <= 3 and len(names[0]) <= 40)


def _name_each_once(names: list[str], line: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    unique: list[str] = []
    notes: list[str] = []
    for position, name in enumerate(names, start=1):
        wanted = name or f"Column {position}"
        fresh, again = wanted, 2
        while fresh in unique:
            fresh, again = f"{wanted} ({again})", again + 1
        if fresh != wanted:
            notes.append(
                english(
                    "Line {line} names “{wanted}” more than once; column {position} is shown as “{fresh}”.",
                    line=line,
                    wanted=wanted,
                    position=position,
                    fresh=fresh,
                )
            )
        unique.append(fresh)
    return tuple(unique), tuple(notes)
