"""What is known about an upload, found by passing over its file: never a write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO, cast

from migration_app.evaluation.wording import english

from .errors import UnreadableFile, WorkloadError
from .models import Upload
from .readers import FORMATS, MAX_COLUMNS, Problem, Reading, Row, begin, rows
from .sources import recognised

_CHUNK = 1 << 20
_LOOKED_AT = 50  # rows that the mapping is guessed from
_LOOKED_AT_CHARACTERS = 4_000_000


def fingerprint(file: BinaryIO) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def survey(
    file: BinaryIO, filename: str, *, beat: Callable[[], None] | None = None
) -> tuple[Reading, list[Row]]:
    """How to read the file, and its first rows. Raises UnreadableFile when no line can be read.

    beat: called now and then on the way; what it raises ends the reading.
    """
    reading = begin(file, filename)
    keys: dict[str, None] = dict.fromkeys(reading.columns)
    sample: list[Row] = []
    first_problem: Problem | None = None
    count = held = 0
    for row in rows(file, reading):
        if isinstance(row, Problem):
            first_problem = first_problem or row
            continue
        count += 1
        if beat and not count & 255:
            beat()
        if not reading.columns and len(keys) <= MAX_COLUMNS:
            keys.update(dict.fromkeys(row.values))
        if len(sample) < _LOOKED_AT and held < _LOOKED_AT_CHARACTERS:
            sample.append(row)
            held += sum(len(str(value)) for value in row.values.values())
    if not count:
        raise UnreadableFile(_nothing_readable(reading, first_problem))
    known = recognised(sample)
    reading = replace(
        reading, rows=count, source=known.source, source_rows=known.rows, looked_at=known.looked_at
    )
    return _with_columns(reading, list(keys)), sample


def first_rows(file: BinaryIO, reading: Reading) -> list[Row]:
    """The rows that a mapping is guessed from."""
    first: list[Row] = []
    held = 0
    for row in rows(file, reading):
        if isinstance(row, Row):
            first.append(row)
            held += sum(len(str(value)) for value in row.values.values())
        if len(first) == _LOOKED_AT or held > _LOOKED_AT_CHARACTERS:
            break
    return first


def _with_columns(reading: Reading, keys: list[str]) -> Reading:
    if len(keys) <= MAX_COLUMNS:
        return replace(reading, columns=tuple(keys))
    note = english(
        "The file has more than {max_columns} different keys; the first {max_columns} are offered here.",
        max_columns=MAX_COLUMNS,
    )
    return replace(reading, columns=tuple(keys[:MAX_COLUMNS]), notes=(*reading.notes, note))


def _nothing_readable(reading: Reading, problem: Problem | None) -> str:
    label = FORMATS[reading.format].label
    if problem is None:
        return english(
            "The file was read as {label} and holds no requests. Add at least one line with data.",
            label=label,
        )
    first = english("Line {line}: {message}", line=problem.line, message=problem.message)
    return english(
        "The file was read as {label} and none of its lines can be used. {first}", label=label, first=first
    )


@contextmanager
def opened(upload: Upload) -> Iterator[BinaryIO]:
    """The stored file. Raises UnreadableFile when it is no longer there."""
    try:
        file = cast(BinaryIO, upload.file.open("rb"))
    except (FileNotFoundError, ValueError) as error:
        raise UnreadableFile(english("The uploaded file is no longer stored. Upload it again.")) from error
    try:
        yield file
    finally:
        upload.file.close()


def reading_of(upload: Upload) -> Reading:
    return Reading.from_json({"format": upload.format, **upload.reading})


def mapping_of(upload: Upload) -> dict[str, str]:
    return upload.reading.get("mapping", {})


def refusal_of(error: WorkloadError) -> dict[str, Any]:
    """In place of a summary: why this mapping stores nothing."""
    return {"samples": 0, "refusal": str(error)}
