"""What matters to the reader: the options ranked by weights, from ratings frozen in the report.

The report holds each option's rating on every criterion; a page only weighs them (`ranked`), so
that sliders and addresses change the order and never a figure.
"""

from __future__ import annotations

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
from .facts import Facts, Json, Option
from .table import identity

STEP = 5  # of a slider, in per cent


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
    leader = by_position[first.key]["label"]
    if sum(one.passes and one.score is not None for one in found) < 2:
        return _("{leader} is the only option that may be chosen.").format(leader=leader)
    turns = [
        (abs(bound.share - edge), bound.criterion, edge, over)
        for bound in bounds
        for edge, over in ((bound.low, False), (bound.high, True))
        if edge is not None and 0 < edge < 1
    ]
    if not turns:
        return _("{leader} stays first whatever weight you change.").format(leader=leader)
    _distance, criterion, edge, over = min(turns)
    texts = {
        ("quality", True): _("{leader} stays first unless quality weighs over {share}."),
        ("quality", False): _("{leader} stays first unless quality weighs under {share}."),
        ("cost", True): _("{leader} stays first unless cost weighs over {share}."),
        ("cost", False): _("{leader} stays first unless cost weighs under {share}."),
        ("speed", True): _("{leader} stays first unless speed weighs over {share}."),
        ("speed", False): _("{leader} stays first unless speed weighs under {share}."),
    }
    return texts[criterion, over].format(leader=leader, share=show.percent(edge, 0))
