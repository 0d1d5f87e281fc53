"""Where something private stands in a text. Offsets are characters, `end` exclusive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Found(NamedTuple):
    start: int
    end: int
    kind: str


def without_overlaps(found: Iterable[Found], ranks: dict[str, int]) -> list[Found]:
    """In the order of the text, each character at most once.

    Of two that overlap, the kind with the lower rank stays (an e-mail address inside a private key
    is a part of the key), then the longer one.
    """
    kept: list[Found] = []
    strongest_first = sorted(found, key=lambda one: (ranks[one.kind], one.start - one.end, one.start))
    if len(strongest_first) < 2:
        return strongest_first
    taken = _Taken()
    for one in strongest_first:
        if taken.take(one.start, one.end):
            kept.append(one)
    kept.sort()
    return kept


class _Taken:
    """The characters that are taken, one bit each: many spans in a long text stay linear."""

    def __init__(self) -> None:
        self._marks = bytearray()

    def take(self, start: int, end: int) -> bool:
        if len(self._marks) < end:
            self._marks.extend(bytes(end - len(self._marks)))
        if self._marks.find(1, start, end) >= 0:
            return False
        self._marks[start:end] = b"\1" * (end - start)
        return True
