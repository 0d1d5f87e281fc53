"""What matters to the reader: the options ranked by weights, from ratings frozen in the report.

The report holds each option's rating on every criterion; a page only weighs them (`ranked`), so
that sliders and addresses change the order and never a figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from migration_app.evaluation.ranking import (
    CRITERIA,
    DEFAULT,
    Ratable,
    Sensitivity,
    normalised,
    rank,
    ratings,
    sensitivities,
)

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json, Option
from .table import identity

STEP = 5  # of a slider, in per cent
_ROUNDING = 1e-7  # of a share in per cent
_EVEN = 1e-9  # of a score


def build(facts: Facts) -> dict[str, Any]:
    """Ratings from 0, the worst of the options, to 1, the best; `None` is unknown."""
    figures = {
        "quality": ratings([option.quality for option in facts.options], more_is_better=True),
        "cost": ratings([_amount(facts, option) for option in facts.options], more_is_better=False),
        "speed": ratings([option.latency("total", "p95") for option in facts.options], more_is_better=False),
    }
    return {
        "options": [
            identity(option)
            | {
                "ratings": {name: figures[name][place] for name in CRITERIA},
                "passes": _passes(option),
                "why_not": _why_not(option),
            }
            for place, option in enumerate(facts.options)
        ],
        "weights": {name: round(100 * share) for name, share in DEFAULT.items()},
    }


def _amount(facts: Facts, option: Option) -> float | None:
    cost = facts.cost(option)
    return None if cost is None else float(cost)


def _passes(option: Option) -> bool:
    """Today's model may always stay; a candidate may come first once it is shown to hold."""
    return option.is_baseline or (option.kind == "switch" and option.keeps_rules)


def _why_not(option: Option) -> str:
    if _passes(option):
        return ""
    if option.verdict.get("broken_rules"):
        return _("breaks a must-have rule")
    if option.verdict.get("unknown_rules"):
        return _("a must-have rule could not be checked")
    if option.kind == "switch_with_conditions":
        return _("holds in part only")
    return _("too low") if option.kind == "keep" else _("not proven")


def names() -> dict[str, str]:
    """The criteria as the sliders call them."""
    return {"quality": _("Quality"), "cost": _("Cost"), "speed": _("Speed")}


def weights_from(given: Mapping[str, Any], frozen: Json) -> dict[str, int]:
    """Weights out of an address, in per cent from 0 to 100; what makes no sense is the report's own."""
    return {name: _weight(given.get(name), int(frozen["weights"][name])) for name in CRITERIA}


def _weight(text: Any, otherwise: int) -> int:
    try:
        return min(100, max(0, int(str(text))))
    except ValueError:
        return otherwise


def ranked(frozen: Json, weights: Mapping[str, int]) -> dict[str, Any]:
    """The panel: sliders, both groups in their order, and how far the first place carries."""
    options = [Ratable(one["position"], one["ratings"], one["passes"]) for one in frozen["options"]]
    by_position = {one["position"]: one for one in frozen["options"]}
    shares = normalised(weights)
    found = rank(options, weights)
    rows = [
        by_position[one.key]
        | {
            "score": "–" if one.score is None else show.number(100 * one.score, 0),
            "width": None if one.score is None else round(100 * one.score, 1),
            "place": place,
        }
        for place, one in enumerate(found, start=1)
    ]
    return {
        "sliders": [
            {"name": name, "label": label, "value": weights[name], "share": show.percent(shares[name], 0)}
            for name, label in names().items()
        ],
        "passing": [row for row in rows if row["passes"]],
        "others": [row for row in rows if not row["passes"]],
        "sentence": _sentence(by_position, found, sensitivities(options, weights)),
    }


def _sentence(by_position: Mapping[int, Json], found: Sequence[Any], bounds: Sequence[Sensitivity]) -> str:
    """ "Lumen stays first unless cost weighs under 12%": the nearest change there is."""
    first = next((one for one in found if one.passes and one.score is not None), None)
    if first is None:
        return _("No option that may be chosen has all the figures that your weights ask for.")
    leader, passing = by_position[first.key]["label"], [one for one in found if one.passes]
    if len(passing) < 2:
        return _("{leader} is the only option that may be chosen.").format(leader=leader)
    best = [one for one in passing if one.score is not None and abs(one.score - (first.score or 0)) < _EVEN]
    if len(best) > 1:
        names = words.listed([by_position[one.key]["label"] for one in best])
        return _("{names} share the first place at these weights.").format(names=names)
    turns = [turn for bound in bounds for turn in _turns(bound)]
    if not turns and sum(one.score is not None for one in passing) < 2:
        return _(
            "Of the options that may be chosen only {leader} has all the figures that your weights ask for."
        ).format(leader=leader)
    if not turns:
        return _("{leader} stays first whatever weight you change.").format(leader=leader)
    _distance, criterion, how, share = min(turns)
    return _texts()[criterion, how].format(leader=leader, share=share)


def _turns(bound: Sensitivity) -> list[tuple[float, str, str, str]]:
    """Where the first place changes: how far off, the criterion, how its weight moves, and the share.

    The share is rounded towards today's, so that the sentence never promises more than there is.
    """
    found = []
    if bound.low is not None:
        under = min(1.0, math.ceil(100 * bound.low - _ROUNDING) / 100)
        how = "nothing" if bound.low_is_lost else "under"
        found.append((bound.share - bound.low, how, under))
    if bound.high is not None:
        over = math.floor(100 * bound.high + _ROUNDING) / 100
        how = "alone" if bound.high_is_lost else "over"
        found.append((bound.high - bound.share, how, over))
    ends = {"under": 0.0, "over": 1.0}
    return [
        (distance, bound.criterion, how, show.percent(share, 0))
        for distance, how, share in found
        if share != ends.get(how)
    ]


def _texts() -> dict[tuple[str, str], str]:
    return {
        ("quality", "over"): _("{leader} stays first unless quality weighs over {share}."),
        ("quality", "under"): _("{leader} stays first unless quality weighs under {share}."),
        ("quality", "nothing"): _("{leader} stays first unless quality weighs nothing."),
        ("quality", "alone"): _("{leader} stays first unless quality alone counts."),
        ("cost", "over"): _("{leader} stays first unless cost weighs over {share}."),
        ("cost", "under"): _("{leader} stays first unless cost weighs under {share}."),
        ("cost", "nothing"): _("{leader} stays first unless cost weighs nothing."),
        ("cost", "alone"): _("{leader} stays first unless cost alone counts."),
        ("speed", "over"): _("{leader} stays first unless speed weighs over {share}."),
        ("speed", "under"): _("{leader} stays first unless speed weighs under {share}."),
        ("speed", "nothing"): _("{leader} stays first unless speed weighs nothing."),
        ("speed", "alone"): _("{leader} stays first unless speed alone counts."),
    }
