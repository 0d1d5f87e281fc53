"""Paint a chart's description as SVG, for the page: at once, without a script, in any width.

Places are percentages of the plot's box and letters are pixels, so the drawing follows its box and
the words stay as large as they are. Plotly takes its place once the reader points at it. Colours and
dashes are classes, so that they follow the reader's theme. Names come from people: all is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from math import copysign, hypot
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from ..palette import option_style
from .lettering import text_width

Json = Mapping[str, Any]

LETTERS, LINE_HEIGHT, RING, STANDOFF = 13.0, 16.0, 15, 9.0
# Room left of the plot for ticks up to so many pixels wide: the names of the classes.
GUTTERS = ((40.0, "s"), (62.0, "m"), (100.0, "l"), (float("inf"), "xl"))
CANVASES = {"wide": "only-wide", "narrow": "only-phone"}
FEW_TICKS = 4


def picture(chart: Json) -> SafeString:
    """The drawing, hidden from screen readers: the chart's own label and table speak for it."""
    parts = [
        *_bands(chart),
        *_frame(chart),
        *_curves(chart),
        *_rules(chart),
        *(part for point in chart["points"] for part in _point(chart, point)),
        *(part for canvas in CANVASES for part in _labels(chart, canvas)),
    ]
    drawn = _tag("svg", "".join(parts), width="100%", height="100%", class_="at")
    high = " has-words-above" if any(rule["axis"] == "x" for rule in chart["rules"]) else ""
    return mark_safe(  # noqa: S308  every text in it went through `escape`
        f'<div class="picture gutter-{_gutter(chart)}{high}" aria-hidden="true">{drawn}</div>'
    )


def _gutter(chart: Json) -> str:
    widest = max((text_width(text, LETTERS) for _value, text in chart["y"]["ticks"]), default=0.0)
    return next(name for most, name in GUTTERS if widest <= most)


def _tag(name: str, content: str = "", /, **attributes: object) -> str:
    written = (
        f'{key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items()
    )
    return f"<{name} {' '.join(written)}>{content}</{name}>"


def _text(words: str, **attributes: object) -> str:
    return _tag("text", escape(words), **attributes)


def _share(value: float, axis: Json) -> float:
    """Where a value lies on its axis, 0 to 100; up counts from the top."""
    span = (axis["high"] - axis["low"]) or 1.0
    return (value - axis["low"]) / span * 100


def _x(chart: Json, value: float) -> str:
    return f"{_share(value, chart['x']):.2f}%"


def _y(chart: Json, value: float) -> str:
    return f"{100 - _share(value, chart['y']):.2f}%"


def _at(chart: Json, x: float, y: float, content: str) -> str:
    """A frame whose origin is a point of the plot, counted in pixels from there."""
    return _tag("svg", content, x=_x(chart, x), y=_y(chart, y), class_="at")


def _frame(chart: Json) -> Iterable[str]:
    """Grid, axes, ticks and titles. A phone shows every second of many ticks, and no upright title."""
    for value, _words in _inside(chart["y"]):
        yield _tag("line", x1=0, x2="100%", y1=_y(chart, value), y2=_y(chart, value), class_="grid-line")
    for value, words, shown in _beside(chart["y"]):
        place = {"x": 0, "dx": -8, "y": _y(chart, value), "dy": ".35em"}
        yield _text(words, **place, class_=f"ticks is-end {shown}".rstrip())
    yield _tag("line", x1=0, x2=0, y1=0, y2="100%", class_="axis-line")
    yield _tag("line", x1=0, x2="100%", y1="100%", y2="100%", class_="axis-line")
    ticks = _inside(chart["x"])
    for index, (value, words) in enumerate(ticks):
        spare = " only-wide" if len(ticks) > FEW_TICKS and index % 2 else ""
        yield _text(words, x=_x(chart, value), y="100%", dy=20, class_=f"ticks is-middle{spare}")
    yield _text(chart["x"]["title"], x="50%", y="100%", dy=41, class_="ticks is-middle")
    upright = _text(chart["y"]["title"], class_="ticks is-middle upright")
    yield _tag("svg", upright, x=0, y="50%", class_="at only-wide")


def _inside(axis: Json) -> list[tuple[float, str]]:
    return [(value, words) for value, words in axis["ticks"] if -0.01 <= _share(value, axis) <= 100.01]


def _beside(axis: Json) -> Iterable[tuple[float, str, str]]:
    """The ticks of the upright axis: once for both canvases, or shorter ones for the narrow."""
    shorter = axis.get("narrow")
    if shorter is None:
        yield from ((value, words, "") for value, words in _inside(axis))
        return
    yield from ((value, words, CANVASES["wide"]) for value, words in axis["ticks"])
    ticks = zip(axis["ticks"], shorter, strict=True)
    yield from ((value, words, CANVASES["narrow"]) for (value, _words), words in ticks)


def _bands(chart: Json) -> Iterable[str]:
    """What is good enough; and noise, in grey. Across the whole plot."""
    for band in chart["bands"]:
        tone = "is-noise" if band.get("tone") == "noise" else "is-good"
        low, high = band["low"], band["high"]
        if band.get("axis", "y") == "y":
            size = _share(high, chart["y"]) - _share(low, chart["y"])
            box: dict[str, object] = {"x": 0, "width": "100%", "y": _y(chart, high), "height": f"{size:.2f}%"}
        else:
            size = _share(high, chart["x"]) - _share(low, chart["x"])
            box = {"y": 0, "height": "100%", "x": _x(chart, low), "width": f"{size:.2f}%"}
        yield _tag("rect", class_=f"band {tone}", **box)


def _rules(chart: Json) -> Iterable[str]:
    for rule in chart["rules"]:
        across = rule["axis"] == "x"
        at = _x(chart, rule["at"]) if across else _y(chart, rule["at"])
        ends = {"x1": at, "x2": at, "y1": 0, "y2": "100%"} if across else {
            "x1": 0, "x2": "100%", "y1": at, "y2": at,
        }  # fmt: skip
        yield _tag("line", class_="limit-line", **ends)
        for canvas in CANVASES:
            words = rule["text"] if canvas == "wide" else rule["short"]
            yield _text(words, **_place_of_words(rule, at, across, canvas))


def _place_of_words(rule: Json, at: str, across: bool, canvas: str) -> dict[str, object]:
    shown = CANVASES[canvas]
    if across:  # beside its line, above the plot
        anchor = "is-end" if rule["side"] == "left" else ""
        return {"x": at, "y": 0, "dy": -8, "class_": f"fine-words {anchor} {shown}"}
    right, end = rule["side"] == "right", rule.get("ends", {}).get(canvas, 1.0)
    place: dict[str, object] = {"x": f"{end:.1%}" if right else 0, "dx": -4 if right else 4, "y": at}
    anchor = "is-end" if right else ""
    return place | {"dy": -6 if rule.get("above") else 16, "class_": f"fine-words {anchor} {shown}"}


def _curves(chart: Json) -> Iterable[str]:
    curves = [_curve(chart, line) for line in chart["lines"]]
    if curves:
        box = {"viewBox": "0 0 100 100", "preserveAspectRatio": "none", "width": "100%", "height": "100%"}
        yield _tag("svg", "".join(curves), **box)


def _curve(chart: Json, line: Json) -> str:
    places = " ".join(
        f"{_share(x, chart['x']):.2f},{100 - _share(y, chart['y']):.2f}" for x, y in line["points"]
    )
    strong = " is-strong" if line["emphasis"] else ""
    look = f"curve line-{option_style(line['style']).index} is-{line['dash']}{strong}"
    return _tag("polyline", points=places, class_=look)


def _point(chart: Json, point: Json) -> Iterable[str]:
    style = option_style(point["style"])
    yield from _whiskers(chart, point, f"whisker-line line-{style.index}")
    size = 1.2 if point["ring"] else 1
    mark = _tag(
        "path", d=style.path, class_=f"point opt-{style.index}", transform=f"scale({size}) translate(-7 -7)"
    )
    ring = _tag("circle", r=RING, class_=f"ring line-{style.index}") if point["ring"] else ""
    yield _at(chart, point["x"], point["y"], mark + ring)


def _whiskers(chart: Json, point: Json, look: str) -> Iterable[str]:
    for axis, place in (("y", _y), ("x", _x)):
        low, high = (
            point[axis] if end is None else end for end in (point[f"{axis}_low"], point[f"{axis}_high"])
        )
        if low == high:
            continue
        along = {f"{axis}1": place(chart, low), f"{axis}2": place(chart, high)}
        other, fixed = ("x", _x(chart, point["x"])) if axis == "y" else ("y", _y(chart, point["y"]))
        yield _tag("line", class_=look, **along, **{f"{other}1": fixed, f"{other}2": fixed})


def _labels(chart: Json, canvas: str) -> Iterable[str]:
    drawn = [_label(chart, label) for label in chart["labels"][canvas]]
    if drawn:
        yield _tag("g", "".join(drawn), class_=CANVASES[canvas])


def _label(chart: Json, label: Json) -> str:
    dx, dy, lines = label["dx"], label["dy"], label["lines"]
    anchor = {"start": "", "middle": "is-middle", "end": "is-end"}[label["anchor"]]
    colour = "" if label["style"] is None else f"opt-{option_style(label['style']).index}"
    first = dy - (len(lines) - 1) * LINE_HEIGHT / 2
    words = [
        _text(
            line["text"],
            x=dx,
            y=round(first + index * LINE_HEIGHT, 1),
            dy=".35em",
            class_=" ".join(["label-words", anchor, "is-small" if index else colour, *_weight(line)]),
        )
        for index, line in enumerate(lines)
    ]
    return _at(chart, label["x"], label["y"], _leader(label) + "".join(words))


def _weight(line: Json) -> list[str]:
    return ["is-strong"] if line["strong"] else []


def _leader(label: Json) -> str:
    """A thin line from a point to words that could not stand beside it."""
    length = hypot(label["dx"], label["dy"])
    if not label["leader"] or length <= STANDOFF:
        return ""
    start, end = STANDOFF / length, _before_words(label)
    return _tag(
        "line",
        x1=round(label["dx"] * start, 1),
        y1=round(label["dy"] * start, 1),
        x2=label["dx"],
        y2=round(end, 1),
        class_="leader-line",
    )


def _before_words(label: Json) -> float:
    """How far up or down a leader goes: to the edge of words that are centred on it, not through them."""
    if label["anchor"] != "middle":
        return float(label["dy"])
    half = len(label["lines"]) * LINE_HEIGHT / 2
    return copysign(max(abs(label["dy"]) - half, 0.0), label["dy"])
