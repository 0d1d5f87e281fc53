"""Numbers in a text: cards, national ids, phones, bank accounts, each told by its own rules.

    A text is cut into clusters: digits with single signs between them.
    A cluster is cut into words at its blanks; every few words in a row may be one number.

A cluster is looked at in a number of steps that grows with its length alone. Where there are more
candidates for a phone number than could be looked up in time, all that look like one are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban, luhn

from .identities import LETTERED_SHAPE, is_lettered_id, is_number_id
from .phones import is_phone, looks_like_phone
from .spans import Found

# A pattern that begins with a set of characters is searched for many times faster than one that begins
# with a look behind; so what stands before a match is looked at afterwards.
_CLUSTER = re.compile(r"[0-9](?:[ .\-/\u00a0\u2011\u2013]?[()]?[ ]?[0-9]){6,}")
_WORD = re.compile(r"[^ \u00a0]+")
# How many words one number is written in, by the length of its first: 1 85 05 78 006 084 91,
# 06 12 34 56 78, 612 34 56 78, 4111 1111 1111 1111 123; with a + in front +212 6 12 34 56 78.
_MOST_WORDS = {1: 7, 2: 5, 3: 4, 4: 5}
_MOST_OTHERS = 3
_MOST_WITH_PLUS = 6
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])")
_CARD_LENGTHS = {"3": (14, 15, 16), "4": (13, 16, 19), "5": (16,), "2": (16,), "6": (16, 17, 18, 19)}
_SIGNS = str.maketrans("", "", " .-/()\u00a0\u2011\u2013")
_LEAST_LOOKUPS = 50
_LETTER_DIGIT = re.compile(r"[A-Z][- ]?[0-9]")
_DIGIT_LETTER = re.compile(r"[0-9][- ]?[A-Z]")


def bank_accounts(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        written = match[0]
        if text[match.start() - 1 : match.start()].isalnum():
            continue
        # A word after the account may look like its next group; the longest that checks is the account.
        while len(written) >= 15:
            if iban.is_valid(written, check_country=False):
                yield Found(match.start(), match.start() + len(written), "iban")
                break
            written = written.rpartition(" ")[0]


def lettered_ids(text: str) -> Iterator[Found]:
    if not _LETTER_DIGIT.search(text) and not _DIGIT_LETTER.search(text):
        return
    for match in LETTERED_SHAPE.finditer(text):
        if is_lettered_id(match):
            yield Found(*match.span(), "national_id")


def numbers(text: str) -> Iterator[Found]:
    """Cards, national ids and phone numbers."""
    lookups = _Lookups(_LEAST_LOOKUPS + len(text) // 500)
    for cluster in _CLUSTER.finditer(text):
        start, end = cluster.span()
        before, after = text[start - 1 : start], text[end : end + 1]
        # Inside a word (an article number, an anchor) it is nobody's.
        if not (before.isalpha() or before in ("_", "#") or after.isalpha() or after == "_"):
            yield from _in_cluster(text, start, end, lookups)


class _Lookups:
    """How many phone numbers may still be looked up in this text."""

    def __init__(self, left: int) -> None:
        self.left = left

    def is_phone(self, written: str) -> bool:
        if not looks_like_phone(written):
            return False
        self.left -= 1
        return True if self.left < 0 else is_phone(written)


def _in_cluster(text: str, start: int, end: int, lookups: _Lookups) -> Iterator[Found]:
    """The numbers of a cluster from left to right; at each word the longest that is one."""
    words = [(start + word.start(), start + word.end()) for word in _WORD.finditer(text[start:end])]
    digits = [text[first:last].translate(_SIGNS) for first, last in words]
    at = 0
    while at < len(words):
        most = _MOST_WORDS.get(len(digits[at]), _MOST_OTHERS)
        if text[words[at][0] - 1 : words[at][0]] == "+":
            most = _MOST_WITH_PLUS
        for after in range(min(len(words), at + most), at, -1):
            joined = "".join(digits[at:after])
            if not max(7, 2 * (after - at)) <= len(joined) <= 19:
                continue  # no country groups its numbers in less than two digits on average
            if found := _number(text, words[at][0], words[after - 1][1], joined, lookups):
                yield found
                at = after
                break
        else:
            at += 1


def _number(text: str, start: int, end: int, digits: str, lookups: _Lookups) -> Found | None:
    if digits.count(digits[0]) == len(digits):
        return None
    if _is_card(digits):
        return Found(start, end, "card")
    if is_number_id(text[start:end], digits, text[max(0, start - 60) : start]):
        return Found(start, end, "national_id")
    begin = _with_prefix(text, start)
    return Found(begin, end, "phone") if lookups.is_phone(text[begin:end]) else None


def _with_prefix(text: str, start: int) -> int:
    """Where a phone number begins: the + and the bracket before its first digit belong to it."""
    while start > 0 and text[start - 1] in "+(":
        start -= 1
    return start


def _is_card(digits: str) -> bool:
    return len(digits) in _CARD_LENGTHS.get(digits[0], ()) and luhn.is_valid(digits)
