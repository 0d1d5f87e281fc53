"""Change in quality by category and candidate, in bins: a real table, coloured."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json, Option
from .table import identity

# Size of a change in quality at which the colour deepens.
BINS = (0.005, 0.05, 0.12)


def build(facts: Facts) -> dict[str, Any] | None:
    """`None` without categories. `bin` runs from −3 (much worse) to 3 (much better)."""
    categories = facts.samples.get("categories") or []
    rows = [option for option in facts.candidates if option.findings]
    if not categories or not rows:
        return None
    return {
        "headline": _headline(facts, rows),
        "subtitle": _(
            "Change in points against {baseline}, by category with its number of samples. Arrows mark "
            "changes too large to be chance (95% range clear of zero, each cell by itself)."
        ).format(baseline=facts.baseline.label),
        "categories": [{"name": c["name"], "count": show.count(c["count"])} for c in categories],
        "rows": [identity(o) | {"cells": [_cell(o, c["name"]) for c in categories]} for o in rows],
    }


def _cell(option: Option, category: str) -> dict[str, Any]:
    finding = option.findings.get(category)
    if finding is None:
        return {
            "text": "–",
            "bin": 0,
            "clear": False,
            "arrow": "",
            "title": _("No sample was scored on both sides"),
        }
    clear = _is_clear(finding)
    return {
        "text": show.bare_points(finding["difference"]),
        "bin": (bin_ := _bin(finding["difference"])),
        "shade": f"{'up' if bin_ > 0 else 'down'}-{abs(bin_)}" if bin_ else "",
        "clear": clear,
        "arrow": ("▲" if finding["difference"] > 0 else "▼") if clear else "",
        "title": _("95% range {range}, {n} samples").format(
            range=words.change_range(finding), n=show.count(finding["n"])
        ),
    }


def _is_clear(finding: Json) -> bool:
    low, high = show.bounds(finding["interval"])
    return (low is not None and low > 0) or (high is not None and high < 0)


def _bin(difference: float) -> int:
    depth = sum(abs(difference) >= edge for edge in BINS)
    return depth if difference > 0 else -depth


def _headline(facts: Facts, rows: list[Option]) -> str:
    dropped: dict[str, int] = {}
    for option in rows:
        for scope, finding in option.findings.items():
            if _is_clear(finding) and finding["difference"] < 0:
                dropped[scope] = dropped.get(scope, 0) + 1
    if not dropped:
        return _("No category clearly got worse")
    worst, times = max(dropped.items(), key=lambda item: item[1])
    if len(dropped) == 1:
        return _("{category} is the weak spot").format(category=words.capital(worst))
    if all(count == times for count in dropped.values()) and len(dropped) == len(facts.samples["categories"]):
        return _everywhere(times, len(rows))
    return _("{category} got worse most often").format(category=words.capital(worst))


def _everywhere(some: int, all_: int) -> str:
    if some == all_:
        return _("Quality falls in every category")
    text = ngettext(
        "{n} of {all} candidates gets worse in every category",
        "{n} of {all} candidates get worse in every category",
        some,
    )
    return text.format(n=some, all=all_)
