"""What differs between two answers, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from rapidfuzz.distance import Indel

# Words, runs of white space, and single signs; Chinese, Japanese and Thai go sign by sign.
_TOKENS = re.compile(r"\s+|[^\W\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]+|.", re.UNICODE | re.DOTALL)
MOST_TOKENS = 12_000


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    changed: bool


def word_diff(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, those that only one of them has marked. Very long texts are left unmarked."""
    old, new = _tokens(before), _tokens(after)
    if len(old) + len(new) > MOST_TOKENS or not old or not new:
        return [Piece(before, False)] if before else [], [Piece(after, False)] if after else []
    left, right = [], []
    for step in Indel.opcodes(old, new):
        changed = step.tag != "equal"
        left.append(Piece("".join(old[step.src_start : step.src_end]), changed))
        right.append(Piece("".join(new[step.dest_start : step.dest_end]), changed))
    return _joined(left), _joined(right)


def _tokens(text: str) -> list[str]:
    """No more of them than decide that there are too many: an answer may have millions of words."""
    return [found[0] for found in islice(_TOKENS.finditer(text), MOST_TOKENS + 1)]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one kind become one; white space alone between two changes joins them."""
    found: list[Piece] = []
    for index, piece in enumerate(pieces):
        if not piece.text:
            continue
        beside = index + 1 < len(pieces) and pieces[index + 1].changed and bool(pieces[index + 1].text)
        changed = piece.changed or (piece.text.isspace() and bool(found) and found[-1].changed and beside)
        if found and found[-1].changed == changed:
            found[-1] = Piece(found[-1].text + piece.text, changed)
        else:
            found.append(Piece(piece.text, changed))
    return found
