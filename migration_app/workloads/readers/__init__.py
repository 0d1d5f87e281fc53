"""Readers turn a file as it came into rows. A new kind of file is a module here and a line in FORMATS.

A reader is a module with three functions: `recognises(head, filename)`, `describe(file,
reading)`, which finds out how to read the file, and `rows(file, reading)`, which yields a
Row or a Problem for every line. None of them holds more than a line or a record at once.
What the rows mean is the matter of `sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from django.utils.translation import gettext as _

from migration_app.evaluation.wording import english

from ..errors import UnreadableFile
from . import delimited, json_array, json_document, json_lines, packing, parquet, workbook, yaml_document
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
    "xlsx": _format("Excel", (".xlsx",), workbook),
    "parquet": _format("Parquet", (".parquet",), parquet),
    "json_document": _format(english("JSON document"), (".json",), json_document),
    "json": _format("JSON", (".json",), json_array),
    "jsonl": _format("JSON Lines", (".jsonl", ".ndjson"), json_lines),
    "yaml": _format("YAML", (".yaml", ".yml"), yaml_document),
    "csv": _format("CSV", (".csv", ".tsv", ".txt"), delimited),
}


def begin(file: BinaryIO, filename: str) -> Reading:
    """Find out what kind of file this is and how to read it, also inside gzip and zip.

    `file` must be seekable and open for bytes. Raises UnreadableFile with a sentence.
    """
    head = _head(file)
    if head.startswith(b"\x1f\x8b"):
        inner = packing.gunzipped(file)
        if not (packed := _head(inner)) and inner.damage:
            raise UnreadableFile(
                _("The gzip file is damaged from its beginning. Pack it again and upload it.")
            )
        packing.refuse_nested(packed, filename)
        return replace(_begin_plain(inner, filename.removesuffix(".gz")), pack="gzip")
    if head.startswith(b"PK") and not workbook.is_workbook(file) and not _is_office(filename):
        return _begin_archive(file)
    return _begin_plain(file, filename)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(_HEAD)


def _is_office(filename: str) -> bool:
    return filename.lower().endswith((".xlsx", ".xls", ".ods", ".docx"))


def _begin_archive(file: BinaryIO) -> Reading:
    """Every file of a zip archive that can be read; a note for each that cannot."""
    parts: list[Reading] = []
    notes: list[str] = []
    for member in packing.members_of(file):
        name = packing.shown_name(member.filename)
        inner = packing.opened_member(file, member.filename)
        packing.refuse_nested(_head(inner), member.filename)
        try:
            part = _begin_plain(inner, name)
        except UnreadableFile as refusal:
            notes.append(
                _("“%(name)s” in the archive is left out. %(reason)s") % {"name": name, "reason": refusal}
            )
            continue
        parts.append(replace(part, member=member.filename))
        notes.extend(part.notes)
    if not parts:
        raise UnreadableFile(" ".join(notes) or _("The archive is empty. Choose one with data in it."))
    return replace(
        parts[0],
        pack="zip",
        columns=parts[0].columns if len(parts) == 1 else (),
        notes=tuple(notes[:20]),
        parts=tuple(part.as_json() for part in parts),
    )


def _begin_plain(file: BinaryIO, filename: str) -> Reading:
    head = _head(file)
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise UnreadableFile(english("The file is empty. Choose a file with data in it."))
    if head.startswith(parquet.MARK):
        return parquet.describe(file, Reading("parquet", "", "binary"))
    if head.startswith(b"PK") and workbook.is_workbook(packing.with_random_access(file)):
        return workbook.describe(file, Reading("xlsx", "", "binary"))
    if sentence := what_it_is(head, filename):
        raise UnreadableFile(sentence)
    return _begin_text(file, filename, head)


def _begin_text(file: BinaryIO, filename: str, head: bytes) -> Reading:
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
    if reading.pack == "zip":
        yield from _rows_of_archive(file, reading)
    elif reading.pack == "gzip":
        yield from _rows_unpacked(packing.gunzipped(file), reading)
    else:
        yield from FORMATS[reading.format].rows(file, reading)


def _rows_of_archive(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    """The rows of each file in turn, with its name where there are several."""
    for stored in reading.parts:
        part = Reading.from_json(stored)
        name = packing.shown_name(part.member) if len(reading.parts) > 1 else ""
        for row in _rows_unpacked(packing.opened_member(file, part.member), part):
            yield row.within(name) if name else row


def _rows_unpacked(file: packing.Unpacked, reading: Reading) -> Iterator[Row | Problem]:
    last = 1
    for row in FORMATS[reading.format].rows(file, reading):
        last = row.line or last
        yield row
    if file.damage:
        yield Problem(last + 1, file.damage)
