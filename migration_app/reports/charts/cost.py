"""Quality against cost: what each option gives, for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from .. import formatting as show
from .. import words
from ..facts import Facts
from ..option import Option
from ..palette import option_style
from .canvas import CANVASES, Chart, short
from .crowd import spread, words_end
from .scales import axis

HEADROOM = 0.14  # of what is shown: for a name over the highest range


def quality_against_cost(
    facts: Facts, recommended: Option | None, closest: Option | None = None
) -> Chart | None:
    """`None` when fewer than two options have both a quality and a cost.

    `closest`: the candidate that the report speaks of where none is recommended.
    """
    shown = [o for o in facts.options if o.quality is not None and facts.cost(o) is not None]
    if len(shown) < 2:
        return None
    limit = None if facts.baseline.quality is None else facts.baseline.quality - facts.question["margin"]
    costs = [float(facts.cost(option) or 0) for option in shown]
    x = axis(
        0.0,
        max(costs) * 1.12 or 1.0,
        lambda value, step: show.money_tick(value, step, facts.currency),
        title=_("Cost a month") if facts.monthly else _("Cost per 1,000 requests"),
    )
    y = axis(*_quality_range(shown, limit), _percent_tick, title=_("Answer quality"))
    left_out = [o.label for o in facts.options if o not in shown]
    points = [
        _quality_point(facts, option, cost, recommended) for option, cost in zip(shown, costs, strict=True)
    ]
    texts = [_point_text(facts, option, recommended) for option in shown]
    rules = [] if limit is None else [_limit_rule(facts, limit, points, x, y)]
    chart: Chart = {
        "id": "quality-cost",
        "headline": _cost_headline(facts, recommended, closest),
        "subtitle": _cost_subtitle(facts),
        "alt": _cost_alt(facts, shown, costs, limit),
        "x": x,
        "y": y,
        "bands": _bands(facts, limit, y),
        "rules": rules,
        "lines": [],
        "points": points,
        "labels": {name: spread(points, texts, x, y, name, rules) for name in CANVASES},
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


def _bands(facts: Facts, limit: float | None, y: Any) -> list[dict[str, Any]]:
    """What is good enough; and how far today's model differs from itself, where that was seen."""
    bands = [] if limit is None else [{"low": max(limit, y["low"]), "high": y["high"]}]
    noise, today = facts.steadiness.get("noise"), facts.baseline.quality
    if noise and noise["reach"] and today is not None:
        low, high = max(today - noise["reach"], y["low"]), min(today + noise["reach"], y["high"])
        bands.append({"low": low, "high": high, "tone": "noise"})
    return bands


def _quality_range(shown: Sequence[Option], limit: float | None) -> tuple[float, float]:
    seen = [
        v for o in shown for v in (o.quality, *show.bounds(o.metrics["quality"]["interval"])) if v is not None
    ]
    seen += [] if limit is None else [limit]
    span = max(seen) - min(seen)
    below, above = max(0.01, span * 0.06), max(0.01, span * HEADROOM)
    return max(0.0, min(seen) - below), min(1.0, max(seen) + above)


def _limit_rule(facts: Facts, limit: float, points: Sequence[Any], x: Any, y: Any) -> dict[str, Any]:
    """The limit's line; its words stand under it where they lie on no range, the farthest right."""
    gap = show.size_in_points(facts.question["margin"])
    rule = {
        "axis": "y",
        "at": limit,
        "text": _("Your limit: {gap} points below today").format(gap=gap),
        "short": _("Your limit"),
        "side": "right",
    }
    return rule | {"ends": {name: words_end(rule, points, x, y, name) for name in CANVASES}}


def _quality_point(facts: Facts, option: Option, cost: float, recommended: Option | None) -> dict[str, Any]:
    low, high = show.bounds(option.metrics["quality"]["interval"])
    hover = [
        option.label + (f", {option.host}" if option.host else ""),
        _("Quality {value} ({range})").format(
            value=show.percent(option.quality),
            range=show.range_text({"low": low, "high": high}, show.percent),
        ),
        f"{show.money_about(facts.cost(option), facts.currency)} " + words.per(facts),
    ]
    return {
        "style": option_style(option.position).index,
        "x": cost,
        "y": option.quality,
        "y_low": low,
        "y_high": high,
        "x_low": None,
        "x_high": None,
        "ring": option is recommended,
        "hover": hover,
    }


def _point_text(facts: Facts, option: Option, recommended: Option | None) -> list[dict[str, Any]]:
    cost = show.money_about(facts.cost(option), facts.currency)
    place_of = _("used today") if option.is_baseline else short(option.host)
    detail = ", ".join(part for part in (place_of, cost) if part)
    strong = option.is_baseline or option is recommended
    return [{"text": short(option.label), "strong": strong}, {"text": detail, "strong": False}]


def _percent_tick(value: float, step: float) -> str:
    return show.percent(value, 0 if step >= 0.01 else 1)


def _cost_headline(facts: Facts, recommended: Option | None, closest: Option | None) -> str:
    option = recommended or closest
    share = facts.saved_share(option) if option else None
    if option is None or share is None:
        return _("Quality against cost")
    if recommended is None:
        return _not_recommended(option, share)
    ratio = show.percent(1 - share, 0)
    if facts.moves_in_part(recommended):
        return _("{label} holds quality on part of the requests").format(label=recommended.label)
    if (recommended.overall or {}).get("standing") == "better":
        return _("{label} answers better at {ratio} of the cost").format(label=recommended.label, ratio=ratio)
    return _("{label} holds quality at {ratio} of the cost").format(label=recommended.label, ratio=ratio)


def _not_recommended(closest: Option, share: float) -> str:
    """What it would cost, and what speaks against it."""
    if closest.kind == "not_enough_evidence":
        text = _("{label} costs {percent} less; its quality is not proven")
        if share < 0:
            text = _("{label} costs {percent} more; its quality is not proven")
    elif closest.verdict.get("broken_rules"):
        text = _("{label} costs {percent} less, but breaks a rule of yours")
        if share < 0:
            text = _("{label} costs {percent} more and breaks a rule of yours")
    elif closest.verdict.get("standing") == "too_low":
        text = _("{label} costs {percent} less, but answers worse")
        if share < 0:
            text = _("{label} costs {percent} more and answers worse")
    else:
        return _("Quality against cost")
    return text.format(label=closest.label, percent=show.percent(abs(share), 0))


def _cost_subtitle(facts: Facts) -> str:
    volume = facts.question.get("requests_per_month")
    cost = (
        _("cost a month at {n} requests").format(n=show.count_of(volume))
        if volume
        else _("cost per 1,000 requests")
    )
    return _("Mean score of {n} requests, against {cost}. Bars show 95% confidence.").format(
        n=show.count(facts.samples["total"]), cost=cost
    )


def _cost_alt(facts: Facts, shown: Sequence[Option], costs: Sequence[float], limit: float | None) -> str:
    parts = [
        _("{label}: {quality} (95% range {range}) at {cost}").format(
            label=option.label,
            quality=show.percent(option.quality),
            range=show.range_text(option.metrics["quality"]["interval"], show.percent),
            cost=show.money_about(cost, facts.currency),
        )
        for option, cost in zip(shown, costs, strict=True)
    ]
    text = _("Scatter chart of answer quality against cost {per}. {points}.").format(
        per=words.per(facts), points="; ".join(parts)
    )
    if limit is None:
        return text
    return f"{text} " + _("The lowest quality you allow is {limit}.").format(limit=show.percent(limit))


def _cost_row(facts: Facts, option: Option) -> list[str]:
    return [
        option.label,
        show.percent(option.quality),
        show.range_text(option.metrics["quality"]["interval"], show.percent),
        show.money_about(facts.cost(option), facts.currency),
        show.range_text(facts.cost_range(option), lambda amount: show.money_about(amount, facts.currency)),
    ]
