"""Finds what is private in a text by rules. Rules find no names: the page says so.

Cheap signs decide which rules are asked at all: most texts have no @ and few digits.
"""

from __future__ import annotations

import re

from . import presidio
from .addresses import emails, ip_addresses
from .credentials import credentials
from .kinds import RANKS
from .numbers import bank_accounts, lettered_ids, numbers
from .spans import Found, without_overlaps

_DIGIT = re.compile(r"[0-9]")


def find(text: str, *, with_names: bool = False) -> list[Found]:
    """What is private in `text`, in its order, without overlaps. Time grows with the length alone.

    with_names: also ask the optional language model. Raises NamesUnavailable where it is not there.
    """
    found = list(credentials(text))
    if "@" in text:
        found.extend(emails(text))
    if _DIGIT.search(text):
        found.extend(bank_accounts(text))
        found.extend(lettered_ids(text))
        found.extend(ip_addresses(text))
        found.extend(numbers(text))
    if with_names:
        found.extend(presidio.names(text))
    return without_overlaps(found, RANKS) if found else found
