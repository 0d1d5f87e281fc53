"""Named arrays in one run of bytes, read back without a copy.

    length of the header, 8 bytes little-endian · header, JSON · the arrays' bytes, each at a multiple of 8

The header gives each array's name, type and shape in order. An .npz would sum and copy every
array once more when it is read, which is most of the time that reading takes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

_PLACE = 8


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Arrays of numbers, booleans or text; never of objects."""
    laid = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = orjson.dumps(
        [[name, array.dtype.str, list(np.shape(arrays[name]))] for name, array in laid.items()]
    )
    parts = [len(header).to_bytes(_PLACE, "little"), header]
    return b"".join(_padded([*parts, *(array.tobytes() for array in laid.values())]))


def unpack(data: bytes | memoryview) -> dict[str, NDArray[Any]]:
    """What was packed, as arrays that cannot be written to and that keep `data` alive."""
    size = int.from_bytes(data[:_PLACE], "little")
    at, found = _PLACE + _room(size), {}
    for name, kind, shape in orjson.loads(data[_PLACE : _PLACE + size]):
        array = np.frombuffer(data, dtype=kind, count=math.prod(shape), offset=at).reshape(shape)
        found[name] = array
        at += _room(array.nbytes)
    return found


def _padded(parts: Iterable[bytes]) -> Iterable[bytes]:
    for part in parts:
        yield part
        yield bytes(_room(len(part)) - len(part))


def _room(size: int) -> int:
    return -(-size // _PLACE) * _PLACE
