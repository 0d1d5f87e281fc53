"""Numbers of one type kept in a file as they come: memory holds the last few thousand of them.

Logs have millions of lines; what is noted about each waits on disk until it is added up.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

_HELD = 8_192  # numbers in memory
_AT_ONCE = 1 << 19  # numbers in one calculation


class NumberFile:
    """Append, then read in slices. Without a path the file has no name and goes with the object.

    width: how many numbers make one entry; an entry of several is read as a row.
    """

    def __init__(self, typecode: str, path: Path | None = None, *, width: int = 1) -> None:
        self._type: DTypeLike = np.dtype(typecode)
        self._width = width
        self._typecode = typecode
        self._waiting: array[Any] = array(typecode)
        self._file = _unnamed() if path is None else _private(path)
        self._written = 0  # numbers

    def append(self, number: int) -> None:
        self._waiting.append(number)
        if len(self._waiting) >= _HELD:
            self._write()

    def extend(self, numbers: NDArray[Any]) -> None:
        self._write()
        self._written += numbers.size
        self._file.write(np.ascontiguousarray(numbers, self._type).data)

    def _write(self) -> None:
        if self._waiting:
            self._file.write(self._waiting)
            self._written += len(self._waiting)
            self._waiting = array(self._typecode)

    def __len__(self) -> int:
        return (self._written + len(self._waiting)) // self._width

    def __getitem__(self, part: slice) -> NDArray[Any]:
        """Entries from `part.start` up to `part.stop`, read from the file."""
        self._write()
        start, stop, _ = part.indices(len(self))
        size = self._width * np.dtype(self._type).itemsize
        self._file.seek(start * size)
        found = np.frombuffer(bytearray(self._file.read((stop - start) * size)), self._type)
        self._file.seek(0, 2)
        return found if self._width == 1 else found.reshape(-1, self._width)

    def parts(self, size: int = _AT_ONCE) -> Iterator[NDArray[Any]]:
        """All entries in order, so many at a time."""
        for start in range(0, len(self), size):
            yield self[start : start + size]

    def distinct(self) -> int:
        """How many different numbers of 64 evenly spread bits it holds; memory does not grow with them."""
        return sum(int(np.unique(some).size) for some in self._shares())

    def _shares(self) -> Iterator[NDArray[np.uint64]]:
        """The numbers share by share, equal ones in the same."""
        shares = np.uint64(len(self) // _AT_ONCE * 2 + 1)  # odd, because the numbers may all be
        for share in range(int(shares)):
            chosen = [some[some % shares == share] for some in (one.view(np.uint64) for one in self.parts())]
            if chosen:
                yield np.concatenate(chosen)

    def flush(self) -> None:
        self._write()
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _unnamed() -> BinaryIO:
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=1 << 20))


def _private(path: Path) -> BinaryIO:
    path.touch(mode=0o600)
    return path.open("w+b")


def mapped(path: Path, typecode: str) -> NDArray[Any]:
    """The numbers of a file without reading them all. Raises FileNotFoundError."""
    if not path.stat().st_size:
        return np.empty(0, np.dtype(typecode))
    return np.memmap(path, np.dtype(typecode), "r")
