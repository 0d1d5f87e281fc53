"""Labels as whole numbers: what a million rows belong to, without a million strings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_FEW = 1 << 16  # as many labels fit 16 bits, whose stable sort is a counting one


class CodedLabels:
    """One label per row, kept as its number among `names`; reads like an array of the labels.

    codes: shape n, from 0 to len(names) − 1. Names need not all occur, nor be in any order, but no
    two are equal; "" is no label. Neither is changed afterwards, so rows are found once.
    """

    def __init__(self, names: Sequence[str], codes: NDArray[Any]) -> None:
        self.names, self.codes = tuple(names), codes

    def __len__(self) -> int:
        return int(self.codes.size)

    def __getitem__(self, rows: Any) -> CodedLabels:
        return CodedLabels(self.names, self.codes[rows])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        named = np.empty(len(self.names), dtype=object)
        named[:] = self.names
        labels = named[self.codes] if named.size else np.empty(0, dtype=object)
        return labels if dtype is None else labels.astype(dtype)

    def tolist(self) -> list[Any]:
        """The labels themselves, one a row."""
        found: list[Any] = np.asarray(self).tolist()
        return found

    @cached_property
    def rows(self) -> dict[str, NDArray[np.int64]]:
        """The rows of each label that occurs, in order; labels in alphabetical order."""
        narrow = self.codes.astype(np.uint16) if len(self.names) <= _FEW else self.codes
        order = np.argsort(narrow, kind="stable")
        counts = np.bincount(self.codes, minlength=len(self.names))
        parts = np.split(order, np.cumsum(counts)[:-1]) if counts.size else []
        named = zip(self.names, parts, strict=True)
        return {name: rows for name, rows in sorted(named, key=lambda part: part[0]) if rows.size}


def are_rising(labels: NDArray[Any]) -> bool:
    """Whether whole numbers rise from each to the next, so that no two are equal; False where unsorted."""
    return bool(np.all(labels[1:] > labels[:-1]))


def joined(one: NDArray[np.int32], other: NDArray[np.int32]) -> NDArray[np.int32]:
    """What is tied by either label, directly or through others, as whole numbers in the order of the rows.

    Both are numbered from 0 in the order in which they occur. A conversation and an identical request in
    another one are one source, and with it all that either shares.
    """
    if one.size == 0 or np.unique(other).size == one.size:
        return one
    count = int(one.max()) + 1
    size = count + int(other.max()) + 1
    ties = coo_array((np.ones(one.size, dtype=bool), (one, other + count)), shape=(size, size))
    _, parts = connected_components(ties, directed=False)
    _, first, codes = np.unique(parts[one], return_index=True, return_inverse=True)
    order = np.empty(first.size, dtype=np.int32)
    order[np.argsort(first)] = np.arange(first.size, dtype=np.int32)
    found: NDArray[np.int32] = order[codes]
    return found
