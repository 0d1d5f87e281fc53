"""Cost a month by volume: own servers in steps, a price per request as a line, and where they cross."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import formatting as show
from ..facts import Facts
from ..option import Json, Option
from ..palette import option_style
from .canvas import CANVASES, Canvas, Chart, label, legend
from .labels import Place
from .lettering import text_width
from .scales import axis

# On paper it is drawn lower than the others: 210 points, less the margins (typst/evidence.typ).
_CANVASES = CANVASES | {"print": replace(CANVASES["print"], height=164)}


def crossing(facts: Facts, found: Json, own: Option, api: Option) -> Chart:
    """`found` is one entry of the comparison's "break_even"."""
    end, paid = found["paid"]["end"]
    most = max([cost for _volume, cost in found["curve"]] + [paid])
    points = [_mark(facts, found, own)] if _is_inside(found, end) else []
    y = axis(
        0.0,
        most * 1.08,
        lambda value, step: show.money_tick(value, step, facts.currency),
        title=_("Cost a month"),
    )
    return {
        "id": f"crossing-{own.position}-{api.position}",
        "headline": _headline(found, own, api),
        "subtitle": _subtitle(found, api),
        "alt": _alt(found, own, api),
        "x": axis(0.0, end, _requests_tick, title=_("Requests a month")),
        "y": y,
        "bands": [],
        "rules": [_asked_rule(found)],
        "lines": [
            _line(api, [[0.0, 0.0], [end, paid]], "dash"),
            _line(own, found["curve"], "solid"),
        ],
        "points": points,
        "labels": {
            name: _labels(points, found, paid / y["high"], canvas) for name, canvas in _CANVASES.items()
        },
        "legend": legend([api, own]),
        "note": _note(found, own),
        "columns": [_("Own servers against {label}").format(label=api.label), _("Requests a month")],
        "rows": _rows(facts, found, api),
    }


def _is_inside(found: Json, end: float) -> bool:
    return found["first"] is not None and found["first"] <= end


def _headline(found: Json, own: Option, api: Option) -> str:
    names = {"own": own.label, "api": api.label}
    if found["first"] is None:
        text = _("{own} on own servers never becomes cheaper than {api}")
    elif found["first"] <= found["volume"]:
        text = _("{own} on own servers pays at your volume, from {n} requests a month")
    else:
        text = _("{own} on own servers pays only from {n} requests a month")
    return text.format(**names, n=show.count_of(_rounded(found["first"])))


def _subtitle(found: Json, api: Option) -> str:
    basis = _("measured under load") if found["measured"] else _("estimated on paper")
    return _(
        "Cost a month by volume: servers come in steps, idle hours and people included; what one serves "
        "is {basis}. {api} is paid by the request, at the cost measured in this test."
    ).format(basis=basis, api=api.label)


def _alt(found: Json, own: Option, api: Option) -> str:
    return _(
        "Lines of the cost a month by volume, {own} on own servers against {api}. {headline}. {range}."
    ).format(own=own.label, api=api.label, headline=_headline(found, own, api), range=_range(found))


def _range(found: Json) -> str:
    if found["first"] is None:
        return _("Even full servers cost more per request")
    if found["low"] is None or found["high"] is None:
        low = show.count_of(_rounded(found["low"] or found["first"]))
        return _("At best from {low} requests a month, at worst never").format(low=low)
    return _("From {low} at best to {high} at worst").format(
        low=show.count_about(_rounded(found["low"])), high=show.count_about(_rounded(found["high"]))
    )


def _rows(facts: Facts, found: Json, api: Option) -> list[list[str]]:
    """The numbers as a table."""

    def requests(value: Any) -> str:
        return _("never") if value is None else show.count_about(_rounded(value))

    own = show.money_about(found["at_volume"], facts.currency)
    paid = show.money_about(found["paid"]["at_volume"], facts.currency)
    return [
        [_("First as cheap, from"), requests(found["first"])],
        [_("At best, from"), requests(found["low"])],
        [_("At worst, from"), requests(found["high"])],
        [_("For good, from"), requests(found["always"])],
        [_("Your volume"), show.count_about(found["volume"])],
        [_("Own servers at your volume, a month"), own],
        [_("{label} at your volume, a month").format(label=api.label), paid],
    ]


def _note(found: Json, own: Option) -> str:
    plan = own.plan or {}
    text = _(
        "{model} in {precision} on {n} × {gpu} a server, at most {full} full at a peak of {peak} times the "
        "average. {range}."
    )
    return text.format(
        model=plan.get("model", own.label),
        precision=plan.get("precision", show.UNKNOWN),
        n=plan.get("gpus", show.UNKNOWN),
        gpu=plan.get("gpu", show.UNKNOWN),
        full=show.percent(plan.get("utilisation"), 0),
        peak=show.number(plan.get("peak"), 1),
        range=_range(found),
    )


def _asked_rule(found: Json) -> dict[str, Any]:
    text = _("Your volume: {n}").format(n=show.count_about(found["volume"]))
    return {"axis": "x", "at": float(found["volume"]), "text": text, "short": text, "side": "left"}


def _line(option: Option, points: Any, dash: str) -> dict[str, Any]:
    return {
        "style": option_style(option.position).index,
        "points": points,
        "dash": dash,
        "emphasis": dash == "solid",
        "name": option.label,
    }


def _mark(facts: Facts, found: Json, own: Option) -> dict[str, Any]:
    at, cost = found["first"], found["paid"]["at_first"]
    hover = [
        own.label,
        _("As cheap from {n} requests a month").format(n=show.count_of(_rounded(at))),
        show.money_about(cost, facts.currency),
    ]
    return {
        "style": option_style(own.position).index, "x": at, "y": cost, "x_low": None, "x_high": None,
        "y_low": None, "y_high": None, "ring": True, "hover": hover,
    }  # fmt: skip


def _labels(points: Any, found: Json, rise: float, canvas: Canvas) -> list[dict[str, Any]]:
    """What the mark means, on the side of it that has room, over the line that rises to the right.

    rise: what that line climbs from the left edge to the right, as a share of the height.
    """
    text = _("Pays from {n}").format(n=show.count_about(_rounded(found["first"])))
    slope = rise * canvas.height / canvas.width
    over = max(24.0, slope * (18.0 + text_width(text, canvas.size)) + canvas.size)
    right, left = Place(18.0, -over, "start", True), Place(-18.0, -24.0, "end", False)
    end = found["paid"]["end"][0]
    return [
        label(point, [{"text": text, "strong": True}], right if point["x"] < end / 2 else left)
        for point in points
    ]


def _rounded(volume: Any) -> Any:
    """To three significant digits: a break-even is no exact number."""
    return None if volume is None else float(f"{float(volume):.3g}")


def _requests_tick(value: float, step: float) -> str:
    """All ticks of an axis in one unit, with the decimals that its step needs."""
    if step < 200_000 or not value:
        return show.count(value)
    digits = 0 if step % 1_000_000 == 0 else 2 if step % 100_000 else 1
    text = ngettext("{n} million", "{n} million", 1 if value < 2_000_000 else 2)
    return text.format(n=show.number(value / 1_000_000, digits))
