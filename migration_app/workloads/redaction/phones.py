"""Phone numbers by the numbering plans of the world (phonenumbers, a port of Google's library)."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

# Where a number without +country is tried: countries whose numbers begin with a 0, and the others.
_WITH_ZERO = ("GB", "DE", "FR", "IT", "NL", "CH", "AT", "BE", "AU", "IN")
_WITHOUT_ZERO = ("US", "BR", "MX", "ES", "PT", "IT", "IN")
_LEAST, _MOST = 7, 15
# How numbers without +country or 0 are grouped: 415-555-2671, 11 98765-4321, 612 345 678.
_GROUPED = re.compile(
    r"\(\d{2,3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}$|\d{2} 9?\d{4}[-. ]\d{4}$|[679]\d{2} \d{3} \d{3}$"
    r"|[679]\d{2}(?: \d{2}){3}$|[679]\d{2}-\d{3}-\d{3}$"
)
_DATE = re.compile(r"(?:19|20)\d{2}[-./](?:0?[1-9]|1[0-2])[-./]\d|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d{2}")


def looks_like_phone(written: str) -> bool:
    """The cheap question before the dear one: grouped as people do, or with +, 0 or a bracket in front."""
    if written[0] in "+(0":
        return not _DATE.match(written)
    return _GROUPED.match(written) is not None and not _DATE.match(written)


@lru_cache(maxsize=4096)
def is_phone(written: str) -> bool:
    """Whether this can be dialled. `written` may hold blanks, brackets, dots, dashes and slashes."""
    digits = sum(character.isdigit() for character in written)
    if not _LEAST <= digits <= _MOST:
        return False
    first = written.lstrip("(")[:1]
    if first == "+":
        return _is_valid("+" + written.lstrip("(+"), None)
    if written.startswith("00") and _is_valid("+" + written[2:], None):
        return True
    regions = _WITH_ZERO if first == "0" else _WITHOUT_ZERO
    return digits >= 8 and any(_is_valid(written, region) for region in regions)


def _is_valid(written: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(written, region))
    except phonenumbers.NumberParseException:
        return False
