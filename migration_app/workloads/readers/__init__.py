"""Readers turn a file as it came into rows. A new format is a module here and a line in FORMATS.

A reader is a module with three functions: `recognises(head, filename)`, `describe(file,
reading)`, which finds out how to read the file, and `rows(file, reading)`, which yields a
Row or a Problem for every line. None of them holds more than a line or a record at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from ..errors import UnreadableFile
from . import delimited, json_array, json_lines
from .binary import what_it_is
from .encodings import detect
from .rows import MAX_COLUMNS, MAX_LINE_CHARACTERS, Problem, ProblemList, Reading, Row

__all__ = [
    "FORMATS",
    "MAX_COLUMNS",
    "MAX_LINE_CHARACTERS",
    "Format",
    "Problem",
    "ProblemList",
    "Reading",
    "Row",
    "begin",
    "rows",
]

_HEAD = 1 << 16


class Format(NamedTuple):
    label: str
    extensions: tuple[str, ...]
    recognises: Callable[[str, str], bool]
    describe: Callable[[BinaryIO, Reading], Reading]
    rows: Callable[[BinaryIO, Reading], Iterator[Row | Problem]]


def _format(label: str, extensions: tuple[str, ...], module: object) -> Format:
    return Format(label, extensions, module.recognises, module.describe, module.rows)  # type: ignore[attr-defined]


# Asked in this order; the last one takes whatever is left.
FORMATS: dict[str, Format] = {
    "json": _format("JSON array", (".json",), json_array),
    "jsonl": _format("JSON Lines", (".jsonl", ".ndjson"), json_lines),
    "csv": _format("CSV", (".csv", ".tsv", ".txt"), delimited),
}


def begin(file: BinaryIO, filename: str) -> Reading:
    """Find out what kind of file this is and how to read it.

    `file` must be seekable and open for bytes. Raises UnreadableFile with a sentence.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise UnreadableFile("The file is empty. Choose a file with data in it.")
    if sentence := what_it_is(head, filename):
        raise UnreadableFile(sentence)
    encoding = detect(file)
    text = head.decode(encoding.codec, errors="replace")
    name = next(key for key, form in FORMATS.items() if form.recognises(text, filename))
    reading = Reading(
        format=name,
        encoding=encoding.codec,
        encoding_label=encoding.label,
        newline="\r" if "\r" in text and "\n" not in text else "\n",
        notes=(encoding.note,) if encoding.note else (),
    )
    return FORMATS[name].describe(file, reading)


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    """Every row and every problem of the file, in the order of its lines."""
    return FORMATS[reading.format].rows(file, reading)
