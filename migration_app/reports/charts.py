"""The charts, described once: what is drawn where, in words and numbers. Painters only draw.

A chart is JSON: `headline` (the finding), `subtitle` (unit, sample, interval), `alt` (the same
in words), axes `x` and `y`, `bands`, `rules`, `lines`, `points`, `labels` for three canvases
(`wide`, `narrow`, `print`), a `legend`, and `columns` with `rows`, the numbers as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from . import formatting as show
from . import words
from .facts import Facts, Option
from .labels import Box, Place, Wanted, place, rows_without_overlap, text_width
from .palette import option_style
from .scales import axis

Chart = dict[str, Any]
NAME_LENGTH = 28


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
MARKER = 9.0


def short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"


def legend(options: Sequence[Option]) -> list[dict[str, Any]]:
    return [{"style": option_style(o.position).index, "label": short(o.label)} for o in options]


# ── quality against cost ────────────────────────────────────────────────────────────────


def quality_against_cost(facts: Facts, recommended: Option | None) -> Chart | None:
    """`None` when fewer than two options have both a quality and a cost."""
    shown = [o for o in facts.options if o.quality is not None and facts.cost(o) is not None]
    if len(shown) < 2:
        return None
    limit = None if facts.baseline.quality is None else facts.baseline.quality - facts.question["margin"]
    costs = [float(facts.cost(option) or 0) for option in shown]
    x = axis(
        0.0, max(costs) * 1.12 or 1.0, lambda v, _step: show.money(v, facts.currency),
        title=_("Cost a month") if facts.monthly else _("Cost per 1,000 requests"),
    )  # fmt: skip
    y = axis(*_quality_range(shown, limit), _percent_tick, title=_("Answer quality"))
    left_out = [o.label for o in facts.options if o not in shown]
    points = [
        _quality_point(facts, option, cost, recommended) for option, cost in zip(shown, costs, strict=True)
    ]
    texts = [_point_text(facts, option, recommended) for option in shown]
    rules = [] if limit is None else [_limit_rule(facts, limit, costs, x["high"])]
    chart: Chart = {
        "id": "quality-cost",
        "headline": _cost_headline(facts, recommended),
        "subtitle": _cost_subtitle(facts),
        "alt": _cost_alt(facts, shown, costs),
        "x": x,
        "y": y,
        "bands": [] if limit is None else [{"low": max(limit, y["low"]), "high": y["high"]}],
        "rules": rules,
        "lines": [],
        "points": points,
        "labels": {name: _spread(points, texts, x, y, canvas, rules) for name, canvas in CANVASES.items()},
        "legend": [],
        "note": _("Not drawn, because cost or quality is unknown: {names}.").format(
            names=words.listed(left_out)
        )
        if left_out
        else "",
        "columns": [_("Option"), _("Quality"), _("95% range"), x["title"], _("95% range of cost")],
        "rows": [_cost_row(facts, option) for option in facts.options],
    }
    return chart


def _quality_range(shown: Sequence[Option], limit: float | None) -> tuple[float, float]:
    seen = [
        v for o in shown for v in (o.quality, *show.bounds(o.metrics["quality"]["interval"])) if v is not None
    ]
    seen += [] if limit is None else [limit]
    room = max(0.01, (max(seen) - min(seen)) * 0.06)
    return max(0.0, min(seen) - room), min(1.0, max(seen) + room)


def _limit_rule(facts: Facts, limit: float, costs: Sequence[float], end: float) -> dict[str, Any]:
    """The limit's line; its words stand on the side with fewer points."""
    gap = show.number(facts.question["margin"] * 100, 1).removesuffix(".0")
    crowded_right = sum(cost > end / 2 for cost in costs) > len(costs) / 2
    return {
        "axis": "y", "at": limit, "text": _("Your limit: {gap} points below today").format(gap=gap),
        "short": _("Your limit"), "side": "left" if crowded_right else "right",
    }  # fmt: skip


def _quality_point(facts: Facts, option: Option, cost: float, recommended: Option | None) -> dict[str, Any]:
    low, high = show.bounds(option.metrics["quality"]["interval"])
    hover = [
        option.label + (f", {option.host}" if option.host else ""),
        _("Quality {value} ({range})").format(
            value=show.percent(option.quality),
            range=show.range_text({"low": low, "high": high}, show.percent),
        ),
        f"{show.money_about(facts.cost(option), facts.currency)} " + _per(facts),
    ]
    return {
        "style": option_style(option.position).index, "x": cost, "y": option.quality, "y_low": low, "y_high": high,
        "x_low": None, "x_high": None, "ring": option is recommended, "hover": hover,
    }  # fmt: skip


def _per(facts: Facts) -> str:
    return _("a month") if facts.monthly else _("per 1,000 requests")


def _point_text(facts: Facts, option: Option, recommended: Option | None) -> list[dict[str, Any]]:
    cost = show.money_about(facts.cost(option), facts.currency)
    place_of = _("used today") if option.is_baseline else short(option.host)
    detail = ", ".join(part for part in (place_of, cost) if part)
    strong = option.is_baseline or option is recommended
    return [{"text": short(option.label), "strong": strong}, {"text": detail, "strong": False}]


def _spread(
    points: Sequence[Any], texts: Sequence[Any], x: Any, y: Any, canvas: Canvas, rules: Sequence[Any]
) -> list[dict[str, Any]]:
    """The labels' places on one canvas."""

    def at(value: float, scale: Any, length: float) -> float:
        return (value - scale["low"]) / (scale["high"] - scale["low"]) * length

    wanted, obstacles = [], []
    for point, lines in zip(points, texts, strict=True):
        px, py = at(point["x"], x, canvas.width), canvas.height - at(point["y"], y, canvas.height)
        kept = lines[: canvas.lines]
        sizes = [canvas.size, canvas.small]
        ends = [
            canvas.height - at(point[key], y, canvas.height)
            for key in ("y_low", "y_high")
            if point[key] is not None
        ]
        width = max(text_width(line["text"], size) for line, size in zip(kept, sizes, strict=False))
        up, down = py - min([*ends, py - MARKER]), max([*ends, py + MARKER]) - py
        wanted.append(Wanted(px, py, width + 4, canvas.size * 1.25 * len(kept), up, down))
        reach = MARKER * (1.9 if point["ring"] else 1)
        obstacles.append(Box(px - reach, py - reach, px + reach, py + reach))
        if ends:
            obstacles.append(Box(px - 2, min(*ends, py), px + 2, max(*ends, py)))
    for rule in rules:
        level = canvas.height - at(rule["at"], y, canvas.height)
        obstacles.append(Box(0, level - 1, canvas.width, level + 1))
        room = canvas.width * (0.7 if canvas.lines == 1 else 0.38)
        start = 0.0 if rule["side"] == "left" else canvas.width - room
        obstacles.append(Box(start, level, start + room, level + canvas.size * 1.5))
    spots = place(wanted, obstacles, Box(0, 0, canvas.width, canvas.height))
    return [
        _label(point, lines[: canvas.lines], spot)
        for point, lines, spot in zip(points, texts, spots, strict=True)
    ]


def _label(point: Any, lines: Sequence[Any], spot: Place) -> dict[str, Any]:
    return {
        "x": point["x"], "y": point["y"], "dx": round(spot.dx, 1), "dy": round(spot.dy, 1),
        "anchor": spot.anchor, "leader": spot.leader, "lines": list(lines), "style": None,
    }  # fmt: skip


def _cost_headline(facts: Facts, recommended: Option | None) -> str:
    if recommended is None:
        return _("Quality against cost")
    share = facts.saved_share(recommended)
    if share is None:
        return _("Quality against cost")
    ratio = show.percent(1 - share, 0)
    if recommended.kind != "switch":
        return _("{label} holds quality on part of the requests").format(label=recommended.label)
    return _("{label} holds quality at {ratio} of the cost").format(label=recommended.label, ratio=ratio)


def _cost_subtitle(facts: Facts) -> str:
    volume = facts.question.get("requests_per_month")
    cost = (
        _("cost a month at {n} requests").format(n=show.count_about(volume))
        if volume
        else _("cost per 1,000 requests")
    )
    return _("Mean score of {n} requests, against {cost}. Bars show 95% confidence.").format(
        n=show.count(facts.samples["total"]), cost=cost
    )


def _cost_alt(facts: Facts, shown: Sequence[Option], costs: Sequence[float]) -> str:
    parts = [
        _("{label}: {quality} at {cost}").format(
            label=option.label,
            quality=show.percent(option.quality),
            cost=show.money_about(cost, facts.currency),
        )
        for option, cost in zip(shown, costs, strict=True)
    ]
    return _("Scatter chart of answer quality against cost {per}. {points}.").format(
        per=_per(facts), points="; ".join(parts)
    )


def _cost_row(facts: Facts, option: Option) -> list[str]:
    return [
        option.label,
        show.percent(option.quality),
        show.range_text(option.metrics["quality"]["interval"], show.percent),
        show.money_about(facts.cost(option), facts.currency),
        show.range_text(facts.cost_range(option), lambda amount: show.money_about(amount, facts.currency)),
    ]


# ── change in quality ───────────────────────────────────────────────────────────────────


def quality_change(facts: Facts, recommended: Option | None) -> Chart | None:
    """Each candidate's change with its interval, beside zero and the limit: the test, drawn."""
    shown = [option for option in facts.candidates if option.overall is not None]
    if not shown:
        return None
    margin = facts.question["margin"]
    ends = [b for o in shown for b in (o.difference, *show.bounds(o.overall["interval"])) if b is not None]  # type: ignore[index]
    room = 0.08 * (max(*ends, 0.0) - min(*ends, -margin))
    x = axis(
        min(*ends, -margin) - room, max(*ends, 0.0) + room, _points_tick,
        title=_("Change in points: worse to the left, better to the right"),
    )  # fmt: skip
    y = {
        "title": "", "low": -0.6, "high": len(shown) - 0.1,
        "ticks": [[len(shown) - 1 - index, short(option.label)] for index, option in enumerate(shown)],
    }  # fmt: skip
    points = [
        _change_point(option, len(shown) - 1 - index, recommended) for index, option in enumerate(shown)
    ]
    gap = show.number(margin * 100, 1).removesuffix(".0")
    return {
        "id": "quality-change",
        "headline": _change_headline(shown),
        "subtitle": _("Change against {baseline} on the same {n} requests, in points. Bars show 95% confidence.").format(
            baseline=facts.baseline.label, n=show.count(facts.samples["total"])
        ),
        "alt": _("Chart of the change in quality. {points}.").format(
            points="; ".join(f"{o.label}: {words.points(o.difference)} ({words.change_range(o.overall)})" for o in shown)  # type: ignore[arg-type]
        ),
        "x": x, "y": y, "bands": [],
        "rules": [
            {"axis": "x", "at": -margin, "text": _("Your limit: −{gap}").format(gap=gap), "short": _("Your limit"), "side": "left"},
            {"axis": "x", "at": 0.0, "text": _("Same as today"), "short": _("Today"), "side": "right"},
        ],
        "lines": [], "points": points,
        "labels": {name: [_change_label(point, option) for point, option in zip(points, shown, strict=True)] for name in CANVASES},
        "legend": [], "note": "",
        "columns": [_("Option"), _("Change"), _("95% range"), _("Standing"), _("Samples")],
        "rows": [
            [o.label, words.points(o.difference), words.change_range(o.overall), str(words.STANDINGS[o.overall["standing"]][1]), show.count(o.overall["n"])]  # type: ignore[arg-type,index]
            for o in shown
        ],
    }  # fmt: skip


def _seconds_tick(value: float, step: float) -> str:
    """All ticks of an axis in one unit."""
    if step < 0.1:
        return show.number(value * 1000, 0) + " ms"
    return show.number(value, 0 if step >= 1 and step == int(step) else 1) + " s"


def _percent_tick(value: float, step: float) -> str:
    return show.percent(value, 0 if step >= 0.01 else 1)


def _points_tick(value: float, step: float) -> str:
    return show.points(value, 0 if step >= 0.01 else 1).replace(" pts", "")


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
        "style": option_style(option.position).index, "x": option.difference, "y": row, "x_low": low, "x_high": high,
        "y_low": None, "y_high": None, "ring": option is recommended, "hover": hover,
    }  # fmt: skip


def _change_label(point: Any, option: Option) -> dict[str, Any]:
    lines = [{"text": show.points(option.difference).replace(" pts", ""), "strong": True}]
    return _label(point, lines, Place(0.0, -24.0 if point["ring"] else -17.0, "middle", False))


def _change_headline(shown: Sequence[Option]) -> str:
    held = [o for o in shown if o.overall and o.overall["standing"] in ("better", "holds_quality")]
    low = [o for o in shown if o.overall and o.overall["standing"] == "too_low"]
    if len(shown) == 1:
        standing = words.STANDINGS[(shown[0].overall or {})["standing"]][1]
        return _("{label}: {standing}").format(label=shown[0].label, standing=str(standing).lower())
    if len(low) == len(shown):
        return _("Every candidate falls below your limit")
    if held:
        return _("{n} of {all} candidates stay within your limit").format(n=len(held), all=len(shown))
    return _("No candidate is clear of your limit")


# ── how long answers take ───────────────────────────────────────────────────────────────


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
        "subtitle": _("Share of requests answered within a given time. Marks show where the slowest 5% begin."),
        "alt": _latency_alt(shown),
        "x": x, "y": y, "bands": [],
        "rules": [{"axis": "y", "at": 0.95, "text": _("95% of requests"), "short": "95%", "side": "right", "above": True}],
        "lines": [_curve(option, x["high"], index, featured) for index, option in enumerate(shown)],
        "points": points,
        "labels": {name: _slow_labels(points, x, canvas) for name, canvas in CANVASES.items()},
        "legend": legend(shown),
        "note": _("Drawn: {n} of {all} options; the table has them all.").format(n=len(shown), all=len(timed)) if len(shown) < len(timed) else "",
        "columns": [_("Option"), _("Typical"), _("Slowest 5%"), _("Slowest 1%"), _("First token"), _("Tokens per second")],
        "rows": [_latency_row(option) for option in facts.options],
    }  # fmt: skip


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
        "style": option_style(option.position).index, "points": points or [list(option.raw["curve"][0])],
        "dash": "solid" if main else ("dash", "dot")[index % 2], "emphasis": main, "name": option.label,
    }  # fmt: skip


def _slow_point(option: Option) -> dict[str, Any]:
    value = option.latency("total", "p95")
    hover = [_("{label}: 95% within {time}").format(label=option.label, time=show.seconds(value))]
    return {
        "style": option_style(option.position).index, "x": value, "y": 0.95, "x_low": None, "x_high": None,
        "y_low": None, "y_high": None, "ring": False, "hover": hover,
    }  # fmt: skip


def _slow_labels(points: Sequence[Any], x: Any, canvas: Canvas) -> list[dict[str, Any]]:
    texts = [show.seconds(point["x"]) for point in points]
    width = canvas.width * (0.45 if canvas is CANVASES["print"] else 0.75)
    spans = [
        (point["x"] / x["high"] * width, text_width(text, canvas.size) + 4)
        for point, text in zip(points, texts, strict=True)
    ]
    rows = rows_without_overlap(spans)
    step = canvas.size * 1.2
    return [
        _label(point, [{"text": text, "strong": True}], Place(0.0, -(step * (1.25 + row)), "middle", False))
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
        _("{label}: 95% of requests within {time}").format(
            label=o.label, time=show.seconds(o.latency("total", "p95"))
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
