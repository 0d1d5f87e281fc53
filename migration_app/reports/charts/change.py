"""The change in quality: the test, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .. import formatting as show
from .. import words
from ..facts import Facts
from ..option import Option
from ..palette import option_style
from .canvas import CANVASES, MARKER, NAME_BESIDE, Canvas, Chart, label, short
from .labels import Place
from .lettering import text_width
from .scales import axis

_RING, _GAP = 15.0, 7.0  # of the canvas's unit: the recommendation's ring, and the room beside a mark


def quality_change(facts: Facts, recommended: Option | None) -> Chart | None:
    """Each candidate's change with its interval, beside zero and the limit: the test, drawn."""
    shown = [option for option in facts.candidates if option.overall is not None]
    if not shown:
        return None
    margin = facts.question["margin"]
    x = _change_axis(shown, margin)
    y = {
        "title": "",
        "low": -0.6,
        "high": len(shown) - 0.1,
        "ticks": [[len(shown) - 1 - index, short(option.label)] for index, option in enumerate(shown)],
        "narrow": [short(option.label, NAME_BESIDE) for option in shown],
    }
    points = [
        _change_point(option, len(shown) - 1 - index, recommended) for index, option in enumerate(shown)
    ]
    rows = [_change_row(option) for option in shown]
    gap = show.size_in_points(margin)
    return {
        "id": "quality-change",
        "headline": _change_headline(shown),
        "subtitle": _(
            "Change against {baseline} on the same {n} requests, in points. Bars show 95% confidence."
        ).format(baseline=facts.baseline.label, n=show.count(facts.samples["total"])),
        "alt": _("Chart of the change in quality; your limit is a {limit}. {points}.").format(
            limit=words.drop(margin),
            points="; ".join(
                _("{label}: {change} (95% range {range})").format(label=row[0], change=row[1], range=row[2])
                for row in rows
            ),
        ),
        "x": x,
        "y": y,
        "bands": _noise_band(facts),
        "rules": [
            {
                "axis": "x",
                "at": -margin,
                "text": _("Your limit: −{gap}").format(gap=gap),
                "short": _("Your limit"),
                "side": "left",
            },
            {"axis": "x", "at": 0.0, "text": _("Same as today"), "short": _("Today"), "side": "right"},
        ],
        "lines": [],
        "points": points,
        "labels": {
            name: [_change_label(point, x, canvas) for point in points] for name, canvas in CANVASES.items()
        },
        "legend": [],
        "note": _noise_note(facts),
        "columns": [_("Option"), _("Change"), _("95% range"), _("Standing"), _("Samples")],
        "rows": rows,
    }


def _noise_band(facts: Facts) -> list[dict[str, Any]]:
    """Where two runs of today's own model would lie: a change inside is no more than its noise."""
    noise = facts.steadiness.get("noise")
    if not noise or not noise["reach"]:
        return []
    return [{"axis": "x", "low": -noise["reach"], "high": noise["reach"], "tone": "noise"}]


def _noise_note(facts: Facts) -> str:
    if not _noise_band(facts):
        return ""
    reach = show.number(facts.steadiness["noise"]["reach"] * 100, 1)
    return _("The grey band is today's model against itself: ±{reach} points are its own noise.").format(
        reach=reach
    )


def _change_axis(shown: Sequence[Option], margin: float) -> dict[str, Any]:
    """Wide enough for every interval, for zero and for the limit."""
    seen = [(o.difference, *show.bounds((o.overall or {}).get("interval"))) for o in shown]
    ends = [end for each in seen for end in each if end is not None]
    low, high = min(*ends, -margin), max(*ends, 0.0)
    room = 0.08 * (high - low)
    title = _("← worse   change in points   better →")
    return axis(max(-1.0, low - room), min(1.0, high + room), _points_tick, title=title)


def _change_row(option: Option) -> list[str]:
    finding = option.overall or {}
    return [
        option.label,
        words.points(option.difference),
        words.change_range(finding),
        str(words.STANDINGS[finding["standing"]][1]),
        show.count(finding["n"]),
    ]


def _points_tick(value: float, step: float) -> str:
    return show.bare_points(value, 0 if step >= 0.01 else 1)


def _change_point(option: Option, row: int, recommended: Option | None) -> dict[str, Any]:
    finding = option.overall or {}
    low, high = show.bounds(finding.get("interval"))
    hover = [
        option.label,
        _("{change}, 95% range {range}").format(
            change=words.points(option.difference), range=words.change_range(finding)
        ),
    ]
    return {
        "style": option_style(option.position).index,
        "x": option.difference,
        "y": row,
        "x_low": low,
        "x_high": high,
        "y_low": None,
        "y_high": None,
        "ring": option is recommended,
        "hover": hover,
    }


def _change_label(point: Any, x: Any, canvas: Canvas) -> dict[str, Any]:
    """The figure beside its interval, so that it touches no row but its own: right of it, else left."""
    text = show.bare_points(point["x"])
    scale = canvas.width / (x["high"] - x["low"])
    high, low = (point["x"] if point[end] is None else point[end] for end in ("x_high", "x_low"))
    room = (x["high"] - high) * scale - text_width(text, canvas.size)
    at, side = (high, 1) if room >= _beside(point, high, scale) else (low, -1)
    spot = Place(side * _beside(point, at, scale), 0.0, "start" if side > 0 else "end", False)
    return label({"x": at, "y": point["y"]}, [{"text": text, "strong": True}], spot)


def _beside(point: Any, end: float, scale: float) -> float:
    """From the interval's end to the figure: past the mark, where that reaches further."""
    mark = _RING if point["ring"] else MARKER
    return max(_GAP, mark + _GAP - abs(end - point["x"]) * scale)


def _change_headline(shown: Sequence[Option]) -> str:
    held = [o for o in shown if o.overall and o.overall["standing"] in ("better", "holds_quality")]
    low = [o for o in shown if o.overall and o.overall["standing"] == "too_low"]
    if len(shown) == 1:
        standing = words.STANDINGS[(shown[0].overall or {})["standing"]][1]
        return _("{label}: {standing}").format(label=shown[0].label, standing=str(standing).lower())
    if len(low) == len(shown):
        return _("Every candidate falls below your limit")
    if held:
        counts = {"n": len(held), "all": len(shown)}
        if len(held) == 1:
            return _("{n} of {all} candidates stays within your limit").format(**counts)
        return _("{n} of {all} candidates stay within your limit").format(**counts)
    return _("No candidate is shown to stay within your limit")
