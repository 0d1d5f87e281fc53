"""Gaps between chunks, counted: millions of them have few distinct lengths, kept to the microsecond."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

_MANY = 5_000_000  # gaps at hand before they are merged: 40 MB


class GapCounts:
    """Takes the stored texts (JSON arrays of seconds) of many calls; gives distinct lengths and counts."""

    def __init__(self) -> None:
        self._lengths, self._counts = np.empty(0, np.int64), np.empty(0, np.int64)
        self._fresh: list[NDArray[np.int64]] = []
        self._size = 0

    def add(self, texts: Sequence[str | None]) -> None:
        """One text a call; none and an empty array say nothing."""
        together = ",".join([text[1:-1] for text in texts if text and len(text) > 2])
        if not together:
            return
        fresh = np.rint(np.array(orjson.loads(f"[{together}]"), dtype=np.float64) * 1e6).astype(np.int64)
        self._fresh.append(fresh)
        self._size += fresh.size
        if self._size >= _MANY:
            self._merge()

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Distinct lengths in µs, ascending, and how often each occurred."""
        self._merge()
        return self._lengths, self._counts

    def _merge(self) -> None:
        if not self._fresh:
            return
        lengths, counts = np.unique(np.concatenate(self._fresh), return_counts=True)
        both = np.concatenate([self._lengths, lengths])
        self._lengths, where = np.unique(both, return_inverse=True)
        weights = np.concatenate([self._counts, counts])
        self._counts = np.bincount(where, weights=weights, minlength=self._lengths.size).astype(np.int64)
        self._fresh, self._size = [], 0
