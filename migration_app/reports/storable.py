"""Texts that spreadsheet files can hold, and those that a spreadsheet would run."""

from __future__ import annotations

import re

_CELL_CHARS = 32_000  # what a cell of a workbook holds, less the mark of a cut
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


# What spreadsheets take for a formula, some of them in full-width signs too. A tab, a line break or a
# sign that nobody sees before one does not disarm it.
_UNSEEN = "[\\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]*"
_STARTS = "[=+\\-@|%＝＋－＠]"
_FORMULA = re.compile(_UNSEEN + _STARTS)
_FORMULA_INSIDE = re.compile(f"(?<=[;\t\r\n])(?={_UNSEEN}{_STARTS})")


def runs(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula, were it typed into a cell."""
    return _FORMULA.match(text) is not None


def made_harmless(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run, also were it parted at its marks."""
    formula = _FORMULA.match(text)
    if formula is None:
        return _FORMULA_INSIDE.sub("'", text)
    return f"'{formula[0]}" + _FORMULA_INSIDE.sub("'", text[formula.end() :])


def storable(text: str) -> str:
    """The text without the signs that no spreadsheet file may hold, cut to what a cell takes."""
    plain = _UNSTORABLE.sub("\ufffd", text)
    return plain if len(plain) <= _CELL_CHARS else plain[:_CELL_CHARS] + " […]"
