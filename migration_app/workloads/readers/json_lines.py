"""JSON Lines: one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from .lines import Line, read_lines
from .rows import MAX_COLUMN_NAME, MAX_COLUMNS, Problem, Reading, Row

_EXTENSIONS = (".jsonl", ".ndjson")
_LOOKED_AT = 20


def recognises(head: str, filename: str) -> bool:
    """Because it begins like an object, or most of its first lines are objects, or it says so."""
    lines = [line.lstrip("\ufeff \t") for line in head.split("\n") if line.strip()][:_LOOKED_AT]
    objects = sum(isinstance(_object_in(line), dict) for line in lines)
    if filename.lower().endswith(_EXTENSIONS) and objects:
        return True
    return lines[0].startswith("{") or objects * 2 > len(lines)


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Nothing to find out ahead: the columns are the keys that the rows turn out to have."""
    return reading


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    for line in read_lines(file, reading.encoding, reading.newline):
        if line.fault:
            yield Problem(line.number, line.fault)
        elif line.text.strip():
            yield _row(line)


def _row(line: Line) -> Row | Problem:
    try:
        value = orjson.loads(line.text)
    except orjson.JSONDecodeError as error:
        return Problem(line.number, f"It is not valid JSON: {error.msg} at character {error.pos + 1}.")
    # A NUL can only come in as an escape; most lines have none, so the walk is rare.
    return row_of(value, line.number, may_hold_nul="\\u0000" in line.text)


def row_of(value: Any, number: int, *, may_hold_nul: bool) -> Row | Problem:
    """A row from a JSON value, or what is wrong with it. Shared with `json_array`."""
    if not isinstance(value, dict):
        return Problem(number, f'It holds {_kind(value)}; expected is an object like {{"prompt": …}}.')
    if len(value) > MAX_COLUMNS:
        return Problem(number, f"It has {len(value):,} keys; the most that can be read is {MAX_COLUMNS}.")
    if any(len(key) > MAX_COLUMN_NAME for key in value):
        return Problem(number, f"It has a key of more than {MAX_COLUMN_NAME} characters.")
    if may_hold_nul and _holds_nul(value):
        return Problem(number, "It holds a NUL character (\\u0000), which text does not have.")
    return Row(number, value)


def _object_in(text: str) -> Any:
    try:
        return orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(value), "something else")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(_holds_nul(inner) for inner in value)
