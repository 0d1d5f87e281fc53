"""The part of a JSON text that is being looked at: values are taken from it one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from typing import Any, NamedTuple

from migration_app.evaluation.wording import english

from .rows import MAX_LINE_CHARACTERS

_DECODER = json.JSONDecoder()
_STEP = 1 << 16
_NEXT = re.compile(r",\s*(?=\{)")
_MOST_GUESSES = 2_000


class Value(NamedTuple):
    value: Any
    text: str


class Damage(NamedTuple):
    sentence: str


class Window:
    """Never holds much more than one value's limit. `line` is that of the place looked at."""

    def __init__(self, parts: Iterator[str]) -> None:
        self.parts = parts
        self.text = ""
        self.at = 0
        self.line = 1
        self._more()

    @property
    def indent(self) -> str | None:
        """The blanks before this place on its line; None when something else stands there."""
        start = self.text.rfind("\n", 0, self.at) + 1
        before = self.text[start : self.at]
        return before if not before.strip() and (start or self.line > 1) and self.line > 1 else None

    @property
    def is_empty(self) -> bool:
        return self.at >= len(self.text)

    def starts_with(self, mark: str) -> bool:
        return self.text.startswith(mark, self.at)

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Pass what matches, however long it goes on."""
        while match := pattern.match(self.text, self.at):
            whole = match.end() == len(self.text)
            self._pass(match.end())
            if not whole or not self._more():
                return

    def take_value(self, most: int = MAX_LINE_CHARACTERS) -> Value | Damage:
        """The JSON value that begins here, reading on while it is incomplete, up to `most` characters."""
        wanted = _STEP
        if self.at > _STEP:
            self._let_go()  # each error counts the lines from the beginning
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except RecursionError:
                return Damage(english("It is nested too deeply to be read."))
            except ValueError as error:
                # Doubling what is looked at keeps the repeated attempts in proportion.
                if len(self.text) - self.at > most:
                    longer = english("or longer than {most:,} characters", most=most)
                    return Damage(self._sentence(error, longer))
                if not self._grow(wanted):
                    return Damage(self._sentence(error, ""))
                wanted = 2 * (len(self.text) - self.at)
                continue
            text = self.text[self.at : end]
            self._pass(end)
            return Value(value, text)

    def skip_to_line_starting(self, indent: str | None) -> bool:
        """Go on at the next line that begins an object at this indent; False when there is none."""
        if indent is None:
            return False
        start = re.compile(r"\r?\n" + re.escape(indent) + r"(?=\{)")
        while True:
            if match := start.search(self.text, self.at):
                self._pass(match.end())
                return True
            keep = len(indent) + 3  # the mark may lie across two parts
            self._pass(max(self.at, len(self.text) - keep))
            if not self._more():
                return False

    def skip_to_object_with(self, keys: Set[str]) -> bool:
        """Go on at the next object in the list that has most of these keys; False when there is none.

        For lists that are written without lines: inside a damaged object every brace looks alike, so
        only an object like those before is trusted.
        """
        for _ in range(_MOST_GUESSES if keys else 0):
            while not (match := _NEXT.search(self.text, self.at)):
                self._pass(max(self.at, len(self.text) - 200))
                if not self._more():
                    return False
            self._pass(match.end())
            if self._is_like(keys):
                return True
        return False

    def _is_like(self, keys: Set[str]) -> bool:
        taken = self.take_value(most=_STEP)
        if isinstance(taken, Damage):
            return False
        # What was passed is still there: nothing is let go of until more is read.
        self.at, self.line = self.at - len(taken.text), self.line - taken.text.count("\n")
        return isinstance(taken.value, dict) and 2 * len(keys & taken.value.keys()) >= len(keys)

    def _sentence(self, error: ValueError, extra: str) -> str:
        reason = getattr(error, "msg", "unreadable")
        after = getattr(error, "pos", self.at)
        where = self.line + self.text.count("\n", self.at, after)
        return english("It is not valid JSON {extra}", extra=extra).rstrip() + f": {reason} (line {where})."

    def _grow(self, wanted: int) -> bool:
        before = len(self.text) - self.at
        while len(self.text) - self.at < wanted + before and self._more():
            pass
        return len(self.text) - self.at > before

    def _more(self) -> bool:
        """Read on, letting go of what was passed but for the line that this place is on."""
        for part in self.parts:
            if part:
                self._let_go()
                self.text += part
                return True
        return False

    def _let_go(self) -> None:
        start = max(self.text.rfind("\n", 0, self.at), self.at - 200, 0)
        self.text, self.at = self.text[start:], self.at - start

    def _pass(self, end: int) -> None:
        self.line += self.text.count("\n", self.at, end)
        self.at = end
