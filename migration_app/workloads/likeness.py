"""Requests that say nearly the same thing, found in one pass over the texts and one over numbers.

1. `signatures`: 32 bytes for each text. Every run of 8 bytes is hashed; the hashes fall into 32 bins,
   and each bin keeps its least (one-permutation MinHash: Li, Owen & Zhang 2012), of which one byte is
   kept (b-bit MinHash: Li & König 2010). Two texts share as many bytes as they share runs.
2. `groups`: texts whose signatures agree in 8 bins in a row are compared as a whole, and joined when at
   least 26 of 32 bytes agree: nine in ten runs shared. Sorting does it, so time grows with n log n.

Letters' case does not count. Runs that many requests share, as a prompt's
template does, are left out: what is alike is what people wrote, not what a program put around it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

BINS = 32
LEAST_AGREEING = 26  # of 32; see above
_RUN = 8  # bytes
LONGEST = 4_096  # bytes of a text that are looked at, half from each end
_COMMON = 0.2  # a run that more of the first texts than this share belongs to a template
_TABLE = 1 << 20
_AT_ONCE = 100  # texts in one calculation: more would not fit the processor's cache
_TOGETHER = 1 << 19  # signatures that are compared in one go, and
_CHUNK = 1 << 16  # that are read in one go
_EMPTY = np.uint32(0xFFFFFFFF)
# Of a longer text a quarter of the runs will do, chosen by their hash and so the same ones everywhere.
_SHORT = 512
_QUARTER = np.uint64(1 << 62)

_MULTIPLIER = 0x9E3779B97F4A7C15 | 1
_INVERSE = pow(_MULTIPLIER, -1, 1 << 64)


class Signer:
    """Makes signatures. The first texts that it is given teach it what all requests share."""

    def __init__(self) -> None:
        self._common: NDArray[np.bool_] | None = None
        self._powers = _powers(_MULTIPLIER, 1 << 17)
        self._inverses = _powers(_INVERSE, 1 << 17)

    def signatures(self, texts: Sequence[str]) -> NDArray[np.uint8]:
        """(texts × 32) bytes. The first call should hold some hundred texts."""
        slices = [texts[at : at + _AT_ONCE] for at in range(0, len(texts), _AT_ONCE)]
        if self._common is None:
            self._common = self._learnt(slices, len(texts))
        return np.concatenate([np.empty((0, BINS), np.uint8), *map(self._signed, slices)])

    def _signed(self, texts: Sequence[str]) -> NDArray[np.uint8]:
        assert self._common is not None
        hashes, owners = self._runs(*_normalised(texts))
        kept = ~self._common[_place(hashes)]
        return _one_permutation(hashes[kept], owners[kept], texts)

    def _learnt(self, slices: Sequence[Sequence[str]], texts: int) -> NDArray[np.bool_]:
        """A table by the upper 20 bits of a hash: whether that run is one that many texts share."""
        counts = np.zeros(_TABLE, np.int32)
        for part in slices:
            hashes, owners = self._runs(*_normalised(part))
            once = np.unique(_place(hashes) * len(part) + owners) // len(part)  # each run once a text
            np.add.at(counts, once, 1)
        return counts > max(20.0, _COMMON * texts)

    def _runs(
        self, codes: NDArray[np.uint8], owners: NDArray[np.int32]
    ) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """A hash of every run of bytes that lies within one text."""
        if codes.size <= _RUN:
            return np.empty(0, np.uint64), np.empty(0, np.int32)
        if codes.size > self._powers.size:
            size = 1 << int(codes.size).bit_length()
            self._powers, self._inverses = _powers(_MULTIPLIER, size), _powers(_INVERSE, size)
        sums = np.zeros(codes.size + 1, np.uint64)
        np.cumsum((codes + np.uint64(1)) * self._powers[: codes.size], out=sums[1:])
        hashes = (sums[_RUN:] - sums[:-_RUN]) * self._inverses[: codes.size - _RUN + 1]
        begin = owners[: codes.size - _RUN + 1]
        kept = begin == owners[_RUN - 1 :]
        kept &= (hashes < _QUARTER) | (np.bincount(owners) < _SHORT)[begin]
        return _mixed(hashes[kept]), begin[kept]


def _powers(base: int, size: int) -> NDArray[np.uint64]:
    powers = np.full(size, base, np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _mixed(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread every bit over all others (the finaliser of SplitMix64: Steele, Lea & Flood 2014)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return hashes ^ (hashes >> np.uint64(31))


def _plain(text: str) -> bytes:
    return text.lower().encode("utf-8", "replace")


def _normalised(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """The texts' bytes one after another, and which text each belongs to."""
    parts = [_ends(_plain(text)) for text in texts]
    codes = np.frombuffer(b"".join(parts), np.uint8)
    owners = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    return codes, owners


def _ends(text: bytes) -> bytes:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else text[:half] + text[-half:]


def _place(hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
    return (hashes >> np.uint64(44)).astype(np.int64)


def _one_permutation(
    hashes: NDArray[np.uint64], owners: NDArray[np.int32], texts: Sequence[str]
) -> NDArray[np.uint8]:
    least = np.full(len(texts) * BINS, _EMPTY, np.uint32)
    bins = owners.astype(np.int64) * BINS + (hashes & np.uint64(BINS - 1)).astype(np.int64)
    np.minimum.at(least, bins, ((hashes >> np.uint64(12)) & np.uint64(0xFFFFFFFE)).astype(np.uint32))
    table = least.reshape(len(texts), BINS)
    for row in np.flatnonzero((table == _EMPTY).all(axis=1)).tolist():
        table[row] = _of_whole(texts[row])  # too short, or nothing but template: only its equal is alike
    return _filled(table).astype(np.uint8)


def _of_whole(text: str) -> NDArray[np.uint32]:
    seed = int.from_bytes(hashlib.blake2b(_plain(text), digest_size=8).digest())
    return (_mixed(np.arange(BINS, dtype=np.uint64) + np.uint64(seed)) >> np.uint64(33)).astype(np.uint32)


def _filled(table: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Give each empty bin what the next full one holds (Shrivastava & Li 2014), turned by the distance."""
    for distance in range(1, BINS):
        empty = table == _EMPTY
        if not empty.any():
            break
        following = np.roll(table, -1, axis=1)
        table = np.where(empty & (following != _EMPTY), following + np.uint32(2 * distance), table)
    return table


class Signatures(Protocol):
    """(texts × 32) bytes, in memory or on disk."""

    def __len__(self) -> int: ...
    def __getitem__(self, part: slice, /) -> NDArray[np.uint8]: ...


def groups(signatures: Signatures, *, beat: Callable[[], None] = lambda: None) -> NDArray[np.int32]:
    """For each text the position of the first of its group: those alike, directly or through others.

    Beside the answer, memory holds some hundred thousand texts' signatures, however many there are.
    beat: called now and then on the way.
    """
    labels = np.arange(len(signatures), dtype=np.int32)
    for columns in _bands():
        for rows, part in _parts(signatures, columns):
            beat()
            for first, second in _neighbours(part, columns):
                apart = labels[rows[first]] != labels[rows[second]]
                first, second = _verified(part, first[apart], second[apart])
                if first.size:
                    labels = _joined(labels, labels[rows[first]], labels[rows[second]])
    return labels


def _parts(
    signatures: Signatures, columns: list[int]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.uint8]]]:
    """Positions and signatures of all texts, in parts; those that agree in these bins are in the same."""
    parts = np.uint64(len(signatures) // _TOGETHER * 2 + 1)  # odd, so that every byte of a key counts
    for number in range(int(parts)):
        rows, kept = [np.empty(0, np.int32)], [np.empty((0, BINS), np.uint8)]
        for start in range(0, len(signatures), _CHUNK):
            chunk = signatures[start : start + _CHUNK]
            mine = np.flatnonzero(_keys(chunk, columns) % parts == number)
            rows.append((mine + start).astype(np.int32))
            kept.append(chunk[mine])
        yield np.concatenate(rows), np.concatenate(kept)


def _keys(signatures: NDArray[np.uint8], columns: list[int]) -> NDArray[np.uint64]:
    return np.ascontiguousarray(signatures[:, columns]).view(np.uint64).ravel()


def _joined(
    labels: NDArray[np.int32], first: NDArray[np.int32], second: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The labels with those of each pair made one, the least of them."""
    names, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    ends = places.reshape(2, -1)
    graph = coo_array((np.ones(first.size, np.int8), (ends[0], ends[1])), shape=(names.size, names.size))
    count, belongs = connected_components(graph, directed=False)
    least = np.full(count, labels.size, np.int32)
    np.minimum.at(least, belongs, names)
    renamed = np.arange(labels.size, dtype=np.int32)
    renamed[names] = least[belongs]
    return renamed[labels]


def _neighbours(
    signatures: NDArray[np.uint8], columns: list[int]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Texts that agree in these bins: each with the one before it, and with the first, in its bucket."""
    keys = _keys(signatures, columns)
    if not keys.size:
        return
    order = np.argsort(keys, kind="stable").astype(np.int32)
    keys = keys[order]
    same = keys[1:] == keys[:-1]
    yield order[1:][same], order[:-1][same]
    starts = np.concatenate([[True], ~same])
    heads = order[np.maximum.accumulate(np.where(starts, np.arange(order.size, dtype=np.int32), 0))]
    yield order[1:][same], heads[1:][same]


def _bands() -> list[list[int]]:
    """Eight ways to choose eight bins: four of neighbours, four of every fourth."""
    return [list(range(start, start + 8)) for start in range(0, BINS, 8)] + [
        list(range(start, BINS, 4)) for start in range(4)
    ]


def _verified(
    signatures: NDArray[np.uint8], first: NDArray[np.int32], second: NDArray[np.int32], step: int = 1 << 15
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    kept = np.empty(first.size, bool)
    for at in range(0, first.size, step):
        part = slice(at, at + step)
        agreeing = (signatures[first[part]] == signatures[second[part]]).sum(axis=1)
        kept[part] = agreeing >= LEAST_AGREEING
    return first[kept], second[kept]
