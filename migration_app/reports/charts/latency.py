"""How long answers take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .. import formatting as show
from ..facts import Facts
from ..option import Option
from ..palette import option_style
from .canvas import CANVASES, Canvas, Chart, label, legend
from .labels import Place, rows_without_overlap
from .lettering import text_width
from .scales import axis

_MARK = "95%"  # the words at the end of the line where the slowest 5% begin


def latency(facts: Facts, featured: Option | None) -> Chart | None:
    """Share of requests answered in time, with a mark where the slowest 5% begin."""
    timed = [option for option in facts.options if option.raw.get("curve")]
    if not timed:
        return None
    shown = _a_readable_few(timed, featured)
    slowest = [p for p in (o.latency("total", "p95") for o in shown) if p is not None]
    last = max([curve_end for o in shown if (curve_end := o.raw["curve"][-1][0])] or [1.0])
    end = min(last, max(slowest) * 1.35) if slowest else last
    x = axis(
        0.0,
        end or 1.0,
        _seconds_tick,
        title=_("Time until the full answer"),
    )
    y = {
        "title": "",
        "low": 0.0,
        "high": 1.22,
        "ticks": [[v, show.percent(v, 0)] for v in (0.0, 0.25, 0.5, 0.75, 1.0)],
    }
    points = [_slow_point(option) for option in shown if option.latency("total", "p95") is not None]
    return {
        "id": "latency",
        "headline": _latency_headline(facts, featured),
        "subtitle": _(
            "Share of requests answered within a given time. Marks show where the slowest 5% begin."
        ),
        "alt": _latency_alt(shown),
        "x": x,
        "y": y,
        "bands": [],
        "rules": [
            {
                "axis": "y",
                "at": 0.95,
                "text": _MARK,
                "short": _MARK,
                "side": "right",
                "above": True,
            }
        ],
        "lines": [_curve(option, x["high"], index, featured) for index, option in enumerate(shown)],
        "points": points,
        "labels": {name: _slow_labels(points, x, canvas) for name, canvas in CANVASES.items()},
        "legend": legend(shown),
        "note": _("Drawn: {n} of {all} options; the table has them all.").format(n=len(shown), all=len(timed))
        if len(shown) < len(timed)
        else "",
        "columns": [
            _("Option"),
            _("Typical"),
            _("Slowest 5%"),
            _("Slowest 1%"),
            _("First token"),
            _("Tokens per second"),
        ],
        "rows": [_latency_row(option) for option in facts.options],
    }


def _seconds_tick(value: float, step: float) -> str:
    """All ticks of an axis in one unit."""
    if step < 0.1:
        return show.number(value * 1000, 0) + f"{show.NO_BREAK}ms"
    digits = 0 if step == int(step) else 1 if round(step * 10, 9).is_integer() else 2
    return show.number(value, digits) + f"{show.NO_BREAK}s"


def _a_readable_few(timed: Sequence[Option], featured: Option | None, most: int = 4) -> list[Option]:
    """The baseline, the featured candidate, then the fastest and the slowest; at most four lines."""
    if len(timed) <= most:
        return list(timed)
    by_speed = sorted(timed, key=lambda option: option.latency("total", "p50") or float("inf"))
    first = [o for o in timed if o.is_baseline or (featured is not None and o.position == featured.position)]
    wanted = [*first, by_speed[0], by_speed[-1], *by_speed]
    kept = {option.position: option for option in wanted}
    return sorted(list(kept.values())[:most], key=lambda option: option.position)


def _curve(option: Option, end: float, index: int, featured: Option | None) -> dict[str, Any]:
    main = option.is_baseline or (featured is not None and option.position == featured.position)
    points = [[second, share] for second, share in option.raw["curve"] if second <= end]
    return {
        "style": option_style(option.position).index,
        "points": points or [list(option.raw["curve"][0])],
        "dash": "solid" if main else ("dash", "dot")[index % 2],
        "emphasis": main,
        "name": option.label,
    }


def _slow_point(option: Option) -> dict[str, Any]:
    value = option.latency("total", "p95")
    hover = [_("{label}: 95% within {time}").format(label=option.label, time=show.seconds(value))]
    return {
        "style": option_style(option.position).index,
        "x": value,
        "y": 0.95,
        "x_low": None,
        "x_high": None,
        "y_low": None,
        "y_high": None,
        "ring": False,
        "hover": hover,
    }


def _slow_labels(points: Sequence[Any], x: Any, canvas: Canvas) -> list[dict[str, Any]]:
    texts = [show.seconds(point["x"]) for point in points]
    width = canvas.width * (0.45 if canvas is CANVASES["print"] else 0.75)
    spans = [
        (point["x"] / x["high"] * width, text_width(text, canvas.size) + 4)
        for point, text in zip(points, texts, strict=True)
    ]
    words = text_width(_MARK, canvas.small) + 12
    rows = rows_without_overlap(spans, taken=(width - words, width))
    step = canvas.size * 1.2
    return [
        label(point, [{"text": text, "strong": True}], Place(0.0, -(step * (1.25 + row)), "middle", False))
        | {"style": point["style"]}
        for point, text, row in zip(points, texts, rows, strict=True)
    ]


def _latency_headline(facts: Facts, featured: Option | None) -> str:
    today = facts.baseline.latency("total", "p95")
    after = featured.latency("total", "p95") if featured else None
    if featured is None or today is None or after is None:
        return _("How long answers take")
    if abs(after - today) < 0.05 * today:
        return _("{label} answers about as fast as today").format(label=featured.label)
    if after < today:
        return _("{label} answers faster than today").format(label=featured.label)
    return _("{label} answers slower than today").format(label=featured.label)


def _latency_alt(shown: Sequence[Option]) -> str:
    parts = [
        _("{label}: half of the requests within {typical}, 95% within {time}").format(
            label=o.label,
            typical=show.seconds(o.latency("total", "p50")),
            time=show.seconds(o.latency("total", "p95")),
        )
        for o in shown
    ]
    return _("Curves of the share of requests answered over time. {points}.").format(points="; ".join(parts))


def _latency_row(option: Option) -> list[str]:
    speed = option.metrics.get("tokens_per_second")
    return [
        option.label,
        show.seconds(option.latency("total", "p50")),
        show.seconds(option.latency("total", "p95")),
        show.seconds(option.latency("total", "p99")),
        show.seconds(option.latency("ttft", "p50")),
        show.number(speed, 1),
    ]
