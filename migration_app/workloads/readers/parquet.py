"""Parquet: a table in columns, read a few rows at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, BinaryIO

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from ..errors import UnreadableFile
from ..json_values import fault_of_json
from .packing import with_random_access
from .rows import MAX_COLUMN_NAME, MAX_COLUMNS, MAX_LINE_CHARACTERS, Problem, Reading, Row

MARK = b"PAR1"
_AT_ONCE = 64  # rows: few enough that rows with pictures in them do not fill the memory
_LARGEST_GROUP = 1_000_000_000  # bytes of a row group; its pages are read one by one
# Arrow's errors are these, each under a name of its own.
_DAMAGED = (OSError, ValueError, OverflowError, TypeError, KeyError, IndexError, NotImplementedError)


def recognises(head: str, filename: str) -> bool:
    """Never by its text: `begin` has seen its mark."""
    return False


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Take the columns from the file's own schema. Raises UnreadableFile."""
    try:
        table = _opened(file)
        names, facts = table.schema_arrow.names, table.metadata
        groups = [facts.row_group(index).total_byte_size for index in range(facts.num_row_groups)]
    except _DAMAGED as error:
        raise UnreadableFile(
            _("The Parquet file is damaged or only a part of one. Export it again.")
        ) from error
    if len(names) > MAX_COLUMNS or any(len(name) > MAX_COLUMN_NAME for name in names):
        raise UnreadableFile(
            _(
                "The table has %(count)s columns; the most that can be read is %(most)s. Keep those that "
                "matter."
            )
            % {"count": f"{len(names):,}", "most": MAX_COLUMNS}
        )
    if sum(groups) > settings.UPLOAD_MAX_UNPACKED_BYTES or max(groups, default=0) > _LARGEST_GROUP:
        raise UnreadableFile(_("The table is too large once unpacked. Export it in smaller parts."))
    return replace(reading, columns=tuple(dict.fromkeys(names)))


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    """Rows are numbered from 1; a row's number is its place in the table."""
    number = 0
    try:
        for batch in _opened(file).iter_batches(batch_size=_AT_ONCE, use_threads=False):
            for values in batch.to_pylist():
                number += 1
                yield _row(number, values)
    except _DAMAGED:
        yield Problem(number + 1, _("The Parquet file is damaged from here on; the rows before are kept."))


def _opened(file: BinaryIO) -> Any:
    import pyarrow.parquet  # half of what the program else weighs: only where such a table comes

    source = with_random_access(file)
    source.seek(0)
    return pyarrow.parquet.ParquetFile(
        source, pre_buffer=False, thrift_string_size_limit=50_000_000, thrift_container_size_limit=1_000_000
    )


def _row(number: int, values: dict[str, Any]) -> Row | Problem:
    plain = {name: _plain(value) for name, value in values.items()}
    try:
        written = orjson.dumps(plain).decode()
    except TypeError:
        return Problem(number, _("It holds a value that cannot be stored as text."))
    if len(written) > MAX_LINE_CHARACTERS:
        return Problem(number, _("It is longer than 8 million characters, the most for a line."))
    fault = fault_of_json(plain, written)
    return Problem(number, fault) if fault else Row(number, plain)


def _plain(value: Any) -> Any:
    """A cell as a JSON value; bytes that are no text are left out."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return (
            _map(value)
            if value and all(_is_pair(item) for item in value)
            else [_plain(item) for item in value]
        )
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | timedelta):
        return float(value) if isinstance(value, Decimal) else value.total_seconds()
    return value.decode(errors="replace") if isinstance(value, bytes) and value.isascii() else None


def _is_pair(item: Any) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str)


def _map(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Parquet's maps come as pairs."""
    return {key: _plain(value) for key, value in pairs}
