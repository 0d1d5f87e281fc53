"""The split recommendation: which model for which category, when that beats the best single one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json
from .table import identity

WORTHWHILE = Decimal("0.05")  # of today's cost: less is not worth running two models for


def build(facts: Facts) -> dict[str, Any] | None:
    """The card; `None` where there is no split that is worth it and shown to hold."""
    split = facts.split
    if not split or not split["proven"] or not _is_worthwhile(facts, split):
        return None
    saving = split["saving"]
    share = Decimal(saving["amount"]) / Decimal(saving["today"])

    def money(amount: Any) -> str:
        return show.money_about(amount, facts.currency)

    return {
        "headline": _("A split of the traffic saves {percent}").format(percent=show.percent(share, 0)),
        "text": _(
            "Chosen on {chosen} requests and judged on the {judged} others, so that the choice does not "
            "flatter itself. There quality changed by {change} (95% range {range}); your limit is a {limit}."
        ).format(
            chosen=show.count(split["chosen_on"]),
            judged=show.count(split["judged_on"]),
            change=words.points(split["finding"]["difference"]),
            range=words.change_range(split["finding"]),
            limit=words.drop(facts.question["margin"]),
        ),
        "saving": _("{amount} {per}, 95% range {range}").format(
            amount=money(saving["amount"]), per=words.per(facts), range=show.range_text(saving, money)
        ),
        "single": _single(facts),
        "rows": _rows(facts, split),
        "error_rate": _(
            "The split is one claim of its own, with at most {alpha} risk of being wrong, beside those about "
            "single models."
        ).format(alpha=show.level(facts.question["alpha"])),
    }


def _is_worthwhile(facts: Facts, split: Json) -> bool:
    saving = split.get("saving")
    if not saving or not Decimal(saving["today"]):
        return False
    amount, today = Decimal(saving["amount"]), Decimal(saving["today"])
    return amount - max(best_single(facts), Decimal(0)) >= WORTHWHILE * today


def best_single(facts: Facts) -> Decimal:
    """What the best candidate that may replace today's model altogether saves; 0 without one."""
    savings = [facts.saving(option) for option in facts.candidates if option.kind == "switch"]
    return max((saving for saving in savings if saving is not None), default=Decimal(0))


def _single(facts: Facts) -> str:
    best = best_single(facts)
    if best <= 0:
        return _("No single model may take over all of it at a saving.")
    return _("The best single model saves {amount} {per}.").format(
        amount=show.money_about(best, facts.currency), per=words.per(facts)
    )


def _rows(facts: Facts, split: Json) -> list[dict[str, Any]]:
    counts = {category["name"]: category["count"] for category in facts.samples.get("categories") or []}
    return [
        {"category": name, "count": show.count(counts.get(name)), "option": identity(facts.by_id(pk))}
        for name, pk in sorted(split["assignment"].items())
    ]
