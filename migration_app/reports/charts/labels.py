"""Where a chart's labels go, so that none covers another: settled once, drawn anywhere.

Places are tried around each point, near before far. One label at a time moves to where the whole
costs least, from several beginnings; the cheapest of what they lead to is kept. A label that had to
move away gets a leader line. Distances are in the canvas's own unit (pixels on the page, points on
paper); y points down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .boxes import Box, Numbers, crossed, overlap, sides

ROUNDS = 12
REACH = (9.0, 20.0, 36.0, 56.0, 84.0)
FIRST_LEADER = 2  # from this reach on, a line leads from the label to its point
COVERING, OUTSIDE = 4.0, 10.0  # for each unit of area of a label
CROSSING = 40.0  # a thin line through a word covers little of it and spoils it all the same
THROUGH = 15.0  # a leader across a mark or a range; across a word it counts as a word on a line


@dataclass(frozen=True)
class Wanted:
    """A label to place at a point of the canvas; `up` and `down`: how far its whisker reaches."""

    x: float
    y: float
    width: float
    height: float
    up: float = 0.0
    down: float = 0.0


@dataclass(frozen=True)
class Place:
    """Offset of the label's anchor from its point; the label is centred on it vertically.

    `whisker` ("high", "low"): of `dy`, what lies past that end of the whisker is `beyond`. A painter
    whose canvas is higher than this one draws a longer whisker, so it must count from the end.
    """

    dx: float
    dy: float
    anchor: str  # start, middle, end
    leader: bool
    cost: float = 0.0
    whisker: str = ""
    beyond: float = 0.0


def place(labels: Sequence[Wanted], obstacles: Sequence[Box], canvas: Box) -> list[Place]:
    """A place for each label, in the same order. `obstacles` are markers, whiskers and lines."""
    if not labels:
        return []
    spots = [_Spots(label, obstacles, canvas) for label in labels]
    settled = [_settled(spots, order) for order in _orders(labels)]
    _cost, chosen = min(settled, key=lambda found: found[0])
    return [each.places[index] for each, index in zip(spots, chosen, strict=True)]


class _Spots:
    """Every place of one label, with its box, its leader, and what it costs were there no other label."""

    def __init__(self, label: Wanted, obstacles: Sequence[Box], canvas: Box) -> None:
        self.places = _choices(label)
        self.boxes = sides([_box(label, spot) for spot in self.places])
        self.leaders = np.array(
            [
                (label.x, label.y, label.x + spot.dx * spot.leader, label.y + spot.dy * spot.leader)
                for spot in self.places
            ]
        )
        barred = sides(obstacles)
        covered = overlap(self.boxes[:, None], barred[None])
        outside = label.width * label.height - overlap(self.boxes, sides([canvas])[0])
        through = crossed(self.leaders[:, None], _without(barred, label)[None])
        self.alone = (
            np.array([spot.cost for spot in self.places])
            + (COVERING * covered + CROSSING * (covered > 0)).sum(axis=1)
            + OUTSIDE * outside
            + THROUGH * through.sum(axis=1)
        )

    def beside(self, other: _Spots, chosen: int) -> Numbers:
        """What each place costs more where another label stands at its own `chosen` one."""
        box, leader = other.boxes[chosen], other.leaders[chosen]
        ours, theirs = crossed(self.leaders, box), crossed(leader, self.boxes)
        return COVERING * overlap(self.boxes, box) + CROSSING * (1.0 * ours + theirs)


def _settled(spots: Sequence[_Spots], order: Sequence[int]) -> tuple[float, list[int]]:
    """The sum of all costs once no label gains by moving, and the place of each."""
    chosen = [int(each.alone.argmin()) for each in spots]
    for _round in range(ROUNDS):
        before = list(chosen)
        for index in order:
            chosen[index] = int(_costs(spots, chosen, index).argmin())
        if chosen == before:
            break
    shared = [_costs(spots, chosen, i)[spot] for i, spot in enumerate(chosen)]
    alone = [each.alone[spot] for each, spot in zip(spots, chosen, strict=True)]
    return float(sum(shared) + sum(alone)) / 2, chosen


def _costs(spots: Sequence[_Spots], chosen: Sequence[int], index: int) -> Numbers:
    own = spots[index]
    others = (own.beside(other, chosen[i]) for i, other in enumerate(spots) if i != index)
    return sum(others, own.alone)


def _orders(labels: Sequence[Wanted]) -> Iterator[Sequence[int]]:
    """In which turn the labels move: each leads elsewhere in a crowd, and in no crowd to the same."""
    everyone = range(len(labels))
    yield everyone
    yield everyone[::-1]
    yield sorted(everyone, key=lambda i: labels[i].x)
    yield sorted(everyone, key=lambda i: labels[i].y)
    yield sorted(everyone, key=lambda i: -labels[i].width)


def _choices(label: Wanted) -> list[Place]:
    """Right, left, above, below, then the corners, each nearer and farther; then the whisker's ends."""
    found = []
    for step, reach in enumerate(REACH):
        lift = reach + label.height / 2
        spots = (
            (reach, 0.0, "start"), (-reach, 0.0, "end"), (0.0, -lift, "middle"), (0.0, lift, "middle"),
            (reach, -lift * 0.8, "start"), (reach, lift * 0.8, "start"),
            (-reach, -lift * 0.8, "end"), (-reach, lift * 0.8, "end"),
        )  # fmt: skip
        for order, (dx, dy, anchor) in enumerate(spots):
            found.append(Place(dx, dy, anchor, step >= FIRST_LEADER, cost=reach * 1.2 + order))
    return found + _beyond_the_whisker(label)


def _beyond_the_whisker(label: Wanted) -> list[Place]:
    past = label.height / 2 + 2
    ends = (("high", -label.up, -past), ("low", label.down, past))
    return [
        Place(dx, end + beyond, anchor, False, cost=12.0 + order, whisker=whisker, beyond=beyond)
        for order, (dx, anchor) in enumerate(((0.0, "middle"), (-4.0, "start"), (4.0, "end")))
        for whisker, end, beyond in ends
    ]


def _box(label: Wanted, spot: Place) -> Box:
    x, y = label.x + spot.dx, label.y + spot.dy
    left = {"start": x, "middle": x - label.width / 2, "end": x - label.width}[spot.anchor]
    return Box(left, y - label.height / 2, left + label.width, y + label.height / 2)


def _without(boxes: Numbers, label: Wanted) -> Numbers:
    """The boxes that do not hold the label's own point: its leader begins in those."""
    held = (boxes[:, 0] <= label.x) & (label.x <= boxes[:, 2])
    return boxes[~(held & (boxes[:, 1] <= label.y) & (label.y <= boxes[:, 3]))]


def rows_without_overlap(
    spans: Sequence[tuple[float, float]], most: int = 3, taken: tuple[float, float] | None = None
) -> list[int]:
    """For centred labels (centre, width) on one line: which row each sits in, first row that has room.

    taken: from where to where other words stand on the first row.
    """
    ends = [float("-inf")] * most
    rows = [0] * len(spans)
    for index in sorted(range(len(spans)), key=lambda i: spans[i][0]):
        centre, width = spans[index]
        start, end = centre - width / 2, centre + width / 2
        over_words = taken is not None and start < taken[1] and end > taken[0]
        free = [row for row in range(over_words, most) if ends[row] <= start]
        rows[index] = free[0] if free else min(range(most), key=lambda row: ends[row])
        ends[rows[index]] = end + 4
    return rows
