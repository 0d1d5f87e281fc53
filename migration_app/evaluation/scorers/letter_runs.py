"""sacrebleu's chrF with its letters counted by numpy: the same statistics, and by them the same score.

What takes sacrebleu its time is a dictionary of every run of up to six letters, of both texts. Here the
six letters from each place on are one whole number, the first in its highest bits. Sorted, they lie by
their first letter, within that by their second, and so on: the runs of every length at once. The formula
stays sacrebleu's. Loaded where it is used: it brings sacrebleu, 0.2 s and 29 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.helpers import extract_word_ngrams

_BITS = 63  # of a whole number, its sign left out


class CountedCHRF(CHRF):
    """As CHRF; where two texts have more different letters than a number has room for, by CHRF itself."""

    def _extract_reference_info(self, refs: Sequence[str]) -> dict[str, Any]:
        return {"texts": refs}

    def _compute_segment_statistics(self, hypothesis: str, ref_kwargs: dict[str, Any]) -> list[int]:
        found = [self._against(hypothesis, text) for text in ref_kwargs["texts"]]
        return found[0] if len(found) == 1 else max(found, key=self._compute_f_score)

    def _against(self, said: str, wanted: str) -> list[int]:
        letters = letter_statistics(_plain(said), _plain(wanted), self.char_order)
        if letters is None:
            slowly: list[int] = super()._compute_segment_statistics(
                said, super()._extract_reference_info([wanted])
            )
            return slowly
        return letters + self._of_words(said, wanted) if self.word_order else letters

    def _of_words(self, said: str, wanted: str) -> list[int]:
        sides = [self._remove_punctuation(text) for text in (said, wanted)]
        grams = ([extract_word_ngrams(words, n + 1) for words in sides] for n in range(self.word_order))
        return [figure for pair in grams for figure in self._get_match_statistics(*pair)]


def letter_statistics(
    said: NDArray[np.uint32], wanted: NDArray[np.uint32], order: int
) -> list[int] | None:
    """For each length up to `order`: runs of `said`, of `wanted`, and how many they share; flat.

    Letters are whole numbers above 0. Nothing of `said` counts at a length that `wanted` has no run
    of. `None` where there are too many different letters.
    """
    digits, bits = _digits(said, wanted, order)
    if bits * order + 1 > _BITS:
        return None
    shared = _shared(digits, said.size + order - 1, order, bits)
    lengths = [(max(0, said.size - n), max(0, wanted.size - n)) for n in range(order)]
    columns = zip(lengths, shared, strict=True)
    return [figure for (mine, own), both in columns for figure in (mine if own else 0, own, both)]


def _digits(
    said: NDArray[np.uint32], wanted: NDArray[np.uint32], order: int
) -> tuple[NDArray[np.int64], int]:
    """Both texts in one column, each with `order` − 1 zeros behind it, and the bits a letter needs.

    A letter is the number it was given, or, where those are too large, its place among those there are.
    """
    points = np.zeros(said.size + wanted.size + 2 * (order - 1), dtype=np.int64)
    points[: said.size] = said
    points[said.size + order - 1 :][: wanted.size] = wanted
    bits = int(points.max(initial=1)).bit_length()
    if bits * order + 1 > _BITS:
        letters, points = np.unique(points, return_inverse=True)
        bits = int(letters.size - 1).bit_length()
    return points, bits


def _shared(digits: NDArray[np.int64], half: int, order: int, bits: int) -> list[int]:
    """How many runs of each length are on both sides; `digits[half:]` are those of the second."""
    places = digits.size - order + 1
    runs = digits[:places] << bits
    for n in range(1, order - 1):
        runs = (runs | digits[n : n + places]) << bits
    runs = (runs | digits[order - 1 :]) << 1
    runs[half:] |= 1
    runs.sort()
    runs = runs[order - 1 :]  # those that begin with the zeros between the texts came first
    second = np.tile(runs & 1, order)
    begun = (runs >> 1) >> bits * np.arange(order - 1, -1, -1)[:, None]  # a row a length
    edges = np.ones(begun.shape, dtype=bool)
    np.not_equal(begun[:, 1:], begun[:, :-1], out=edges[:, 1:])
    first = np.flatnonzero(edges)  # of equal runs
    of_second = np.add.reduceat(second, first) if first.size else first
    both = np.minimum(of_second, np.diff(first, append=second.size) - of_second)
    both[begun.ravel()[first] & ((1 << bits) - 1) == 0] = 0  # ran into the zeros
    upto = np.append(0, np.cumsum(both))[np.searchsorted(first, np.arange(order + 1) * runs.size)]
    shared: list[int] = np.diff(upto).tolist()
    return shared


def _plain(text: str) -> NDArray[np.uint32]:
    """The letters of a text as whole numbers above 0, white space left out."""
    letters = "".join(text.split())
    return np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) + 1
