"""Where a chart's labels go, so that none covers another: settled once, drawn anywhere.

Places are tried around each point, near before far; the cheapest set found by a few rounds
of moving one label at a time is kept. A label that had to move away gets a leader line.
Distances are in the canvas's own unit (pixels on the page, points on paper); y points down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROUNDS = 4
REACH = (9.0, 20.0, 36.0, 56.0, 84.0)
CROSSING = 12.0  # a thin line through a word covers little of it and spoils it all the same
FIRST_LEADER = 2  # from this reach on, a line leads from the label to its point


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
    choices = [_choices(label) for label in labels]
    chosen = [options[0] for options in choices]
    for _round in range(ROUNDS):
        before = list(chosen)
        for index, label in enumerate(labels):
            others = [_box(labels[i], chosen[i]) for i in range(len(labels)) if i != index]
            costs = [_cost(label, spot, others, obstacles, canvas) for spot in choices[index]]
            chosen[index] = choices[index][costs.index(min(costs))]
        if chosen == before:
            break
    return chosen


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


def _cost(label: Wanted, spot: Place, others: Sequence[Box], obstacles: Sequence[Box], canvas: Box) -> float:
    box = _box(label, spot)
    covered = 4 * sum(box.overlap(other) for other in others)
    crossings = [overlap for obstacle in obstacles if (overlap := box.overlap(obstacle))]
    crossed = sum(crossings) + CROSSING * len(crossings)
    outside = box.area - box.overlap(canvas)
    return spot.cost + covered + crossed + 10 * outside


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
