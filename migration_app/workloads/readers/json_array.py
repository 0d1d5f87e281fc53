"""JSON objects in an array, or one after the other over several lines, read one at a time.

A damaged object costs only itself: reading goes on at the next line that begins like the objects
before or, in a list without lines, at the next object that has the keys of the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from typing import Any, BinaryIO

from migration_app.evaluation.wording import english

from .json_lines import row_of
from .json_window import Damage, Window
from .lines import fault_of, read_text
from .rows import Problem, Reading, Row

_BLANKS = re.compile(r"[\s\ufeff]*")
_OPENING = re.compile(r"\[")
_BETWEEN = re.compile(r"[\s,]*")


def recognises(head: str, filename: str) -> bool:
    start = head.lstrip("\ufeff \t\r\n")
    says_lines = filename.lower().endswith((".jsonl", ".ndjson"))
    if says_lines:
        return False
    return (start.startswith("[") and start[1:].lstrip().startswith(("{", "]"))) or _is_laid_out(start)


def _is_laid_out(start: str) -> bool:
    """An object whose first line is nothing but its brace, as programs write it for people."""
    first, _, rest = start.partition("\n")
    return first.strip() == "{" and rest.lstrip().startswith(('"', "}"))


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Nothing to find out ahead: the columns are the keys that the rows turn out to have."""
    return reading


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    window = Window(read_text(file, reading.encoding))
    window.skip(_BLANKS)
    in_array = window.starts_with("[")
    window.skip(_OPENING)
    indent: str | None = None  # what stands before each object on its line, once seen
    keys: Set[str] = frozenset()  # of the first object
    while True:
        window.skip(_BETWEEN)
        if in_array and window.starts_with("]"):
            return
        if window.is_empty:
            if in_array:
                yield Problem(
                    window.line, english("The list is never closed with ]. Part of the file may be missing.")
                )
            return
        if indent is None:
            indent = window.indent if in_array else ""
        number = window.line
        result = window.take_value()
        if isinstance(result, Damage):
            yield Problem(number, result.sentence)
            if not (window.skip_to_line_starting(indent) or window.skip_to_object_with(keys)):
                return
        else:
            keys = keys or _keys(result.value)
            yield row_from(result.value, result.text, number)


def _keys(value: Any) -> Set[str]:
    return frozenset(value) if isinstance(value, dict) else frozenset()


def row_from(value: Any, text: str, number: int) -> Row | Problem:
    """A row. It is read again: the decoder that found its end lets pass what JSON has not (NaN, 1e999)."""
    fault = fault_of(text, wide=False)
    if fault:
        return Problem(number, fault)
    if _holds_lone_surrogate(text, value):
        return Problem(
            number, english("It holds half of a character (a lone surrogate), which cannot be stored.")
        )
    return row_of(text, number)


def _holds_lone_surrogate(text: str, value: Any) -> bool:
    if "\\ud" not in text and "\\uD" not in text:
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
