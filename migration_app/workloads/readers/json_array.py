"""A JSON array of objects, read one object at a time.

An object that is damaged costs itself only when the objects begin on lines of their own, as
programs write them; else nothing after the damage can be trusted, and a problem says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from .json_lines import row_of
from .lines import fault_of, read_text
from .rows import MAX_LINE_CHARACTERS, Problem, Reading, Row

_DECODER = json.JSONDecoder()
_BETWEEN = re.compile(r"[\s,]*")
_STEP = 1 << 16


def recognises(head: str, filename: str) -> bool:
    start = head.lstrip("\ufeff \t\r\n")
    says_lines = filename.lower().endswith((".jsonl", ".ndjson"))
    return not says_lines and start.startswith("[") and start[1:].lstrip().startswith(("{", "]"))


def describe(file: BinaryIO, reading: Reading) -> Reading:
    """Nothing to find out ahead: the columns are the keys that the rows turn out to have."""
    return reading


def rows(file: BinaryIO, reading: Reading) -> Iterator[Row | Problem]:
    window = _Window(read_text(file, reading.encoding))
    window.skip(re.compile(r"\s*\["))
    indent: str | None = None  # what stands before each object on its line, once seen
    while True:
        window.skip(_BETWEEN)
        if window.starts_with("]"):
            return
        if not window.text:
            yield Problem(window.line, "The list is never closed with ]. Part of the file may be missing.")
            return
        indent = window.indent if indent is None else indent
        number = window.line
        result = window.take_value()
        if isinstance(result, _Damage):
            yield Problem(number, result.sentence)
            if not window.skip_to_line_starting(indent):
                return
        else:
            yield _row(result.value, result.text, number)


def _row(value: Any, text: str, number: int) -> Row | Problem:
    """A row. It is read again: the decoder that found its end lets pass what JSON has not (NaN, 1e999)."""
    fault = fault_of(text, wide=False)
    if fault:
        return Problem(number, fault)
    if _holds_lone_surrogate(text, value):
        return Problem(number, "It holds half of a character (a lone surrogate), which cannot be stored.")
    return row_of(text, number)


def _holds_lone_surrogate(text: str, value: Any) -> bool:
    if "\\ud" not in text and "\\uD" not in text:
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


class _Value:
    __slots__ = ("text", "value")

    def __init__(self, value: Any, text: str) -> None:
        self.value = value
        self.text = text


class _Damage:
    __slots__ = ("sentence",)

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence


class _Window:
    """The part of the text that is being looked at; never much more than one object's limit."""

    def __init__(self, parts: Iterator[str]) -> None:
        self.parts = parts
        self.text = ""
        self.line = 1
        self.before = ""  # what was passed since the last line break
        self._more()

    @property
    def indent(self) -> str | None:
        """The blanks before this place on its line; None when something else stands there."""
        return self.before if not self.before.strip() and self.line > 1 else None

    def starts_with(self, mark: str) -> bool:
        return self.text.startswith(mark)

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Pass what matches, however long it goes on."""
        while match := pattern.match(self.text):
            whole = match.end() == len(self.text)
            self._pass(match.end())
            if not whole or not self._more():
                return

    def take_value(self) -> _Value | _Damage:
        """The JSON value that begins here, reading on while it is incomplete."""
        wanted = _STEP
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text)
            except RecursionError:
                return _Damage("It is nested too deeply to be read.")
            except ValueError as error:
                # Doubling what is looked at keeps the repeated attempts in proportion.
                if len(self.text) > MAX_LINE_CHARACTERS:
                    longer = f"or longer than {MAX_LINE_CHARACTERS:,} characters"
                    return _Damage(self._sentence(error, longer))
                if not self._grow(wanted):
                    return _Damage(self._sentence(error, ""))
                wanted = 2 * len(self.text)
                continue
            text = self.text[:end]
            self._pass(end)
            return _Value(value, text)

    def skip_to_line_starting(self, indent: str | None) -> bool:
        """Go on at the next line that begins an object at this indent; False when there is none."""
        if indent is None:
            return False
        start = re.compile(r"\r?\n" + re.escape(indent) + r"(?=\{)")
        while True:
            if match := start.search(self.text):
                self._pass(match.end())
                return True
            keep = len(indent) + 3  # the mark may lie across two parts
            self._pass(max(0, len(self.text) - keep))
            if not self._more():
                return False

    def _sentence(self, error: ValueError, extra: str) -> str:
        reason = getattr(error, "msg", "unreadable")
        after = getattr(error, "pos", 0)
        where = self.line + self.text.count("\n", 0, after)
        return f"It is not valid JSON {extra}".rstrip() + f": {reason} (line {where})."

    def _grow(self, wanted: int) -> bool:
        before = len(self.text)
        while len(self.text) < wanted + before and self._more():
            pass
        return len(self.text) > before

    def _more(self) -> bool:
        for part in self.parts:
            if part:
                self.text += part
                return True
        return False

    def _pass(self, count: int) -> None:
        passed, self.text = self.text[:count], self.text[count:]
        breaks = passed.count("\n")
        self.line += breaks
        self.before = passed.rpartition("\n")[2] if breaks else self.before + passed
        self.before = self.before[-200:]
