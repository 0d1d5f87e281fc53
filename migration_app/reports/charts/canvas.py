"""What all charts share: the canvases, names, and how a label is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..option import Option
from ..palette import option_style
from .labels import Place
from .lettering import shortened

Chart = dict[str, Any]
# The widest name in a chart, in em of its letters, and where a phone has it beside the drawing.
# Whoever wants the rest reads the table under the chart.
NAME, NAME_BESIDE = 16.0, 11.0


@dataclass(frozen=True)
class Canvas:
    """The drawing area of a painter, without its margins, and its letter sizes."""

    width: float
    height: float
    size: float
    small: float
    lines: int


# The smallest width at which each is used: more room only moves points apart.
CANVASES = {
    "wide": Canvas(600, 340, 13, 12, 2),
    "narrow": Canvas(262, 330, 11.5, 11, 1),
    "print": Canvas(462, 236, 8.5, 7.5, 2),
}
# A tall plot of the page, less the room for its ticks; on paper there is one height.
TALL = {
    name: canvas if name == "print" else replace(canvas, height=366) for name, canvas in CANVASES.items()
}
MARKER = 9.0


def short(name: str, ems: float = NAME) -> str:
    return shortened(name, ems)


def legend(options: Sequence[Option]) -> list[dict[str, Any]]:
    return [{"style": option_style(o.position).index, "label": short(o.label)} for o in options]


def label(point: Any, lines: Sequence[Any], spot: Place) -> dict[str, Any]:
    end = point[f"y_{spot.whisker}"] if spot.whisker else None
    return {
        "x": point["x"],
        "y": point["y"] if end is None else end,
        "dx": round(spot.dx, 1),
        "dy": round(spot.dy if end is None else spot.beyond, 1),
        "anchor": spot.anchor,
        "leader": spot.leader,
        "lines": list(lines),
        "style": None,
    }
