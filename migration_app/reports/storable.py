"""Texts that spreadsheet files can hold."""

from __future__ import annotations

import re

_CELL_CHARS = 32_000  # what a cell of a workbook holds, less the mark of a cut
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def storable(text: str) -> str:
    """The text without the signs that no spreadsheet file may hold, cut to what a cell takes."""
    plain = _UNSTORABLE.sub("\ufffd", text)
    return plain if len(plain) <= _CELL_CHARS else plain[:_CELL_CHARS] + " […]"
