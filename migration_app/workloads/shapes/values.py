"""Times, durations and counts as logs write them. What is not there or not sensible is None."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from django.utils.translation import gettext as _

from ..errors import BadRow

# Seconds, milliseconds, microseconds and nanoseconds since 1970 differ by a thousand each: a
# number is read in the unit that puts it between 1973 and 2286.
_UNITS = ((1e10, 1.0), (1e13, 1e3), (1e16, 1e6), (1e19, 1e9))
_EARLIEST = 1e8


def get(values: Any, *path: str | int) -> Any:
    """The value at a path of keys and positions, or None where the path ends early."""
    for key in path:
        if isinstance(values, Mapping):
            values = values.get(key)
        elif isinstance(values, list) and isinstance(key, int) and -len(values) <= key < len(values):
            values = values[key]
        else:
            return None
    return values


def first(values: Any, *keys: str) -> Any:
    """The first of these keys that holds something."""
    if not isinstance(values, Mapping):
        return None
    for key in keys:
        if (value := values.get(key)) not in (None, ""):
            return value
    return None


def text(value: Any) -> str:
    """A text as it is, a number as its digits, anything else as nothing."""
    if isinstance(value, str):
        return value.replace("\0", "")
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number(value: Any) -> float | None:
    """A finite number, also from text."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def count(value: Any) -> int | None:
    """A number of tokens: whole, not negative, and less than a trillion."""
    read = number(value)
    return int(read) if read is not None and 0 <= read < 1e12 else None


def money(value: Any) -> float | None:
    read = number(value)
    return read if read is not None and read >= 0 else None


def moment(value: Any) -> float | None:
    """Seconds since 1970 in UTC. A time without a zone is UTC, as every tool read here writes it."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return _stamp(value)
    if (read := number(value)) is not None:
        return _epoch(read)
    return _stamp(_parsed(value)) if isinstance(value, str) and len(value) < 60 else None


def _epoch(read: float) -> float | None:
    if read < _EARLIEST:
        return None
    return next((read / unit for most, unit in _UNITS if read < most), None)


def _parsed(value: str) -> datetime | None:
    written = value.strip().removesuffix(" UTC")
    whole, dot, rest = written.partition(".")
    if dot:  # more than six digits of a second's parts are more than a datetime holds
        digits = len(rest) - len(rest.lstrip("0123456789"))
        written = f"{whole}.{rest[:digits][:6]}{rest[digits:]}" if digits else whole + rest
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _stamp(when: datetime | None) -> float | None:
    if when is None:
        return None
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (OverflowError, ValueError):
        return None


def between(start: float | None, end: float | None) -> float | None:
    """Seconds from one moment to another; negative when a log has them the wrong way round."""
    return None if start is None or end is None else end - start


def unpacked(value: Any) -> Any:
    """The JSON value that a text holds, or the value itself when it is no text or no JSON."""
    if not isinstance(value, str) or value[:1] not in '{["' or not value:
        stripped = value.lstrip() if isinstance(value, str) else ""
        if not stripped.startswith(("{", "[")):
            return value
        value = stripped
    try:
        return orjson.loads(value)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return value


def written_as_json(value: Any, option: int = 0) -> str:
    """Raises BadRow for what is nested too deeply, the one thing that a JSON value can get wrong."""
    try:
        return orjson.dumps(value, option=option).decode()
    except TypeError as error:
        raise BadRow(_("It holds JSON that is nested too deeply or a number that is too large.")) from error


def looks_cut(value: Any) -> bool:
    """Whether a text begins as JSON and breaks off before its end, as logs with a size limit write it."""
    written = value.strip() if isinstance(value, str) else ""
    if not written.startswith(("{", "[")):
        return False
    try:
        orjson.loads(written)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return True
    return False
