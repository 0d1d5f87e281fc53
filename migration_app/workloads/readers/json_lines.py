"""JSON Lines: one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from migration_app.evaluation.wording import english

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
        return Problem(
            number,
            english("It is not valid JSON: {msg} at character {value}.", msg=error.msg, value=error.pos + 1),
        )
    if not isinstance(value, dict):
        return Problem(
            number,
            english('It holds {value}; expected is an object like {{"prompt": …}}.', value=_kind(value)),
        )
    if len(value) > MAX_COLUMNS:
        return Problem(
            number,
            english(
                "It has {value:,} keys; the most that can be read is {max_columns}.",
                value=len(value),
                max_columns=MAX_COLUMNS,
            ),
        )
    if any(len(key) > MAX_COLUMN_NAME for key in value):
        return Problem(
            number,
            english(
                "It has a key of more than {max_column_name} characters.", max_column_name=MAX_COLUMN_NAME
            ),
        )
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
    kinds = {
        bool: english("true or false"),
        int: "a number",
        float: "a number",
        str: "a text",
        list: "a list",
    }
    return kinds.get(type(value), english("something else"))
