"""Paint a chart's description as a Plotly figure, for the page.

The figure names colours as `token:--…`; the page puts in the reader's theme. Fonts, grid and
paper belong to the page's own house layout. Names come from people: they are escaped, because
Plotly reads a little HTML in texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ..formatting import separators
from ..palette import option_style

Json = Mapping[str, Any]
Figure = dict[str, Any]

DASHES = {"solid": "solid", "dash": "6px,3px", "dot": "2px,3px"}
ANCHORS = {"start": "left", "middle": "center", "end": "right"}
RING = 15


def figure(chart: Json) -> Figure:
    """Plotly's data and layout, and what differs on a phone."""
    layout: Figure = {
        "xaxis": _axis(chart["x"]),
        "yaxis": _axis(chart["y"]),
        "shapes": _shapes(chart),
        "hovermode": "closest",
        "separators": separators(),  # in the reader's language: 1.234,5 or 1,234.5
    }
    layout["annotations"] = _annotations(chart, "wide")
    # Room for the last tick's text, which Plotly hides when it does not fit, and for words above.
    layout["margin"] = {"r": 30} | ({"t": 30} if any(rule["axis"] == "x" for rule in chart["rules"]) else {})
    narrow = {
        "xaxis": _axis(chart["x"], every=1 + (len(chart["x"]["ticks"]) > 4)),
        "yaxis": {"title": {"text": ""}} | _shorter(chart["y"]),
        "annotations": _annotations(chart, "narrow"),
        "margin": layout["margin"] | {"r": 20},
    }
    data = [_line(line) for line in chart["lines"]] + [_point(point) for point in chart["points"]]
    return {"data": data, "layout": layout, "narrow": {"layout": narrow}}


def _axis(axis: Json, every: int = 1) -> Figure:
    ticks = axis["ticks"][::every]
    return {
        "range": [axis["low"], axis["high"]],
        "tickvals": [value for value, _text in ticks],
        "ticktext": [escape(text) for _value, text in ticks],
        "title": {"text": escape(axis["title"])},
    }


def _shorter(axis: Json) -> Figure:
    """The ticks of a phone, where they are words of their own."""
    return {"ticktext": [escape(text) for text in axis["narrow"]]} if "narrow" in axis else {}


def _line(line: Json) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "hoverinfo": "skip",
        "name": escape(line["name"]),
        "x": [x for x, _y in line["points"]],
        "y": [y for _x, y in line["points"]],
        "line": {
            "color": option_style(line["style"]).token,
            "width": 2.8 if line["emphasis"] else 2,
            "dash": DASHES[line["dash"]],
            "shape": "linear",
        },
    }


def _point(point: Json) -> Figure:
    style = option_style(point["style"])
    trace: Figure = {
        "type": "scatter",
        "mode": "markers",
        "x": [point["x"]],
        "y": [point["y"]],
        "hoverinfo": "text",
        "hovertext": ["<br>".join(escape(text) for text in point["hover"])],
        "marker": {
            "symbol": style.symbol,
            "size": 17 if point["ring"] else 14,
            "color": style.token,
            "line": {"width": 2, "color": "token:--surface"},
        },
    }
    for axis in ("x", "y"):
        low, high = point[f"{axis}_low"], point[f"{axis}_high"]
        if low is not None or high is not None:
            trace[f"error_{axis}"] = _whisker(point[axis], low, high, style.token)
    return trace


def _whisker(value: float, low: float | None, high: float | None, colour: str) -> Figure:
    return {
        "type": "data",
        "symmetric": False,
        "array": [0 if high is None else high - value],
        "arrayminus": [0 if low is None else value - low],
        "color": colour,
        "thickness": 1.8,
        "width": 0,
    }


def _shapes(chart: Json) -> list[Figure]:
    bands = [_band(band) for band in chart["bands"]]
    rules = [_rule(rule) for rule in chart["rules"]]
    rings = [
        {
            "type": "circle",
            "xref": "x",
            "yref": "y",
            "xsizemode": "pixel",
            "ysizemode": "pixel",
            "xanchor": point["x"],
            "yanchor": point["y"],
            "x0": -RING,
            "x1": RING,
            "y0": -RING,
            "y1": RING,
            "line": {"color": option_style(point["style"]).token, "width": 1.6},
        }
        for point in chart["points"]
        if point["ring"]
    ]
    return bands + rules + rings


def _band(band: Json) -> Figure:
    """Across the whole plot, between two places of its axis; grey where it is noise."""
    axis = band.get("axis", "y")
    along, noise = ("x" if axis == "y" else "y"), band.get("tone") == "noise"
    return {
        "type": "rect",
        f"{along}ref": "paper",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{axis}0": band["low"],
        f"{axis}1": band["high"],
        "fillcolor": "token:--ink-3" if noise else "token:--better",
        "opacity": 0.12 if noise else 0.06,
        "line": {"width": 0},
        "layer": "below",
    }


def _rule(rule: Json) -> Figure:
    along = "x" if rule["axis"] == "y" else "y"
    return {
        "type": "line",
        f"{along}ref": "paper",
        f"{along}0": 0,
        f"{along}1": 1,
        f"{rule['axis']}0": rule["at"],
        f"{rule['axis']}1": rule["at"],
        "line": {"color": "token:--ink-3", "width": 1, "dash": "2px,3px"},
    }


def _annotations(chart: Json, canvas: str) -> list[Figure]:
    labels = [_label(label, canvas) for label in chart["labels"][canvas]]
    return labels + [_rule_text(rule, canvas) for rule in chart["rules"]]


def _label(label: Json, canvas: str) -> Figure:
    colour = "token:--ink" if label["style"] is None else option_style(label["style"]).token
    lines = [
        f"<b>{escape(line['text'])}</b>" if line["strong"] else escape(line["text"])
        for line in label["lines"]
    ]
    rest = [f"<span style='font-size:12px;color:token:--ink-3'>{line}</span>" for line in lines[1:]]
    text = {
        "x": label["x"],
        "y": label["y"],
        "text": "<br>".join([lines[0], *rest]),
        "xanchor": ANCHORS[label["anchor"]],
        "yanchor": "middle",
        "align": ANCHORS[label["anchor"]],
        "font": {"size": 13 if canvas == "wide" else 11.5, "color": colour},
    }
    if not label["leader"]:
        return text | {"showarrow": False, "xshift": label["dx"], "yshift": -label["dy"]}
    arrow = {"showarrow": True, "ax": label["dx"], "ay": label["dy"], "arrowhead": 0, "arrowwidth": 1}
    return text | arrow | {"arrowcolor": "token:--ink-3", "standoff": 8}


def _rule_text(rule: Json, canvas: str) -> Figure:
    text = escape(rule["text"] if canvas == "wide" else rule["short"])
    common = {"text": text, "showarrow": False, "font": {"size": 12, "color": "token:--ink-3"}}
    side = rule["side"]
    if rule["axis"] == "x":  # beside its line, above the plot
        away = {"left": "right", "right": "left"}[side]
        return common | {"x": rule["at"], "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": away}
    end = rule.get("ends", {}).get(canvas, 1)
    edge = {"xref": "paper", "x": end if side == "right" else 0, "xanchor": side}
    return common | edge | {"y": rule["at"], "yanchor": "bottom" if rule.get("above") else "top"}
