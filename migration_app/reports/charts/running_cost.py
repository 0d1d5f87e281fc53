"""The running total of a year: staying, and moving with its one-off cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .. import formatting as show
from .. import words
from ..facts import Facts, Option
from ..palette import option_style
from .canvas import CANVASES, Chart, label, short
from .labels import Place
from .scales import axis

MONTHS = 12
_APART = 0.07  # of the axis: nearer ends would have their names on top of each other


@dataclass(frozen=True)
class _Line:
    option: Option
    start: float
    monthly: float

    @property
    def end(self) -> float:
        return self.start + MONTHS * self.monthly


def running_cost(facts: Facts, featured: Option | None) -> Chart | None:
    """`None` without a monthly volume, both costs, or a featured candidate that could take all of it."""
    saving = featured.move.get("saving") if featured else None
    if featured is None or not facts.monthly or not saving or facts.moves_in_part(featured):
        return None
    payback = facts.payback(featured)
    one_off = float(payback["one_off"]) if payback else 0.0
    lines = [
        _Line(facts.baseline, 0.0, float(saving["today"])),
        _Line(featured, one_off, float(saving["after"])),
    ]
    y = axis(
        0.0,
        max(line.end for line in lines) * 1.05 or 1.0,
        lambda value, _step: show.money_about(value, facts.currency),
        title=_("Running total"),
    )
    meets = payback["months"] if payback else None
    points = [_meeting(lines, meets)] if meets is not None and 0 < meets < MONTHS else []
    return {
        "id": "running-cost",
        "headline": _headline(facts, featured, payback),
        "subtitle": _subtitle(payback),
        "alt": _("Lines of what is paid in total over twelve months. {lines}.").format(
            lines="; ".join(f"{line.option.label}: {_money(facts, line.end)}" for line in lines)
        ),
        "x": {
            "title": _("Months after the decision"),
            "low": 0.0,
            "high": 16.0,
            "ticks": [[float(month), str(month)] for month in (0, 3, 6, 9, 12)],
        },
        "y": y,
        "bands": [],
        "rules": [],
        "lines": [_drawn(line) for line in lines],
        "points": points,
        "labels": {name: _labels(facts, lines, points, meets, y["high"]) for name in CANVASES},
        "legend": [],
        "note": "" if payback else _("The one-off cost of moving was not given, so none is in the totals."),
        "columns": [_("Option"), _("One-off cost"), _("A month"), _("Twelve months")],
        "rows": [
            [
                line.option.label,
                _money(facts, line.start),
                _money(facts, line.monthly),
                _money(facts, line.end),
            ]
            for line in lines
        ],
    }


def _money(facts: Facts, amount: float) -> str:
    return show.money_about(round(amount, 9), facts.currency)


def _headline(facts: Facts, featured: Option, payback: Any) -> str:
    if payback is None:
        return _("What a year costs, with {label} and without").format(label=featured.label)
    if payback["months"] is None:
        return _("Moving to {label} does not pay for itself").format(label=featured.label)
    if payback["months"] > MONTHS:
        return _("Moving to {label} pays back after more than a year").format(label=featured.label)
    return _("Moving to {label} pays back in {time}").format(
        label=featured.label, time=words.months(payback["months"])
    )


def _subtitle(payback: Any) -> str:
    if payback is None:
        return _("Running total at today's volume, by the cost of the same requests.")
    return _(
        "Running total at today's volume, with the one-off cost of moving. By the range of the saving it "
        "pays back within {low} to {high}."
    ).format(low=words.months(payback["low"]), high=words.months(payback["high"]))


def _drawn(line: _Line) -> dict[str, Any]:
    return {
        "style": option_style(line.option.position).index,
        "points": [[0.0, line.start], [float(MONTHS), line.end]],
        "dash": "solid",
        "emphasis": True,
        "name": line.option.label,
    }


def _meeting(lines: Sequence[_Line], months: float) -> dict[str, Any]:
    return {
        "style": option_style(lines[1].option.position).index,
        "x": months,
        "y": lines[0].monthly * months,
        "x_low": None,
        "x_high": None,
        "y_low": None,
        "y_high": None,
        "ring": False,
        "hover": [_("Pays back in {time}").format(time=words.months(months))],
    }


def _labels(
    facts: Facts, lines: Sequence[_Line], points: Sequence[Any], meets: float | None, high: float
) -> list[dict[str, Any]]:
    """Names at the ends of their lines, apart; and where they meet."""
    near = abs(lines[0].end - lines[1].end) < _APART * high
    found = []
    for line in lines:
        other = next(one for one in lines if one is not line)
        push = (-9.0 if line.end >= other.end else 9.0) if near else 0.0
        if near and line.end == other.end:
            push = -9.0 if line.option.is_baseline else 9.0
        text = [
            {"text": short(line.option.label), "strong": True},
            {"text": _money(facts, line.end), "strong": False},
        ]
        end = {"x": float(MONTHS), "y": line.end}
        found.append(label(end, text[:1] if near else text, Place(8.0, push, "start", False)))
    for point in points:
        text = [{"text": _("Pays back in {time}").format(time=words.months(meets)), "strong": False}]
        found.append(label(point, text, Place(18.0, 26.0 if point["x"] > 1.5 else -30.0, "start", True)))
    return found
