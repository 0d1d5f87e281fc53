"""Points with their ranges on a canvas: where names, and the words of a line across, have room among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .boxes import Box
from .canvas import MARKER, NAME, NAME_BESIDE, TALL, Canvas, label, short
from .labels import Wanted, place
from .lettering import text_width

Json = Mapping[str, Any]

COVERED = 0.13  # of a canvas: what labels may take before they lie on what they name
CLEAR = 5.0  # from a range: nearer, a word seems to touch it
STEP = 8.0
PRINTED_MARK = 8.0  # paper has no pointer to ask with: each name has its option's shape before it


def spread(
    points: Sequence[Any], texts: Sequence[Any], x: Any, y: Any, name: str, rules: Sequence[Json]
) -> list[dict[str, Any]]:
    """The labels' places on one canvas."""
    canvas = TALL[name]
    shown = _fitted(texts, canvas)
    wanted = [_wanted(point, lines, x, y, canvas) for point, lines in zip(points, shown, strict=True)]
    taken = _marks(points, x, y, canvas)
    for rule in rules:
        level = _down(rule["at"], y, canvas)
        words = _words(rule, rule["ends"][name] * canvas.width, level, name)
        taken += [Box(0, level - 1, canvas.width, level + 1), words]
    spots = place(wanted, taken, Box(0, 0, canvas.width, canvas.height))
    return [
        label(point, lines, spot) | {"mark": point["style"]}
        for point, lines, spot in zip(points, shown, spots, strict=True)
    ]


def words_end(rule: Json, points: Sequence[Any], x: Any, y: Any, name: str) -> float:
    """Where the words under a level line end, as a share of the width: on no mark, the farthest right."""
    canvas = TALL[name]
    level, marks = _down(rule["at"], y, canvas), _marks(points, x, y, canvas)
    width = _words(rule, canvas.width, level, name)
    steps = int((canvas.width - (width.right - width.left)) // STEP) + 1
    ends = [canvas.width - STEP * step for step in range(max(1, steps))]

    def covered(end: float) -> float:
        return sum(mark.overlap(_words(rule, end, level, name)) for mark in marks)

    return round(min(ends, key=covered) / canvas.width, 3)


def _words(rule: Json, end: float, level: float, name: str) -> Box:
    canvas = TALL[name]
    words = rule["short"] if name == "narrow" else rule["text"]
    return Box(end - text_width(words, canvas.small) - 8, level, end, level + canvas.size * 1.5)


def _across(value: float, axis: Any, canvas: Canvas) -> float:
    return float((value - axis["low"]) / (axis["high"] - axis["low"]) * canvas.width)


def _down(value: float, axis: Any, canvas: Canvas) -> float:
    return float(canvas.height - (value - axis["low"]) / (axis["high"] - axis["low"]) * canvas.height)


def _range(point: Json, y: Any, canvas: Canvas) -> list[float]:
    """The ends of its range that are known, on the canvas."""
    return [_down(point[key], y, canvas) for key in ("y_low", "y_high") if point[key] is not None]


def _marks(points: Sequence[Any], x: Any, y: Any, canvas: Canvas) -> list[Box]:
    """What no word may lie on: each marker, and each range."""
    found = []
    for point in points:
        px, py, ends = _across(point["x"], x, canvas), _down(point["y"], y, canvas), _range(point, y, canvas)
        reach = MARKER * (1.9 if point["ring"] else 1)
        found.append(Box(px - reach, py - reach, px + reach, py + reach))
        if ends:
            found.append(Box(px - CLEAR, min(*ends, py), px + CLEAR, max(*ends, py)))
    return found


def _wanted(point: Json, lines: Sequence[Any], x: Any, y: Any, canvas: Canvas) -> Wanted:
    px, py, ends = _across(point["x"], x, canvas), _down(point["y"], y, canvas), _range(point, y, canvas)
    up, down = py - min([*ends, py - MARKER]), max([*ends, py + MARKER]) - py
    return Wanted(px, py, *_size(lines, canvas), up, down)


def _fitted(texts: Sequence[Any], canvas: Canvas) -> list[list[dict[str, Any]]]:
    """The labels of one canvas: in a crowd that would cover much of it names alone, then shorter ones."""
    kept: list[list[dict[str, Any]]] = []
    for lines, ems in ((canvas.lines, NAME), (1, NAME), (1, NAME_BESIDE)):
        kept = [
            [{**name, "text": short(name["text"], ems)}, *details[: lines - 1]] for name, *details in texts
        ]
        sizes = [_size(label_lines, canvas) for label_lines in kept]
        if sum(width * height for width, height in sizes) <= COVERED * canvas.width * canvas.height:
            break
    return kept


def _size(lines: Sequence[Any], canvas: Canvas) -> tuple[float, float]:
    """Width and height of a label."""
    sizes = (canvas.size, canvas.small)
    width = max(text_width(line["text"], size) for line, size in zip(lines, sizes, strict=False))
    mark = PRINTED_MARK if canvas is TALL["print"] else 0.0
    return width + 4 + mark, canvas.size * 1.25 * len(lines)
