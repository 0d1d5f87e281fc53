"""What is known about an upload, found by passing over its file: never a write."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO, NamedTuple, cast

from django.utils.translation import gettext as _

from .calls import Call, Skipped
from .drafts import Draft
from .errors import UnreadableFile, WorkloadError
from .models import Upload
from .profiles import Census
from .readers import FORMATS, MAX_COLUMNS, Problem, ProblemList, Reading, Row, begin, rows
from .sources import found_in, recognised

_CHUNK = 1 << 20
_LOOKED_AT = 50  # rows that the mapping is guessed from
_LOOKED_AT_CHARACTERS = 4_000_000


class Tally:
    """Sentences, how often each was said, and the first line it was said about."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}

    def add(self, sentence: str, line: int) -> None:
        self.counts.setdefault(sentence, [0, line])[0] += 1

    def as_json(self) -> list[dict[str, Any]]:
        """The most frequent first."""
        ranked = sorted(self.counts.items(), key=lambda pair: -pair[1][0])
        return [{"message": text, "count": count, "line": line} for text, (count, line) in ranked]


class Check(NamedTuple):
    """What an import with this mapping would store, and what it would pass over."""

    census: Census
    problems: ProblemList
    calls: int  # of a log that counts calls without their requests
    skipped: Tally
    warnings: Tally


def fingerprint(file: BinaryIO) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def survey(file: BinaryIO, filename: str) -> tuple[Reading, list[Row]]:
    """How to read the file, and its first rows. Raises UnreadableFile when no line can be read."""
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


def _with_columns(reading: Reading, keys: list[str]) -> Reading:
    if len(keys) <= MAX_COLUMNS:
        return replace(reading, columns=tuple(keys))
    note = f"The file has more than {MAX_COLUMNS} different keys; the first {MAX_COLUMNS} are offered here."
    return replace(reading, columns=tuple(keys[:MAX_COLUMNS]), notes=(*reading.notes, note))


def _nothing_readable(reading: Reading, problem: Problem | None) -> str:
    label = FORMATS[reading.format].label
    if problem is None:
        return f"The file was read as {label} and holds no requests. Add at least one line with data."
    first = f"Line {problem.line}: {problem.message}"
    return f"The file was read as {label} and none of its lines can be used. {first}"


@contextmanager
def opened(upload: Upload) -> Iterator[BinaryIO]:
    """The stored file. Raises UnreadableFile when it is no longer there."""
    try:
        file = cast(BinaryIO, upload.file.open("rb"))
    except (FileNotFoundError, ValueError) as error:
        raise UnreadableFile("The uploaded file is no longer stored. Upload it again.") from error
    try:
        yield file
    finally:
        upload.file.close()


def reading_of(upload: Upload) -> Reading:
    return Reading.from_json({"format": upload.format, **upload.reading})


def mapping_of(upload: Upload) -> dict[str, str]:
    return upload.reading.get("mapping", {})


def check(file: BinaryIO, reading: Reading, mapping: Mapping[str, str]) -> Check:
    """Pass over the whole file as the import would, and count."""
    found = Check(Census(), ProblemList(), 0, Tally(), Tally())
    calls = 0
    for one in found_in(file, reading, mapping):
        if isinstance(one, Problem):
            found.problems.add(one)
        elif isinstance(one, Skipped):
            found.skipped.add(one.reason, one.line)
        else:
            for sentence in one.warnings:
                found.warnings.add(sentence, one.line)
            if isinstance(one, Draft):
                found.census.add(one)
            calls += isinstance(one, Call)
    return found._replace(calls=calls)


def account_of(checked: Check) -> dict[str, Any]:
    """A summary with what is passed over: `calls`, and `skipped` and `warnings` sentence by sentence."""
    passed = {
        "calls": checked.calls,
        "skipped": checked.skipped.as_json(),
        "warnings": checked.warnings.as_json(),
    }
    summary = summary_of(checked.census) | passed
    if checked.calls and not checked.census.samples:
        summary["refusal"] = _(
            "This log counts calls and does not hold what was asked, so there is nothing to replay. "
            "It can tell how much traffic a workload stands for."
        )
    return summary


def summary_of(census: Census) -> dict[str, Any]:
    """What will be stored, as JSON: shown on the columns page and kept by the import."""
    return {
        "samples": census.samples,
        "content_hash": census.content_hash(),
        "profile": census.profile(),
        "scoring": census.scoring(),
    }


def refusal_of(error: WorkloadError) -> dict[str, Any]:
    """In place of a summary: why this mapping stores nothing."""
    return {"samples": 0, "refusal": str(error)}
