"""The running total of a year: staying, and moving with its one-off cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from .. import formatting as show
from .. import words
from ..facts import Facts
from ..option import Option
from ..palette import option_style
from .canvas import CANVASES, Canvas, Chart, label, short
from .labels import Place
from .lettering import text_width
from .scales import axis

MONTHS = 12
ABOUT_THE_SAME = 0.01  # of today's cost
_BESIDE = 26.0  # from a line's end to the middle of its name and sum
_HALF = 12.0  # of the height of a name and its sum
_ASIDE, _UNDER = 14.0, 18.0  # from where the lines meet to its words
_LAST_MONTH = 12.5  # where the axis ends
# On paper it is drawn lower than the others: 200 points, less the margins (typst/evidence.typ).
_CANVASES = CANVASES | {"print": replace(CANVASES["print"], height=154)}


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
        max(line.end for line in lines) * 1.2 or 1.0,
        lambda value, step: show.money_tick(value, step, facts.currency),
        title=_("Running total"),
    )
    meets = payback["months"] if payback else None
    points = [_meeting(lines, meets)] if meets is not None and 0 < meets < MONTHS else []
    return {
        "id": "running-cost",
        "headline": _headline(facts, lines, payback),
        "subtitle": _subtitle(payback),
        "alt": _alt(facts, lines, payback),
        "x": {
            "title": _("Months after the decision"),
            "low": 0.0,
            "high": _LAST_MONTH,
            "ticks": [[float(month), str(month)] for month in (0, 3, 6, 9, 12)],
        },
        "y": y,
        "bands": [],
        "rules": [],
        "lines": [_drawn(line) for line in lines],
        "points": points,
        "labels": {
            name: _labels(facts, lines, points, meets, y["high"], canvas)
            for name, canvas in _CANVASES.items()
        },
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


def _alt(facts: Facts, lines: Sequence[_Line], payback: Any) -> str:
    """Where each line begins and ends, and what the headline makes of it."""
    text = _("{label}: from {start} to {end}")
    told = [
        text.format(label=line.option.label, start=_money(facts, line.start), end=_money(facts, line.end))
        for line in lines
    ]
    return _("Lines of what is paid in total over twelve months. {lines}. {headline}.").format(
        lines="; ".join(told), headline=_headline(facts, lines, payback)
    )


def _headline(facts: Facts, lines: Sequence[_Line], payback: Any) -> str:
    featured = lines[1].option
    if payback is None:
        return _year(facts, *lines)
    if payback["months"] is None:
        return _("Moving to {label} does not pay for itself").format(label=featured.label)
    if payback["months"] > MONTHS:
        return _("Moving to {label} pays back after more than a year").format(label=featured.label)
    return _("Moving to {label} pays back in {time}").format(
        label=featured.label, time=words.months(payback["months"])
    )


def _year(facts: Facts, today: _Line, moved: _Line) -> str:
    """What a year with the candidate saves or costs, where moving itself has no known cost."""
    difference = today.end - moved.end
    if not today.end or abs(difference) / today.end <= ABOUT_THE_SAME:
        return _("A year with {label} would cost about the same").format(label=moved.option.label)
    text = _("A year with {label} would cost {amount} less")
    if difference < 0:
        text = _("A year with {label} would cost {amount} more")
    return text.format(label=moved.option.label, amount=_money(facts, abs(difference)))


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
    facts: Facts,
    lines: Sequence[_Line],
    points: Sequence[Any],
    meets: float | None,
    high: float,
    canvas: Canvas,
) -> list[dict[str, Any]]:
    """Names before the ends of their lines, the dearer above and the other below; and where they meet.

    They reach leftwards, so that a long name stays on the smallest canvas.
    """
    upper, lower = sorted(lines, key=lambda line: (line.end, line.option.is_baseline), reverse=True)
    found = [
        _name(facts, upper, -_BESIDE, canvas),
        _name(facts, lower, _below(lower, upper, high, canvas), canvas),
    ]
    for point in points:
        text = _("Pays back in {time}").format(time=words.months(meets))
        place = Place(_ASIDE, _clear_of(point, lines, text, high, canvas), "start", True)
        found.append(label(point, [{"text": text, "strong": False}], place))
    return found


def _clear_of(point: Any, lines: Sequence[_Line], text: str, high: float, canvas: Canvas) -> float:
    """How far from where the lines meet its words stand: under both, which rise beside it, where the plot
    has room down there; else above the steeper one."""
    height, month = canvas.height / high, canvas.width / _LAST_MONTH
    if point["y"] * height > _UNDER + _HALF:
        return _UNDER
    reach = (_ASIDE + text_width(text, canvas.size)) / month
    return -(reach * max(line.monthly for line in lines) * height + _HALF)


def _below(line: _Line, upper: _Line, high: float, canvas: Canvas) -> float:
    """How far under its line's end a name stands: clear of the line, which falls away beside it.

    Where there is no room down there it stands above, if the other line leaves some.
    """
    height, width = canvas.height / high, canvas.width * MONTHS / _LAST_MONTH
    reach = min(text_width(short(line.option.label), canvas.size) / width, 1.0)
    push = _BESIDE + reach * max(line.end - line.start, 0.0) * height
    if push + _HALF <= line.end * height or (upper.end - line.end) * height < 3 * _BESIDE:
        return push
    return -_BESIDE


def _name(facts: Facts, line: _Line, push: float, canvas: Canvas) -> dict[str, Any]:
    text = [
        {"text": short(line.option.label), "strong": True},
        {"text": _money(facts, line.end), "strong": False},
    ]
    return label({"x": float(MONTHS), "y": line.end}, text[: canvas.lines], Place(0.0, push, "end", False))
