"""Texts as a typesetter takes them: no control signs, no word wider than a column, no parted figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

# Signs that steer a terminal or turn text around; a reader must see what is there, in order.
_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A word that some column may be too narrow for, and where it may be broken: not inside an emoji or accent.
_LONG_WORD = re.compile(r"[^\s\u200b]{21,}")
_BREAK = re.compile(r"(.{7}(?<!\u200d))(?=[^\u200d\ufe00-\ufe0f\u0300-\u036f\U0001f3fb-\U0001f3ff])")
_HASH = re.compile("[0-9a-f]{64}")  # has a column of its own, and is copied to be compared
# The space between a number and its unit, in the languages that reports are written in.
_UNIT = re.compile(
    r"(?<=×) |(?<=\d) (?=×|(?:ms|s|min|h|pts|points?|p\.p\.|pontos?|million|billion|mil|milh\w+|bilh\w+)\b)"
)
_NO_BREAK = "\u00a0"
_SHORT_WORD = 6
_SHORT = 24  # of a name: a longer one may need every place to break that it has


def printable(value: Any) -> Any:
    """The same JSON with texts that can be set."""
    return _each_text(value, _settable)


def bound(value: Any, names: Sequence[str] = ()) -> Any:
    """The same JSON, printable, and what belongs together kept so at the end of a line: a figure and its
    unit, and of each of the names the last word ("Lumen 70B").
    """
    ends = {name: _NO_BREAK.join(name.rsplit(" ", 1)) for name in names if len(name) <= _SHORT}

    def text(value: str) -> str:
        for name, kept in ends.items():
            value = value.replace(name, kept)
        return _UNIT.sub(_NO_BREAK, _settable(value))

    return _each_text(value, text)


def unparted(headline: str) -> str:
    """A headline whose last word, if it is short, does not stand on a line of its own."""
    start, space, last = headline.rpartition(" ")
    return start + _NO_BREAK + last if space and len(last) <= _SHORT_WORD else headline


def _settable(text: str) -> str:
    plain = _UNPRINTABLE.sub("\ufffd", _STEERING.sub("", text))
    return _LONG_WORD.sub(lambda word: _breakable(word[0]), plain)


def _breakable(word: str) -> str:
    return word if _HASH.fullmatch(word) else _BREAK.sub("\\1\u200b", word)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value
