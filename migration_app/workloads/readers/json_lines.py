"""JSON Lines: one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from ..json_values import fault_of_json
from .lines import read_lines
from .rows import MAX_COLUMN_NAME, MAX_COLUMNS, Problem, Reading, Row

_EXTENSIONS = (".jsonl", ".ndjson")
_LOOKED_AT = 20


def recognises(head: str, filename: str) -> bool:
    """Because it begins like an object, or most of its first lines are objects, or it says so."""
    lines = [line.lstrip("\ufeff \t") for line in head.split("\n") if line.strip()][:_LOOKED_AT]
    objects = sum(is_object(line) for line in lines)
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
            yield row_of(line.text, line.number)


def row_of(text: str, number: int) -> Row | Problem:
    """A row from the text of a JSON object, or what is wrong with it. Shared with `json_array`."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return Problem(number, f"It is not valid JSON: {error.msg} at character {error.pos + 1}.")
    if not isinstance(value, dict):
        return Problem(number, f'It holds {_kind(value)}; expected is an object like {{"prompt": …}}.')
    if len(value) > MAX_COLUMNS:
        return Problem(number, f"It has {len(value):,} keys; the most that can be read is {MAX_COLUMNS}.")
    if any(len(key) > MAX_COLUMN_NAME for key in value):
        return Problem(number, f"It has a key of more than {MAX_COLUMN_NAME} characters.")
    if fault := fault_of_json(value, text):
        return Problem(number, fault)
    return Row(number, value)


def is_object(text: str) -> bool:
    """Whether a text is one whole JSON object."""
    try:
        return isinstance(orjson.loads(text), dict)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return False


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list"}
    return kinds.get(type(value), "something else")
