"""Parts of the method page that not every run has: looks, categories, traffic."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from migration_app.evaluation.looks import Looks

from . import formatting as show
from . import words
from .facts import Facts
from .table import identity

MOST_CATEGORIES = 40  # shown of each candidate; the exports have them all


def looks(facts: Facts) -> dict[str, Any] | None:
    """The looks that were taken, with the level that each could spend; `None` without any."""
    looks = facts.looks
    if not looks:
        return None
    alpha, shares, rows = facts.question["alpha"], [], []
    for one in looks["taken"]:
        shares.append(one["share"])
        rows.append((one, Looks(tuple(shares)).nominal_alpha(alpha)))
    found = [
        {
            "look": show.count(one["number"]),
            "samples": show.count(one["samples"]),
            "share": show.percent(one["share"], 0),
            "level": probability(level),
            "settled": _("every candidate settled") if one["settled"] else _("not settled, went on"),
        }
        for one, level in rows
    ]
    if not looks["stopped"]:
        last = Looks((*shares, 1.0)).nominal_alpha(alpha)
        found.append(
            {
                "look": _("end"),
                "samples": show.count(looks["planned"]),
                "share": show.percent(1.0, 0),
                "level": probability(last),
                "settled": _("judged at the end"),
            }
        )
    return {
        "rows": found,
        "note": _(
            "Of the {planned} planned samples a look sees those that come first in the plan, and waits for "
            "the last of them. A p-value at a look counts as the repeated one."
        ).format(planned=show.count(looks["planned"])),
    }


def categories(facts: Facts) -> list[dict[str, Any]]:
    """Every candidate × category claim, with what a reader needs to adjust them again."""
    critical = set(facts.question.get("critical_categories") or [])
    return [
        identity(option)
        | {
            "category": finding["scope"],
            "critical": finding["scope"] in critical,
            "n": show.count(finding["n"]),
            "change": words.points(finding["difference"]),
            "range": words.change_range(finding),
            "p": probability(finding.get("p_noninferior")),
            "proven": finding["scope"] in option.proven_categories,
        }
        for option in facts.candidates
        for finding in list(option.findings.values())[:MOST_CATEGORIES]
    ]


def traffic(facts: Facts) -> list[tuple[str, str]]:
    traffic, cost = facts.traffic, facts.question.get("migration_cost")
    volumes = traffic.get("volumes") or {}
    shown = [
        f"{name or _('no category')} {show.count_about(round(volume))}" for name, volume in volumes.items()
    ]
    rest = len(shown) - MOST_CATEGORIES
    if rest > 0:
        shown = [*shown[:MOST_CATEGORIES], _("{n} more").format(n=show.count(rest))]
    sources = {True: _("the traffic profile, by category"), False: _("the samples' own mix")}
    return [
        (
            _("Money is shown for"),
            _("a month's requests") if traffic.get("monthly") else _("1,000 requests, no volume was given"),
        ),
        (_("Requests by category"), ", ".join(shown) or _("not given")),
        (_("Their shares come from"), sources[bool(traffic.get("by_category_known"))]),
        (
            _("Busiest minute"),
            _("{n} requests").format(n=show.count(traffic["peak_per_minute"]))
            if traffic.get("peak_per_minute")
            else show.UNKNOWN,
        ),
        (
            _("One-off cost of moving"),
            _("not given") if cost is None else show.money(cost, facts.currency),
        ),
    ]


def probability(p: float | None) -> str:
    """A p-value to three decimals, never as 0: "0.008", "<0.001"."""
    if p is None:
        return show.UNKNOWN
    return "<0.001" if p < 0.001 else show.number(p, 3)
