"""Boxes and lines on a drawing, and which of many lie over which; y points down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    @property
    def area(self) -> float:
        return (self.right - self.left) * (self.bottom - self.top)


def sides(boxes: Sequence[Box]) -> Numbers:
    """One row for each: left, top, right, bottom."""
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes]).reshape(-1, 4)


def overlap(boxes: Any, others: Any) -> Numbers:
    """The area that each box shares with each other one."""
    width = np.minimum(boxes[..., 2], others[..., 2]) - np.maximum(boxes[..., 0], others[..., 0])
    height = np.minimum(boxes[..., 3], others[..., 3]) - np.maximum(boxes[..., 1], others[..., 1])
    return np.asarray(np.clip(width, 0.0, None) * np.clip(height, 0.0, None))


def crossed(lines: Any, boxes: Any) -> npt.NDArray[np.bool_]:
    """Whether each line (x, y to x, y) passes through each box; one without a length passes through none."""
    start, way = lines[..., :2], lines[..., 2:] - lines[..., :2]
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (boxes[..., :2] - start) / way, (boxes[..., 2:] - start) / way
    enter = np.fmax.reduce(np.fmin(one, other), axis=-1)
    leave = np.fmin.reduce(np.fmax(one, other), axis=-1)
    return np.asarray((way != 0).any(axis=-1) & (enter < leave) & (enter < 1) & (leave > 0))
