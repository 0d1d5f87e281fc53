"""A JSON object around a long list, as APIs answer and tools export: {"data": […], "meta": …}.

The list's objects are the rows, read one at a time. What stands beside the list goes along with
each row, as far as it came before it or the document is small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any, BinaryIO

from migration_app.evaluation.wording import english

from .json_array import row_from
from .json_lines import is_object
from .json_window import Damage, Window
from .lines import read_text
from .rows import Problem, Reading, Row

# Lists whose objects are rows, and lists whose objects hold such lists.
_LISTS = frozenset(
    "data records runs results tests items value examples observations generations requests logs traces "
    "spans dataset samples rows".split()
)
_GROUPS = frozenset("resourceSpans resource_spans scopeSpans scope_spans instrumentationLibrarySpans".split())
_OBJECTS = frozenset(("results",))
# What a row's meaning may depend on, wherever in the document it stands.
_AROUND = frozenset(("prompts", "defaultTest", "description"))
_NEEDED_BY = frozenset(("tests",))
_MOST_AROUND = 1_000_000  # characters of a value that goes along with the rows
_BLANKS = re.compile(r"[\s\ufeff]*")
_BETWEEN = re.compile(r"[\s,]*")
_COLON = re.compile(r"\s*:\s*")


def recognises(head: str, filename: str) -> bool:
    """An object that has one of the lists, unless each line is an object of its own."""
    start = head.lstrip("\ufeff \t\r\n")
    if not start.startswith("{"):
        return False
    first, _, rest = start.partition("\n")
    if rest.strip() and is_object(first):
        return False
    return _first_list(start) is not None


def _first_list(head: str) -> str | None:
    """The name of the list that the document is about, as far as its head shows."""
    window = Window(iter((head,)))
    walk = _Walk(window)
    for _ in walk.object(top=True):
        break
    return walk.entered


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Nothing to find out ahead: the columns are the keys that the rows turn out to have."""
    return reading


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    around = _around(file, reading)
    window = Window(read_text(file, reading.encoding))
    while True:
        window.skip(_BLANKS)
        if window.is_empty:
            return
        if not window.starts_with("{"):
            yield Problem(window.line, english("It is not the beginning of a JSON object."))
            return
        walk = _Walk(window, around)
        yield from walk.object(top=True)
        if walk.broken:
            return


def _around(file: BinaryIO, reading: Reading) -> dict[str, Any]:
    """What stands beside the list. Looked for in a pass of its own only where rows need it."""
    walk = _Walk(Window(read_text(file, reading.encoding)))
    walk.window.skip(_BLANKS)
    for _ in walk.object(top=True):
        if walk.entered not in _NEEDED_BY:
            return {}
    return walk.around


class _Walk:
    """Goes through one document, yielding the rows of its lists."""

    def __init__(self, window: Window, around: Mapping[str, Any] | None = None) -> None:
        self.window = window
        self.around: dict[str, Any] = dict(around or {})
        self.entered: str | None = None
        self.broken = False  # nothing after this place can be trusted
        self.keys: Set[str] = frozenset()  # of the first row

    def object(self, *, top: bool = False) -> Iterator[Row | Problem]:
        self.window.skip(re.compile(r"\{"))
        while not self.broken:
            self.window.skip(_BETWEEN)
            if self.window.starts_with("}"):
                self.window.skip(re.compile(r"\}"))
                return
            key = self._key()
            if key is not None:
                yield from self._value(key, top)
            else:
                yield from self._give_up()

    def _key(self) -> str | None:
        if not self.window.starts_with('"'):
            return None
        taken = self.window.take_value()
        self.window.skip(_COLON)
        return taken.value if not isinstance(taken, Damage) and isinstance(taken.value, str) else None

    def _value(self, key: str, top: bool) -> Iterator[Row | Problem]:
        if key in _LISTS | _GROUPS and self.window.starts_with("["):
            self.entered = self.entered or key
            yield from self._list(key)
        elif key in _OBJECTS and self.window.starts_with("{"):
            yield from self.object()
        else:
            number = self.window.line
            taken = self.window.take_value()
            if isinstance(taken, Damage):
                self.broken = True
                yield Problem(number, taken.sentence)
            elif top and key in _AROUND and len(taken.text) < _MOST_AROUND:
                self.around[key] = taken.value

    def _list(self, key: str) -> Iterator[Row | Problem]:
        self.window.skip(re.compile(r"\["))
        indent: str | None = None
        while not self.broken:
            self.window.skip(_BETWEEN)
            if self.window.starts_with("]"):
                self.window.skip(re.compile(r"\]"))
                return
            if self.window.is_empty:
                yield from self._give_up()
            elif key in _GROUPS and self.window.starts_with("{"):
                yield from self.object()
            else:
                indent = self.window.indent if indent is None else indent
                yield self._row(indent)

    def _row(self, indent: str | None) -> Row | Problem:
        number = self.window.line
        taken = self.window.take_value()
        if isinstance(taken, Damage):
            self.broken = not (
                self.window.skip_to_line_starting(indent) or self.window.skip_to_object_with(self.keys)
            )
            return Problem(number, taken.sentence)
        if isinstance(taken.value, dict):
            self.keys = self.keys or frozenset(taken.value)
        row = row_from(taken.value, taken.text, number)
        return row._replace(around=self.around) if isinstance(row, Row) and self.around else row

    def _give_up(self) -> Iterator[Problem]:
        self.broken = True
        missing = self.window.is_empty
        yield Problem(
            self.window.line,
            english("The document ends before its last bracket. Part of the file may be missing.")
            if missing
            else english("It is not valid JSON from here on; the lines before it are kept."),
        )
