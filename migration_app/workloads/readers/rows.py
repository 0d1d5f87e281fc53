"""What a reader yields: rows, and problems with lines that could not become rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

# Long enough for a prompt with a book in it, short enough that one line never fills the memory.
MAX_LINE_CHARACTERS = 8_000_000
MAX_COLUMNS = 500
MAX_COLUMN_NAME = 200


class Row(NamedTuple):
    """A line, or the lines of a record: text for CSV, any JSON value for JSON."""

    line: int
    values: dict[str, Any]
    around: Mapping[str, Any] = {}  # what the document says beside its list of rows
    file: str = ""  # which file of an archive, where it holds several

    def within(self, file: str) -> Row:
        return self._replace(file=file)


class Problem(NamedTuple):
    """Why a line is left out, as a sentence; `line` is None when it is about the whole file."""

    line: int | None
    message: str

    def within(self, file: str) -> Problem:
        """The same, said of one file of an archive that holds several."""
        return Problem(self.line, f"“{file}”: {self.message}") if file else self


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file again: what was found out when it came."""

    format: str
    encoding: str  # a codec's name
    encoding_label: str
    newline: str = "\n"
    delimiter: str | None = None
    columns: tuple[str, ...] = ()
    header_line: int = 1
    rows: int = 0
    source: str = "columns"  # the tool that wrote it: a key of sources.SOURCES
    source_rows: int = 0  # of the rows that were looked at, those that say so
    looked_at: int = 0
    chosen: bool = False  # a person said what the source is
    pack: str = ""  # "gzip" or "zip": what the file is packed in
    member: str = ""  # a part's name in its archive
    sheet: str = ""  # of a workbook
    parts: tuple[dict[str, Any], ...] = ()  # how to read each file of an archive, as JSON
    notes: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Reading:
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        for name in ("columns", "notes", "parts"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


class ProblemList:
    """Counts every problem and keeps the first ones."""

    def __init__(self, keep: int = 200) -> None:
        self.keep = keep
        self.count = 0
        self.first: list[Problem] = []

    def add(self, problem: Problem) -> None:
        self.count += 1
        if len(self.first) < self.keep:
            self.first.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.add(problem)

    def as_json(self) -> list[dict[str, Any]]:
        return [problem._asdict() for problem in self.first]
