"""What batch queues would cost: for work that may wait, clearly apart from what was tested."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json, Option
from .table import identity


def build(facts: Facts) -> dict[str, Any] | None:
    """The table, today's model first; `None` where no option has a known batch price."""
    found = {entry["position"]: entry for entry in facts.raw.get("batch") or ()}
    if not found:
        return None
    queued = [option for option in facts.options if option.position in found]
    without = [
        option.label for option in facts.options if option not in queued and option.is_priced_by_token
    ]
    return {
        "title": _("If answers may wait up to 24 hours"),
        "note": _(
            "The same answers at each vendor's batch price. Such a queue answers within a day and not at "
            "once: nothing else on these pages is about it, neither the verdict nor the times. Savings are "
            "against {baseline} as it is called today."
        ).format(baseline=facts.baseline.label),
        "unknown": _("No batch price is known for {names}.").format(names=words.listed(without))
        if without
        else "",
        "rows": [_row(facts, option, found[option.position]) for option in queued],
    }


def _row(facts: Facts, option: Option, entry: Json) -> dict[str, Any]:
    share = Decimal(str(entry["share"]))
    return identity(option) | {
        "price": _("{percent} of the prices per token").format(percent=show.percent(share, 0)),
        "per_1000": _amount(facts, option, entry["per_1000"]),
        "per_month": _amount(facts, option, entry["per_month"]) if facts.monthly else None,
        "saving": _saving(facts, option, entry),
    }


def _amount(facts: Facts, option: Option, cost: Json | None) -> dict[str, str]:
    def text(amount: Any) -> str:
        return show.money_about(amount, facts.currency)

    cost = cost or {}
    return {
        "value": words.counted(text(cost.get("amount")), option),
        "range": show.range_text(cost, text),
    }


def _saving(facts: Facts, option: Option, entry: Json) -> str:
    """Against today's model as it is called today: "50%", or "12% more"."""
    if paired := entry.get("paired"):
        today, after = _money(paired["today"]), _money(paired["after"])
    else:
        today = facts.cost(facts.baseline)
        after = _money((entry["per_month" if facts.monthly else "per_1000"] or {}).get("amount"))
    if today is None or after is None or not today:
        return show.UNKNOWN
    share = 1 - after / today
    if share < 0:
        return _("{percent} more").format(percent=show.percent(-share, 0))
    return show.percent(share, 0)


def _money(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(str(amount))
