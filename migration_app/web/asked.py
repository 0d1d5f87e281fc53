"""What an address or a form asks for, as values: whatever was typed there, the page answers."""

from __future__ import annotations

_MOST_DIGITS = 18  # what every database's integer holds


def whole_number(text: str) -> int | None:
    """The number that `text` is, in plain digits; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def plain_text(text: str) -> str:
    """`text` as a database can compare it: NUL, which no stored text has, is left out."""
    return text.replace("\0", "")
