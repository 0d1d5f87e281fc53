"""Texts as a typesetter takes them: no control signs, no word wider than a column, no parted figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .charts.lettering import shortened

# Signs that steer a terminal or turn text around; a reader must see what is there, in order.
_STEERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A word that some column may be too narrow for. It may be broken after its own marks, and where that leaves
# a long piece, inside: but not inside an emoji or accent.
_LONG_WORD = re.compile(r"[^\s\u200b]{15,}")
_MARK = re.compile(r"([-_/:@]|\.(?!\d))(?=\w)")
_LONG_PIECE = re.compile(r"[^\s\u200b]{16,}")
_BREAK = re.compile(r"(.{7}(?<!\u200d))(?=[^\u200d\ufe00-\ufe0f\u0300-\u036f\U0001f3fb-\U0001f3ff])")
_HASH = re.compile("[0-9a-f]{64}")  # has a column of its own, and is copied to be compared
# The space between a number and its unit, in the languages that reports are written in.
_UNIT = re.compile(
    r"(?<=×) |(?<=\d) (?=×|(?:ms|s|min|h|pts|points?|p\.p\.|pontos?|million|billion|mil|milh\w+|bilh\w+)\b)"
)
_NO_BREAK = "\u00a0"
_SHORT_WORD = 6
_SHORT = 24  # characters of a name: a longer one may need every place to break that it has
_LONGEST = 26.0  # em of a name; the method has it whole
_LEFT_TO_RIGHT = "\u200e"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def printable(value: Any) -> Any:
    """The same JSON with texts that can be set."""
    return _each_text(value, _settable)


def bound(value: Any, names: Mapping[str, str] | None = None) -> Any:
    """The same JSON, printable, with what belongs together kept so at the end of a line.

    names: how each name is written (`written`); elsewhere a figure keeps its unit beside it.
    """
    longest_first = sorted((names or {}).items(), key=lambda pair: -len(pair[0]))

    def text(value: str) -> str:
        settable = plain(value)
        for name, shown in longest_first:
            settable = settable.replace(name, shown)
        return _UNIT.sub(_NO_BREAK, _broken(settable))

    return _each_text(value, text)


def written(names: Iterable[str]) -> dict[str, str]:
    """How names stand in running text and narrow columns, where that is not as they are.

    A long one keeps its two ends, its last word stays beside the one before it ("Lumen 70B"), and one
    that is read from right to left does not turn the figures after it around.
    """
    found: dict[str, str] = {}
    for name in dict.fromkeys(map(plain, names)):
        short = shortened(name, _LONGEST)
        if short in found.values():
            short = f"{short} ({len(found) + 1})"
        if len(short) <= _SHORT:
            short = _NO_BREAK.join(short.rsplit(" ", 1))
        found[name] = in_order(short)
    return {name: short for name, short in found.items() if name and name != short}


def in_order(name: str) -> str:
    """A name after which a line goes on from left to right, whatever it is written in."""
    return name + _LEFT_TO_RIGHT if _RIGHT_TO_LEFT.search(name) else name


def unparted(headline: str) -> str:
    """A headline whose last word, if it is short, does not stand on a line of its own."""
    start, space, last = headline.rpartition(" ")
    return start + _NO_BREAK + last if space and len(last) <= _SHORT_WORD else headline


def _settable(text: str) -> str:
    return _broken(plain(text))


def plain(text: str) -> str:
    """A text without the signs that no reader sees, for where no line is ever broken."""
    return _UNPRINTABLE.sub("\ufffd", _STEERING.sub("", text))


def _broken(text: str) -> str:
    return _LONG_WORD.sub(lambda word: _breakable(word[0]), text)


def _breakable(word: str) -> str:
    if _HASH.fullmatch(word):
        return word
    return _LONG_PIECE.sub(lambda piece: _BREAK.sub("\\1\u200b", piece[0]), _MARK.sub("\\1\u200b", word))


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value
